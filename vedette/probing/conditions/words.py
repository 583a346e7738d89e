"""What a single word of a condition stands for."""

from __future__ import annotations

import json
import re

from vedette.probing.conditions.errors import BadCondition
from vedette.probing.conditions.operands import Operand
from vedette.probing.conditions.tokens import Token

_STEP = re.compile(r"""\.([A-Za-z_][\w-]*)|\[\s*(-?\d+|"(?:[^"\\]|\\.)*"|'[^']*')\s*\]""")


def expected_something(token: Token) -> str:
    """What to say of a word that is nothing to look at."""
    if token.kind == "end":
        return "the condition is not finished"
    return "expected something to look at: status, time, header, body, $.path, cert.days"


def number_of(token: Token, beside: Operand | None) -> float:
    """A number; beside the time it may have a unit, and is made milliseconds."""
    value: float = float(token.text) if set(token.text) & set(".eE") else int(token.text)
    if not token.unit:
        return value
    if beside is None or beside.subject != "time":
        raise BadCondition("only the time has a unit", token.start)
    return value * 1000 if token.unit == "s" else value


def text_of(token: Token) -> str:
    """A text without its quotes."""
    return _unquoted(token.text, token.start)


def _unquoted(written: str, at: int) -> str:
    if written[0] == "'":
        return written[1:-1]
    try:
        text = str(json.loads(written, strict=False))
        text.encode()
        return text
    except ValueError:  # also half of a character
        raise BadCondition("this text has an escape that means nothing", at) from None


def steps_of(token: Token) -> tuple[str | int, ...]:
    """The names and indexes of a path."""
    steps: list[str | int] = []
    for match in _STEP.finditer(token.text, 1):
        name, place = match.groups()
        if name is not None:
            steps.append(name)
        elif place[0] in "\"'":
            steps.append(_unquoted(place, token.start + match.start()))
        else:
            steps.append(int(place))
    return tuple(steps)
