"""Safe fields that are written as paths: `extra.note`, `$frame.vars.*`, `**.headers.'x y'`.

The steps are names, `*` for any one and `**` for any number; a step in quotes may hold dots.
`$error`, `$frame`, `$http` and the like stand for the place of that interface, wherever it is.
Numbers of lists need not be written. Compared without their case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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


class SafePaths:
    """The paths among a project's safe fields."""

    def __init__(self, fields: Sequence[str]) -> None:
        found = [_expression(field.strip()) for field in fields if is_path(field.strip())]
        # Somebody's own expression: RE2 is linear whatever it is.
        self._expression = re2.compile(f"(?i){'|'.join(found)}") if found else None

    def __bool__(self) -> bool:
        return self._expression is not None

    def holds(self, path: Sequence[str]) -> bool:
        """Whether the value at a path is safe."""
        steps = "/".join(step.replace("/", "\0") for step in path)
        return self._expression is not None and self._expression.fullmatch(steps) is not None


def is_path(field: str) -> bool:
    """Whether a safe field is a path; it may be a name with a dot as well."""
    return "." in field or field.startswith(("$", "*"))


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
