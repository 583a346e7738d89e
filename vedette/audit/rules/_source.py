"""The text of a piece of code, for the rules that ask for more than facts hold: conditions."""

from __future__ import annotations

from functools import lru_cache

from vedette.audit.facts import Call, FileFacts
from vedette.audit.project import Project


def text_of_function(project: Project, facts: FileFacts, place: int, first: int = 1) -> str:
    """The source of a function from the line `first` on; of the whole file for the top of it."""
    lines = _lines(project.text(facts.path))
    if place < 0:
        return "\n".join(lines[first - 1 :])
    function = facts.functions[place]
    return "\n".join(lines[max(function.line, first) - 1 : function.last_line])


def text_of_call(project: Project, facts: FileFacts, call: Call) -> str:
    """The whole lines on which a call stands."""
    return "\n".join(_lines(project.text(facts.path))[call.line - 1 : call.last_line])


def stands_alone(project: Project, facts: FileFacts, call: Call) -> bool:
    """Whether nothing but `await` stands before a call on its line: its result goes nowhere."""
    lines = _lines(project.text(facts.path))
    before = lines[call.line - 1][: call.column - 1] if call.line <= len(lines) else "?"
    above = lines[call.line - 2].rstrip()[-1:] if call.line > 1 else ""
    return before.strip() in ("", "await", "void", "void await") and above not in (
        "(",
        ",",
        "=",
        "[",
    )


@lru_cache(maxsize=4)  # the same file is asked about again and again
def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.splitlines())
