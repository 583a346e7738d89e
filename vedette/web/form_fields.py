"""Fields of forms whose entries are written as in a file: a value, its help, its mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from vedette.rules.problems import Problem

Kind: TypeAlias = Literal["text", "lines", "select", "check", "secret", "number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One field for `components/form_field.html`.

    A `secret` is never shown: `is_set` says that there is one, which an empty field keeps;
    `forget` is the name of a box by which it goes.
    """

    name: str
    label: str
    kind: Kind = "text"
    value: Any = ""
    help: str = ""
    error: str = ""
    placeholder: str = ""
    choices: Sequence[tuple[str, str]] = ()
    suggestions: Sequence[str] = ()
    rows: int = 4
    is_needed: bool = False
    is_set: bool = False
    forget: str = ""

    @property
    def id(self) -> str:
        """What its label points at."""
        return "id_" + self.name.replace(".", "_")


@dataclass(slots=True)
class Mistakes:
    """The problems of an entry, handed out to its fields; the rest is said above the form."""

    problems: Iterable[Problem] = ()
    _told: set[int] = field(default_factory=set)

    def of(self, *paths: str) -> str:
        """What is wrong with the places that a field fills in, and was not said yet."""
        found = []
        for at, problem in enumerate(self.problems):
            if at not in self._told and any(_is_at(problem.path, path) for path in paths):
                self._told.add(at)
                found.append(problem.words)
        return sentence("; ".join(dict.fromkeys(found)))

    @property
    def rest(self) -> list[str]:
        """What belongs to no field that was asked for."""
        left = [one for at, one in enumerate(self.problems) if at not in self._told]
        return [sentence(str(one)) for one in left]


def sentence(words: str) -> str:
    """The words with a capital letter and a full stop."""
    if not words:
        return ""
    end = "" if words.endswith((".", "?", "!")) else "."
    return f"{words[0].upper()}{words[1:]}{end}"


def lines_of(text: str) -> list[str]:
    """One value a line; blank lines do not count."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def wants_to_find(sent: Mapping[str, str]) -> bool:
    """Whether a form asks for what is called so, before it is done.

    By its button, or by Enter (`components/enter.html`) where another part of a name is written
    than the one by which was listed: whoever types that and presses Enter wants to see it.
    """
    is_written_anew = sent.get("find", "").strip() != sent.get("listed_by", "").strip()
    return sent.get("do") == "find" or (sent.get("do") == "enter" and is_written_anew)


def without_empty(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry without what nobody filled in."""
    return {name: value for name, value in entry.items() if value not in ("", None, [], {})}


def _is_at(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}.")
