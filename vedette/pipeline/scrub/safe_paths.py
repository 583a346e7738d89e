"""Safe fields that are written as paths: `extra.note`, `$frame.vars.*`, `**.headers.'x y'`.

The steps are names, `*` for any one and `**` for any number; a step in quotes may hold dots.
`$error`, `$frame`, `$http` and the like stand for the place of that interface, wherever it is.
Numbers of lists need not be written. Compared without their case. Paths may be joined as in
Sentry's selectors: `a.b || c.d`, `extra.** && !extra.note`, with parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

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


_Holds = Callable[[str], bool]
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
        return any(holds(steps) for holds in self._selectors)


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
        return self._joined(self._every, "|", any)

    def _every(self) -> _Holds | None:
        return self._joined(self._one, "&", all)

    def _joined(
        self, read: Callable[[], _Holds | None], sign: str, join: Callable[[Iterable[bool]], bool]
    ) -> _Holds | None:
        parts = [read()]
        while self._tokens and self._tokens[0] in (sign, sign * 2):
            self._tokens.pop(0)
            parts.append(read())
        whole = [part for part in parts if part is not None]
        if len(whole) < len(parts):
            return None
        return whole[0] if len(whole) == 1 else lambda steps: join(one(steps) for one in whole)

    def _one(self) -> _Holds | None:
        sign = self._tokens.pop(0) if self._tokens else ")"
        if sign in ("!", "~") and self._depth < _DEEPEST:
            self._depth += 1
            negated = self._one()
            return None if negated is None else lambda steps: not negated(steps)
        if sign == "(" and self._depth < _DEEPEST:
            self._depth += 1
            found = self._any()
            return found if self._tokens and self._tokens.pop(0) == ")" else None
        if sign in ("!", "~", "(", ")", "&", "&&", "|", "||"):
            return None
        # One name alone is safe wherever it is.
        written = sign if is_path(sign) else f"**.{sign}"
        expression = _compiled(_expression(written))
        return lambda steps: expression.fullmatch(steps) is not None


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
