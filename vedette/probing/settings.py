"""What a person filled in, read by the fields of a kind, with words for what cannot be used."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from vedette.probing.conditions.patterns import BadPattern, Pattern, written_pattern
from vedette.probing.kinds import BadSettings, ProbeField, Settings

MOST_CHARACTERS = 20_000
MOST_LINES = 50


class Reading:
    """Goes over all fields at once; `finish` raises BadSettings if anything was wrong.

    Until then what is wrong reads as the default of its field.
    """

    def __init__(self, settings: Settings, fields: Iterable[ProbeField]) -> None:
        self.words: dict[str, str] = {}
        self._fields = {field.name: field for field in fields}
        self._values: dict[str, Any] = {}
        for name in settings:
            if name not in self._fields:
                self.wrong(str(name), "this kind has no such field")
        for field in self._fields.values():
            self._values[field.name] = self._read(field, settings.get(field.name))

    def _read(self, field: ProbeField, value: Any) -> Any:
        read = _READERS[field.form]
        if value is None or value in ("", [], ()):
            if field.is_needed:
                self.wrong(field.name, "this is needed")
            return _absent(field)
        try:
            return read(field, value)
        except (ValueError, TypeError) as error:
            self.wrong(field.name, str(error))
            return _absent(field)

    def wrong(self, name: str, words: str) -> None:
        """The field cannot be used as it is; the first words are kept."""
        self.words.setdefault(name, words)

    def finish(self) -> None:
        """Raise BadSettings if anything was wrong."""
        if self.words:
            raise BadSettings(self.words)

    def text(self, name: str) -> str:
        """A text, also one of several lines."""
        return str(self._values[name])

    def lines(self, name: str) -> tuple[str, ...]:
        """The lines that are not empty."""
        return tuple(self._values[name])

    def number(self, name: str) -> float:
        """A number within its bounds."""
        return float(self._values[name])

    def whole(self, name: str) -> int:
        """A number without its fraction."""
        return int(self._values[name])

    def yes(self, name: str, *, absent: bool = False) -> bool:
        """A truth; `absent` is what it is for a kind without the field."""
        return bool(self._values.get(name, absent))

    def secrets(self) -> tuple[str, ...]:
        """The texts that nobody may see."""
        return tuple(
            value
            for name, value in self._values.items()
            if self._fields[name].is_secret and isinstance(value, str) and value
        )


def _absent(field: ProbeField) -> Any:
    return field.default if field.default not in ("", ()) else _EMPTY[field.form]


def _text(field: ProbeField, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("this has to be a text")
    if len(value) > MOST_CHARACTERS:
        raise ValueError(f"this has more than {MOST_CHARACTERS} characters")
    if field.form == "text" and not value.isprintable():
        raise ValueError("this has characters that cannot be seen")
    if "\0" in value:
        raise ValueError("this has a character that cannot be used")
    return value.strip() if field.form == "text" and not field.is_secret else value


def _lines(field: ProbeField, value: Any) -> tuple[str, ...]:
    given = value.splitlines() if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise ValueError("this has to be a list of texts")
    found = tuple(line for one in given if (line := one.strip()))
    if len(found) > MOST_LINES or sum(map(len, found)) > MOST_CHARACTERS:
        raise ValueError(f"at most {MOST_LINES} lines")
    if not all(line.isprintable() for line in found):
        raise ValueError("this has characters that cannot be seen")
    return found


def _number(field: ProbeField, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("this has to be a number")
    if not field.least <= value <= field.most:
        raise ValueError(f"from {field.least:g} to {field.most:g}")
    return value


def _yes(_: ProbeField, value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("this has to be yes or no")
    return value


def _choice(field: ProbeField, value: Any) -> str:
    if value not in field.choices and value != "":
        raise ValueError(f"one of {', '.join(field.choices)}")
    return str(value)


_READERS: dict[str, Callable[[ProbeField, Any], Any]] = {
    "text": _text,
    "block": _text,
    "lines": _lines,
    "number": _number,
    "yes": _yes,
    "choice": _choice,
}
_EMPTY: dict[str, Any] = {
    "text": "",
    "block": "",
    "lines": (),
    "number": 0,
    "yes": False,
    "choice": "",
}


def read_pattern(reading: Reading, name: str) -> Pattern | None:
    """The pattern of a field, if there is one; what is wrong is noted."""
    try:
        return written_pattern(reading.text(name)) if reading.text(name) else None
    except BadPattern as error:
        reading.wrong(name, str(error))
        return None
