"""Files of configuration: YAML whose mistakes are told with their line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vedette.configuration import kinds

_MOST_BYTES = 4 << 20
_MOST_VALUES = 100_000


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in a file; `line` counts from 1, 0 if it is of the whole file."""

    file: str
    line: int
    words: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.words}" if self.line else f"{self.file}: {self.words}"
        )


class FileMistakes(ValueError):
    """Files that cannot be used; `mistakes` has at least one."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(str(one) for one in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Written:
    """One entry of a file; `lines` gives the line of each path within it (`levels.warning`)."""

    kind: str
    entry: dict[str, Any]
    file: str
    lines: dict[str, int]

    def line(self, path: str) -> int:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, self.lines.get("", 0))


def read_files(paths: list[Path]) -> list[Written]:
    """The entries of all files, in order. Raises FileMistakes."""
    found: list[Written] = []
    mistakes: list[Mistake] = []
    for path in paths:
        try:
            found += _read(path)
        except FileMistakes as error:
            mistakes += error.mistakes
    if mistakes:
        raise FileMistakes(mistakes)
    return found


def read_text(text: str, name: str = "configuration") -> list[Written]:
    """The entries of a text. Raises FileMistakes."""
    try:
        _refuse_many(yaml.parse(text, Loader=yaml.CSafeLoader), name)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        if root is not None and _size(root) > _MOST_VALUES:
            raise _too_many(name)
        values = yaml.load(text, Loader=yaml.CSafeLoader)  # noqa: S506 - the safe one in C
    except FileMistakes:
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = f"this is no YAML: {error.problem or error.context}"
        raise FileMistakes([Mistake(name, mark.line + 1 if mark else 0, words)]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FileMistakes([Mistake(name, 0, f"this is no YAML: {error}")]) from None
    if root is None:
        return []
    return list(_entries(root, values, name))


def _read(path: Path) -> list[Written]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise FileMistakes([Mistake(str(path), 0, "a file has at most 4 MB")])
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileMistakes([Mistake(str(path), 0, f"cannot be read: {error}")]) from None
    return read_text(text, str(path))


def _entries(root: yaml.Node, values: Any, name: str) -> Iterator[Written]:
    known = [kind.name for kind in kinds()]
    if not isinstance(root, yaml.MappingNode) or not isinstance(values, dict):
        words = f"a file begins with one of {', '.join(known)}, then a list"
        raise FileMistakes([Mistake(name, root.start_mark.line + 1, words)])
    for key_node, list_node in root.value:
        kind = str(key_node.value)
        line = key_node.start_mark.line + 1
        if kind not in known:
            raise FileMistakes([Mistake(name, line, f"{kind} is none of {', '.join(known)}")])
        entries = values.get(kind)
        if entries is None:
            continue
        if not isinstance(list_node, yaml.SequenceNode) or not isinstance(entries, list):
            raise FileMistakes([Mistake(name, line, f"{kind} is a list: begin each with a dash")])
        for node, entry in zip(list_node.value, entries, strict=True):
            if not isinstance(entry, dict):
                at = node.start_mark.line + 1
                raise FileMistakes([Mistake(name, at, f"an entry of {kind} has keys and values")])
            yield Written(kind, {str(k): v for k, v in entry.items()}, name, _lines(node))


def _refuse_many(events: Iterator[yaml.Event], name: str) -> None:
    """Before anything is made of the text: a value is one event, a list or a mapping two."""
    for number, _ in enumerate(events):
        if number > 2 * _MOST_VALUES:
            raise _too_many(name)


def _too_many(name: str) -> FileMistakes:
    words = f"at most {_MOST_VALUES:,} values, those of an alias each time"
    return FileMistakes([Mistake(name, 0, words)])


def _size(root: yaml.Node) -> float:
    """How many values a text stands for once its aliases are written out; none if without end.

    An alias is the very node that it names, so each is counted once and then looked up.
    """
    sizes: dict[int, float] = {}
    waiting: list[tuple[yaml.Node, bool]] = [(root, False)]
    while waiting:
        node, is_below_known = waiting.pop()
        parts = _parts(node)
        if is_below_known:
            sizes[id(node)] = 1 + sum(sizes[id(part)] for part in parts)
        elif id(node) not in sizes:
            sizes[id(node)] = math.inf  # what is met again within itself has no end
            waiting.append((node, True))
            waiting += [(part, False) for part in parts]
    return sizes[id(root)]


def _parts(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else []


def _lines(node: yaml.Node, path: str = "") -> dict[str, int]:
    found = {path: node.start_mark.line + 1}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = f"{path}.{key.value}" if path else str(key.value)
            found |= _lines(value, below)
            found[below] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            found |= _lines(value, f"{path}.{at}" if path else str(at))
    return found
