"""Templates of log messages: filling in parameters that the SDK sent beside the template.

`logging.error("order %s failed", 42)` reaches the server of older SDKs as the template and a
list of parameters. Placeholders are those of printf and of braces (SLF4J, .NET, Rust).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

MAX_CHARS: Final = 8_192
_MAX_VALUE: Final = 1_024

_PLACEHOLDER: Final = re.compile(
    r"%(?:\((?P<key>\w{1,64})\))?[-#0 +]{0,4}\d{0,6}(?:\.\d{1,6})?l{0,2}[sdifrxXojOvqeEgGpcuT@a]"
    r"|%%|\$?\{(?P<name>[\w.]{0,64})(?:,-?\d{1,6})?(?:[:!][^{}]{0,64})?\}"
)
_LETTER: Final = re.compile(r"[^\W\d_]")


def is_only_placeholders(template: str) -> bool:
    """True for a template without a word of its own, such as `%s` or `{}: {}`."""
    template = template[:MAX_CHARS]
    if not _has_placeholder(template) or _LETTER.match(template) is not None:
        return False
    rest, count = _PLACEHOLDER.subn("", template)
    return count > 0 and _LETTER.search(rest) is None


def _has_placeholder(template: str) -> bool:
    return "%" in template or "{" in template


def fill(template: str, params: Any) -> str:
    """The template with its parameters (a list, or an object by name) filled in.

    A placeholder without a parameter stays as it was written.
    """
    if not params or not isinstance(params, list | dict) or not _has_placeholder(template):
        return template
    if isinstance(params, list) and len(params) == 1 and isinstance(params[0], dict):
        named: Any = params[0]  # logging.error("%(a)s", {"a": 1})
    else:
        named = params
    following = iter(params) if isinstance(params, list) else iter(params.values())

    def value(match: re.Match[str]) -> str:
        return _value(match, named, following)

    return _PLACEHOLDER.sub(value, template[:MAX_CHARS])


def _value(match: re.Match[str], named: Any, following: Iterator[Any]) -> str:
    """What stands for one placeholder."""
    if match.group() == "%%":
        return "%"
    name = match.group("key") or match.group("name") or ""
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
