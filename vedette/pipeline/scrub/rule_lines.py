"""Rules that people write, one a line: `mask creditcard`, `remove anything in extra.note`.

    METHOD WHAT [in WHERE]

`METHOD` is replace, mask, hash, remove or filter. `WHAT` is a type of data (see `TYPES`), or an
expression of RE2 between slashes, of which the first group is meant where it has one. `WHERE` is
a path like those of safe fields; without it every text of an event is looked at.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub.patterns import Pattern
from vedette.pipeline.scrub.remarks import Kind
from vedette.pipeline.scrub.safe_paths import SafePaths, is_path
from vedette.pipeline.scrub.text_rules import TYPES

METHODS = ("replace", "mask", "hash", "remove", "filter")
ANYTHING = "anything"
MOST_CHARACTERS = 400
_KINDS = {"mask": Kind.MASKED, "hash": Kind.HASHED}
_FILTERED = "[Filtered]"
_LINE = re.compile(r"(\w+)\s+(/(?:[^/\\]|\\.)*/|\w+)(?:\s+in\s+(\S.*))?\Z", re.DOTALL)
_EVERYWHERE = frozenset(("$string", "**", "$string.**"))
_MOST_MEMORY = 4 << 20

Redact = Callable[[bytes], bytes]


class RuleProblem(ValueError):
    """A line that is no rule; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line. Without `patterns` it is about whole values, whatever they are.

    `is_everywhere`: it is about all texts, so `where` has nothing to say. `place` is `where` as
    it is written.
    """

    line: str
    place: str
    redact: Redact
    patterns: tuple[Pattern, ...]
    where: SafePaths
    is_everywhere: bool
    removes: bool
    kind: Kind


def read_rule(line: str, hash_key: bytes = b"") -> Rule:
    """The rule of a line; `hash_key` is what hashes are made with. Raises RuleProblem."""
    line = line.strip()
    if len(line) > MOST_CHARACTERS:
        raise RuleProblem(f"a rule has {MOST_CHARACTERS} characters at most")
    found = _LINE.match(line)
    if found is None:
        raise RuleProblem("write it as “mask creditcard”, or “remove /expression/ in extra.note”")
    method, what, where = found[1].lower(), found[2], (found[3] or "").strip()
    if method not in METHODS:
        raise RuleProblem(f"“{found[1]}” is none of {', '.join(METHODS)}")
    is_everywhere = not where or where.lower() in _EVERYWHERE
    patterns = _patterns(what)
    if not patterns and is_everywhere:
        raise RuleProblem("“anything” needs to be said where: “remove anything in extra.note”")
    return Rule(
        line=line,
        place=where,
        redact=partial(_METHODS[method], _placeholder(what, patterns), hash_key),
        patterns=patterns,
        where=_paths("" if is_everywhere else where, with_inside=bool(patterns)),
        is_everywhere=is_everywhere,
        removes=method == "remove",
        kind=_KINDS.get(method, Kind.SUBSTITUTED),
    )


def problem_of(line: str) -> str:
    """What is wrong with a line, in words; "" for a rule."""
    try:
        read_rule(line)
    except RuleProblem as problem:
        return str(problem)
    return ""


def _patterns(what: str) -> tuple[Pattern, ...]:
    if what.startswith("/"):
        return (_own(what[1:-1].replace(r"\/", "/")),)
    name = what.lower()
    if name == ANYTHING:
        return ()
    if name not in TYPES:
        raise RuleProblem(f"“{what}” is none of {', '.join(sorted(TYPES))}")
    return TYPES[name]


def _own(text: str) -> Pattern:
    options = re2.Options()
    options.max_mem = _MOST_MEMORY
    options.log_errors = False
    try:
        expression = re2.compile(text.encode(), options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise RuleProblem(f"/{text}/ is no expression: {words}") from None
    if not text or expression.search(b"") is not None:
        raise RuleProblem(f"/{text}/ fits nothing at all as well, and so every text")
    return Pattern("own", _FILTERED, expression, group=min(expression.groups, 1))


def _paths(where: str, *, with_inside: bool) -> SafePaths:
    """The places that a rule names; `with_inside` also what lies in them."""
    if not where:
        return SafePaths(())
    path = where if is_path(where) else f"**.{where}"
    is_joined = any(sign in where for sign in "&|!~(")
    paths = SafePaths((path, f"{path}.**") if with_inside and not is_joined else (path,))
    if not paths:
        raise RuleProblem(f"“{where}” is no place: write extra.note, $frame.vars.* or **.name")
    return paths


def _placeholder(what: str, patterns: tuple[Pattern, ...]) -> bytes:
    return (patterns[0].placeholder if patterns else _FILTERED).encode()


def _replace(placeholder: bytes, _key: bytes, _match: bytes) -> bytes:
    return placeholder


def _mask(_placeholder: bytes, _key: bytes, match: bytes) -> bytes:
    return b"*" * len(match.decode("utf-8", "replace"))


def _hash(_placeholder: bytes, key: bytes, match: bytes) -> bytes:
    return hmac.new(key, match, "sha1").hexdigest().upper().encode()


def _remove(_placeholder: bytes, _key: bytes, _match: bytes) -> bytes:
    return b""


def _filter(_placeholder: bytes, _key: bytes, _match: bytes) -> bytes:
    return _FILTERED.encode()


_METHODS: Mapping[str, Callable[[bytes, bytes, bytes], bytes]] = {
    "replace": _replace,
    "mask": _mask,
    "hash": _hash,
    "remove": _remove,
    "filter": _filter,
}
