"""A rule as YAML: what the second tab of the form shows, and what is read of it."""

from __future__ import annotations

import yaml

from vedette.configuration import Entry
from vedette.configuration._files import FileMistakes, Written, read_text
from vedette.rules.problems import Problem

_FILE = "line"
_MOST_CHARACTERS = 100_000


def as_text(entry: Entry) -> str:
    """The entry as a file for `vedette apply` writes it."""
    text: str = yaml.safe_dump({"rules": [entry]}, sort_keys=False, allow_unicode=True, width=88)
    return text


def read_one(text: str) -> Written | list[str]:
    """The rule of a text, or what is wrong with the text, each with its line."""
    if len(text) > _MOST_CHARACTERS:
        return ["The text is too long for one rule."]
    try:
        found = read_text(text, _FILE)
    except FileMistakes as error:
        return [_in_line(one.line, one.words) for one in error.mistakes]
    if len(found) != 1 or found[0].kind != "rules":
        return ["Write one rule here: rules: and one entry. For more use vedette apply."]
    return found[0]


def with_lines(written: Written, problems: list[Problem]) -> list[str]:
    """Each mistake with the line that it is in."""
    return [_in_line(written.line(one.path), str(one)) for one in problems]


def _in_line(line: int, words: str) -> str:
    return f"Line {line}: {words}" if line else words
