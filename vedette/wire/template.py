"""Templates of log messages: filling in parameters that the SDK sent beside the template.

`logging.error("order %s failed", 42)` reaches the server of older SDKs as the template and a
list of parameters. A template is written in one notation, that of printf or that of braces
(SLF4J, .NET, Rust): `Disk {}% full` holds no `% f`, and `render {name} for %s` no `{name}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

MAX_CHARS: Final = 8_192
_MAX_VALUE: Final = 1_024

# A `%` behind a digit or a brace and before a word is one of a hundred: `50%discount`.
_PRINTF: Final = re.compile(
    r"%(?:\((?P<key>\w{1,64})\)|(?P<index>\d{1,2})\$|\[(?P<place>\d{1,2})\])?"
    r"(?P<form>[-#0+]{0,4}\d{0,3}(?:\.\d{1,3})?)(?:hh?|ll?|[zjtqL](?=[diuxXo]))?"
    r"(?P<kind>[sSdifFrxXojOvqeEgGpcubTtw@aA])(?:(?<![\d}]%.)|(?![A-Za-z]))|%%"
)
_BRACES: Final = re.compile(r"\$?\{(?P<name>[@$]?[\w.]{0,64})(?:,-?\d{1,6})?(?:[:!][^{}]{0,64})?\}")
_WORD: Final = re.compile(r"[^\W\d_]+")
# That something went wrong is all that a template of these words says.
_ARTICLES: Final = frozenset({"a", "an", "the", "in", "has"})
_SAY_NOTHING: Final = _ARTICLES | {
    *("error", "errors", "err", "exception", "exceptions", "warning", "warn", "failed", "failure"),
    *("fail", "fatal", "critical", "unexpected", "unhandled", "uncaught", "caught", "unknown"),
    *("occurred", "occured", "happened", "raised", "thrown", "message", "msg", "reason", "detail"),
    *("details", "cause", "info", "debug", "problem", "issue", "something", "went", "wrong", "got"),
    *("fehler", "erreur", "ausnahme", "fejl", "fel", "errore"),
}
_NUMERIC: Final = "diouxXeEfFgG"
_OF_INTEGERS: Final = "dioxX"


def is_only_placeholders(template: str) -> bool:
    """True for a template that says nothing of its own: `%s`, `{}: {}`, `Error: %s`."""
    template = template[:MAX_CHARS]
    if not _has_placeholder(template):
        return False
    first = _WORD.match(template)
    if first is not None and first.group().lower() not in _SAY_NOTHING:
        return False
    rest, printed = _PRINTF.subn("", template)
    rest, braced = _BRACES.subn("", rest)
    words = {word.lower() for word in _WORD.findall(rest)}
    return (
        printed + braced > 0 and words <= _SAY_NOTHING and (not words or words > _ARTICLES & words)
    )


def _has_placeholder(template: str) -> bool:
    return "%" in template or "{" in template


def fill(template: str, params: Any) -> str:
    """The template with its parameters (a list, or an object by name) filled in.

    A placeholder of braces without a parameter stays as it was written; a template of printf
    that wants another number of parameters stays as a whole, as its language leaves it.
    """
    if not params or not isinstance(params, list | dict) or not _has_placeholder(template):
        return template
    template = template[:MAX_CHARS]
    if isinstance(params, list) and len(params) == 1 and isinstance(params[0], dict):
        named: Any = params[0]  # logging.error("%(a)s", {"a": 1})
    else:
        named = params
    following = iter(params) if isinstance(params, list) else iter(params.values())
    if _is_printf(template, params, named):
        return _PRINTF.sub(lambda match: _printed(match, named, following), template)
    return _BRACES.sub(lambda match: _braced(match, named, following), template)


def _is_printf(template: str, params: Any, named: Any) -> bool:
    """Whether the template is complete as one of printf."""
    found = [match for match in _PRINTF.finditer(template) if match.group() != "%%"]
    keys = [match.group("key") for match in found if match.group("key")]
    if keys:
        return isinstance(named, dict) and any(key in named for key in keys)
    indexes = [_index(match) for match in found]
    most = max(indexes, default=0)
    return bool(found) and (0 < most <= len(params) if most else len(found) == len(params))


def _index(match: re.Match[str]) -> int:
    """The place of the parameter, counted from one, where the placeholder names it; else 0."""
    return int(match.group("index") or match.group("place") or 0)


def _printed(match: re.Match[str], named: Any, following: Iterator[Any]) -> str:
    """What stands for one placeholder of printf."""
    if match.group() == "%%":
        return "%"
    key, at = match.group("key"), _index(match)
    if key:
        found = named.get(key, _NOTHING)
    elif at and isinstance(named, list):
        found = named[at - 1] if at <= len(named) else _NOTHING
    else:
        found = next(following, _NOTHING)
    if found is _NOTHING:
        return match.group()
    return _formatted(match.group("form"), match.group("kind"), found)


def _formatted(form: str, kind: str, value: Any) -> str:
    """A value as printf shows it; as text where it is not what was announced."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    try:
        if kind in _NUMERIC and is_number:
            kind = "d" if kind == "u" else kind
            text = f"%{form}{kind}" % (int(value) if kind in _OF_INTEGERS else value)
        elif kind in _NUMERIC:
            text = _text(value)
        else:
            text = f"%{form}s" % _text(value)
    except (ValueError, OverflowError):
        text = _text(value)
    return text[:_MAX_VALUE]


def _braced(match: re.Match[str], named: Any, following: Iterator[Any]) -> str:
    """What stands for one placeholder of braces."""
    name = match.group("name").lstrip("@$")
    if isinstance(named, dict) and name in named:
        return _text(named[name])
    if isinstance(named, list) and name.isdecimal():
        return _text(named[int(name)]) if int(name[:6]) < len(named) else match.group()
    found = next(following, _NOTHING)
    return match.group() if found is _NOTHING else _text(found)


_NOTHING: Final = object()


def _text(value: Any) -> str:
    """A parameter as a person would write it."""
    return (value if isinstance(value, str) else str(value))[:_MAX_VALUE]
