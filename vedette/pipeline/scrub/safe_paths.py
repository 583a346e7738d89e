"""Safe fields that are written as paths: `extra.note`, `$frame.vars.*`, `**.headers.'x y'`.

The steps are names, `*` for any one and `**` for any number; a step in quotes may hold dots.
`$error`, `$frame`, `$http` and the like stand for the place of that interface, wherever it is.
Numbers of lists need not be written. Compared without their case. Paths may be joined as in
Sentry's selectors: `a.b || c.d`, `extra.** && !extra.note`, with parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import re2  # type: ignore[import-untyped]

_STEP = re.compile(r"'((?:[^']|'')*)'|\"([^\"]*)\"|([^.\"']+)")
_INDEX = r"(?:\d+/)?"
_INTERFACES = {
    "$error": r"exception/(?:values/)?\d+",
    "$exception": r"exception/(?:values/)?\d+",
    "$stacktrace": r"(?:.*/)?(?:raw_)?stacktrace",
    "$frame": r"(?:.*/)?frames/\d+",
    "$thread": r"threads/(?:values/)?\d+",
    "$breadcrumb": r"breadcrumbs/(?:values/)?\d+",
    "$span": r"spans/\d+",
    "$http": "request",
    "$request": "request",
    "$user": "user",
    "$message": "(?:logentry|message)",
    "$logentry": "(?:logentry|message)",
    "$sdk": "sdk",
    "$contexts": "contexts",
    "$debug_meta": "debug_meta",
}


class _Holds(NamedTuple):
    """What tells whether a path is held, and an expression that fits all that is; None for any."""

    tell: Callable[[str], bool]
    source: str | None


_TOKEN = re.compile(r"\s*(?:(&&?|\|\|?|[!~()])|((?:'(?:[^']|'')*'|\"[^\"]*\"|[^\s&|!~()'\"])+))")
_OPERATORS = re.compile(r"[&|]|^[!~(]")
_DEEPEST = 20


class SafePaths:
    """The paths among a project's safe fields."""

    def __init__(self, fields: Sequence[str]) -> None:
        stripped = [field.strip() for field in fields if is_path(field.strip())]
        read = [_Selector(field).read() for field in stripped if _OPERATORS.search(field)]
        self._selectors = [holds for holds in read if holds is not None]
        found = [_expression(field) for field in stripped if not _OPERATORS.search(field)]
        self._sources = found
        # Somebody's own expression: RE2 is linear whatever it is.
        self._expression = _compiled("|".join(found)) if found else None

    def __bool__(self) -> bool:
        return self._expression is not None or bool(self._selectors)

    def holds(self, path: Sequence[str]) -> bool:
        """Whether the value at a path is safe."""
        return self.holds_steps("/".join(step.replace("/", "\0") for step in path))

    def holds_steps(self, steps: str) -> bool:
        """The same of steps that are joined by slashes, with NUL for a slash in one."""
        if self._expression is not None and self._expression.fullmatch(steps) is not None:
            return True
        return any(holds.tell(steps) for holds in self._selectors)

    @property
    def sources(self) -> list[str | None]:
        """Expressions, one of which fits whatever is held; None fits everything."""
        return [*self._sources, *(one.source for one in self._selectors)]


def any_of(places: Iterable[SafePaths]) -> Callable[[str], bool]:
    """Whether some of these may hold a path, asked of all at once; no place at all is every one."""
    sources: list[str | None] = []
    for one in places:
        sources += one.sources or [None]
    whole = [source for source in sources if source is not None]
    if len(whole) < len(sources):
        return lambda _: True
    if not whole:
        return lambda _: False
    try:
        expression = _compiled("|".join(whole))
    except re2.error:  # too many for its memory
        return lambda _: True
    return lambda steps: expression.fullmatch(steps) is not None


class _Selector:
    """Reads paths that are joined: `|` or `||` binds less than `&` or `&&`, `!` or `~` negates."""

    def __init__(self, text: str) -> None:
        self._tokens = [match[1] or match[2] for match in _TOKEN.finditer(text)]
        self._depth = 0

    def read(self) -> _Holds | None:
        """What tells whether a path is safe; None for a text that is no selector."""
        found = self._any()
        return None if self._tokens else found

    def _any(self) -> _Holds | None:
        parts = self._parts(self._every, "|")
        if parts is None or len(parts) == 1:
            return parts[0] if parts else None
        sources = [part.source for part in parts if part.source is not None]
        source = "|".join(sources) if len(sources) == len(parts) else None
        return _Holds(lambda steps: any(part.tell(steps) for part in parts), source)

    def _every(self) -> _Holds | None:
        parts = self._parts(self._one, "&")
        if parts is None or len(parts) == 1:
            return parts[0] if parts else None
        source = next((part.source for part in parts if part.source is not None), None)
        return _Holds(lambda steps: all(part.tell(steps) for part in parts), source)

    def _parts(self, read: Callable[[], _Holds | None], sign: str) -> list[_Holds] | None:
        """What stands between such signs; None if some of it is none."""
        parts = [read()]
        while self._tokens and self._tokens[0] in (sign, sign * 2):
            self._tokens.pop(0)
            parts.append(read())
        whole = [part for part in parts if part is not None]
        return whole if len(whole) == len(parts) else None

    def _one(self) -> _Holds | None:
        sign = self._tokens.pop(0) if self._tokens else ")"
        if sign in ("!", "~") and self._depth < _DEEPEST:
            self._depth += 1
            negated = self._one()
            return None if negated is None else _Holds(lambda at: not negated.tell(at), None)
        if sign == "(" and self._depth < _DEEPEST:
            self._depth += 1
            found = self._any()
            return found if self._tokens and self._tokens.pop(0) == ")" else None
        if sign in ("!", "~", "(", ")", "&", "&&", "|", "||"):
            return None
        # One name alone is safe wherever it is.
        written = sign if is_path(sign) else f"**.{sign}"
        source = _expression(written)
        expression = _compiled(source)
        return _Holds(lambda steps: expression.fullmatch(steps) is not None, source)


def _compiled(expression: str) -> re2._Regexp:
    return re2.compile(f"(?i){expression}")


def is_path(field: str) -> bool:
    """Whether a safe field is a path; it may be a name with a dot as well."""
    return "." in field or field.startswith(("$", "*")) or _OPERATORS.search(field) is not None


def _expression(field: str) -> str:
    parts: list[str] = []
    for quoted, other, plain in _STEP.findall(field):
        text = plain or other or quoted.replace("''", "'")
        if plain == "**":
            parts.append(r"(?:[^/]+/)*?")
        elif plain == "*":
            parts.append(r"[^/]+/" + _INDEX)
        elif plain.lower() in _INTERFACES:
            parts.append(_INTERFACES[plain.lower()] + "/")
        else:
            parts.append(re.escape(text.replace("/", "\0")) + "/" + _INDEX)
    whole = "".join(parts)
    if field.endswith("**"):
        return whole + r".+"
    return whole.removesuffix(_INDEX).removesuffix("/")
