"""Values of unknown shape (variables, extra, contexts) as bounded, coloured text.

A value becomes a list of tokens; the template tag `value` escapes and colours them. A budget
shared by a whole page keeps a hostile event from making an endless page.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from vedette.web.remarks import EMPTY, Remarks

_MOST_CHARACTERS = 4000
_MOST_DEPTH = 8
_MOST_ITEMS = 100
_INLINE_CHARACTERS = 88
_OPEN_LINES = 9
_INDENT = "  "


class Kind(StrEnum):
    """What a token is; the class by which it is coloured."""

    PLAIN = "plain"
    KEY = "key"
    STRING = "string"
    NUMBER = "number"
    WORD = "word"
    NOTE = "note"


Token = tuple[Kind, str]


@dataclass(slots=True)
class Budget:
    """How many values a page may still show."""

    left: int = 20_000

    def take(self) -> bool:
        """Use one up; false when nothing is left."""
        self.left -= 1
        return self.left >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A value ready to show. `lines` above one makes it a block; `preview` names a folded one."""

    tokens: list[Token]
    lines: int
    remark: str = ""
    preview: str = ""

    @property
    def is_folded(self) -> bool:
        """Whether the block is closed until asked for."""
        return self.lines > _OPEN_LINES

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show but perhaps a remark."""
        return not self.tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A labelled value of a table."""

    label: str
    value: Shown
    address: str = ""


def show_value(value: Any, remarks: Remarks = EMPTY, budget: Budget | None = None) -> Shown:
    """Any JSON value as tokens. A text at the top stands without quotes."""
    budget = budget or Budget()
    if value is None and remarks.words:
        return Shown(tokens=[], lines=1, remark=remarks.words)
    if isinstance(value, str):
        return _show_text(value, remarks, budget)
    flat = _tokens(value, remarks, Budget(_MOST_ITEMS), depth=0, pretty=False)
    length = sum(len(part) for _, part in flat)
    if not isinstance(value, (dict, list)) or length <= _INLINE_CHARACTERS:
        budget.left -= len(flat)
        return Shown(tokens=flat if budget.left > 0 else [_NOTHING_LEFT], lines=1)
    tokens = _tokens(value, remarks, budget, depth=0, pretty=True)
    lines = 1 + sum(part.count("\n") for _, part in tokens)
    noun = "keys" if isinstance(value, dict) else "items"
    preview = f"{len(value):,} {noun}"
    return Shown(tokens=tokens, lines=lines, remark=remarks.words, preview=preview)


def show_entries(
    held: dict[str, Any], remarks: Remarks = EMPTY, budget: Budget | None = None
) -> list[Entry]:
    """An object's items as rows of a table, in their order, at most 300."""
    rows = list(held.items())[: _MOST_ITEMS * 3]
    return [
        Entry(label=str(key), value=show_value(value, remarks.at(key), budget))
        for key, value in rows
    ]


_NOTHING_LEFT: Token = (Kind.NOTE, "not shown: the page is full; see the raw event")


def _show_text(value: str, remarks: Remarks, budget: Budget) -> Shown:
    if not budget.take():
        return Shown(tokens=[_NOTHING_LEFT], lines=1)
    kind = Kind.STRING if len(value) > 1 and value[0] in "'\"" else Kind.PLAIN
    tokens: list[Token] = [(kind, value[:_MOST_CHARACTERS])]
    if len(value) > _MOST_CHARACTERS:
        left_out = len(value) - _MOST_CHARACTERS
        tokens.append((Kind.NOTE, f" … {left_out:,} more characters"))
    lines = 1 + value[:_MOST_CHARACTERS].count("\n")
    return Shown(tokens=tokens, lines=lines, remark=remarks.words, preview=f"{lines:,} lines")


def _tokens(
    value: Any, remarks: Remarks, budget: Budget, *, depth: int, pretty: bool
) -> list[Token]:
    if not budget.take():
        return [(Kind.NOTE, "…")]
    if isinstance(value, dict):
        parts = [
            ([(Kind.KEY, str(key)[:200]), (Kind.PLAIN, ": ")], held, remarks.at(key))
            for key, held in list(value.items())[:_MOST_ITEMS]
        ]
        return _container(parts, "{}", len(value), budget, depth=depth, pretty=pretty)
    if isinstance(value, list):
        rows: list[tuple[list[Token], Any, Remarks]] = [
            ([], held, remarks.at(index)) for index, held in enumerate(value[:_MOST_ITEMS])
        ]
        return _container(rows, "[]", len(value), budget, depth=depth, pretty=pretty)
    return _scalar(value, remarks)


def _container(
    parts: list[tuple[list[Token], Any, Remarks]],
    brackets: str,
    size: int,
    budget: Budget,
    *,
    depth: int,
    pretty: bool,
) -> list[Token]:
    if not parts:
        return [(Kind.PLAIN, brackets)]
    if depth >= _MOST_DEPTH:
        return [(Kind.NOTE, f"{brackets[0]}… {size} deeper{brackets[1]}")]
    inner = "\n" + _INDENT * (depth + 1) if pretty else ""
    made: list[Token] = [(Kind.PLAIN, brackets[0])]
    for index, (label, held, remarks) in enumerate(parts):
        comma = "," + ("" if pretty else " ") if index else ""
        made.append((Kind.PLAIN, comma + inner))
        made += label
        made += _tokens(held, remarks, budget, depth=depth + 1, pretty=pretty)
        if budget.left <= 0:
            break
    if size > len(parts):
        made.append((Kind.NOTE, f"{inner or ' '}… {size - len(parts):,} more"))
    made.append((Kind.PLAIN, ("\n" + _INDENT * depth if pretty else "") + brackets[1]))
    return made


def _scalar(value: Any, remarks: Remarks) -> list[Token]:
    if isinstance(value, str):
        shown = value if len(value) <= _MOST_CHARACTERS else value[:_MOST_CHARACTERS] + "…"
        tokens: list[Token] = [(Kind.STRING, '"' + shown + '"')]
    elif isinstance(value, bool) or value is None:
        tokens = [(Kind.WORD, {True: "true", False: "false", None: "null"}[value])]
    else:
        tokens = [(Kind.NUMBER, str(value))]
    if remarks.words:
        tokens.append((Kind.NOTE, f" ({remarks.words})"))
    return tokens
