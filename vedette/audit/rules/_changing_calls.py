"""What to write instead where something is called, logged or thrown."""

from __future__ import annotations

import re

from vedette.audit.facts import Call, Deed, FileFacts, Function, Handler
from vedette.audit.finding import Change
from vedette.audit.project import Project
from vedette.audit.rules import ECMA
from vedette.audit.rules._changing import indent_of, line_at

_MOST_LINES = 40
_SAFE = (
    "const safe = (handler) => (...given) =>\n"
    "  handler(...given).catch((error) => Sentry.captureException(error));"
)
_HANDED_ON = (
    "const asyncHandler = (handler) => (req, res, next) =>\n"
    "  Promise.resolve(handler(req, res, next)).catch(next);"
)
_END = r"\)(\s*;?\s*(?:\}\s*)*)$"  # the bracket that ends the arguments and the line


def swapped(
    project: Project, facts: FileFacts, line: int, old: str, new: str, *, is_safe: bool = False
) -> Change | None:
    """A line with its first `old` replaced, a pattern; None if it has none."""
    text = line_at(project, facts, line)
    changed = re.sub(old, new, text, count=1)
    return None if changed == text else Change(first=line, last=line, text=changed, is_safe=is_safe)


def before(project: Project, facts: FileFacts, line: int, *added: str) -> Change | None:
    """Statements before the one that stands alone on a line."""
    text = line_at(project, facts, line)
    if not text.strip():
        return None
    indent = indent_of(text)
    new = "\n".join((*(f"{indent}{one}" for one in added), text))
    return Change(first=line, last=line, text=new)


def after(project: Project, facts: FileFacts, call: Call, *added: str) -> Change | None:
    """Statements after the one that ends where a call does."""
    text = line_at(project, facts, call.last_line)
    if not text.rstrip().endswith((";", ")")):
        return None
    indent = indent_of(line_at(project, facts, call.line))
    new = "\n".join((text, *(f"{indent}{one}" for one in added)))
    return Change(first=call.last_line, last=call.last_line, text=new)


def wrapped(
    project: Project, facts: FileFacts, function: Function, opening: str = "safe("
) -> Change | None:
    """A function that is written as the last argument, in a call that hears of its rejections."""
    first, last = function.line, function.last_line
    if last - first > _MOST_LINES:
        return None
    lines = [line_at(project, facts, one) for one in range(first, last + 1)]
    head = re.sub(r"\basync\b", f"{opening}async", lines[0], count=1)
    end = re.sub(r"(.*)\}(?=\s*[,)])", r"\1})", lines[-1] if last > first else head, count=1)
    if head == lines[0] or (last > first and end == lines[-1]) or end == head:
        return None
    text = "\n".join((head, *lines[1:-1], end)) if last > first else end
    return Change(first=first, last=last, text=text, above=_above(project, facts, opening))


def _above(project: Project, facts: FileFacts, opening: str) -> str:
    """The function in which others are wrapped, where the file has none of its name."""
    above = {"safe(": _SAFE, "asyncHandler(": _HANDED_ON}.get(opening, "")
    is_there = opening != "safe(" and opening.removesuffix("(") in project.text(facts.path)
    return "" if is_there else above


def with_error(project: Project, facts: FileFacts, handler: Handler, deed: Deed) -> Change | None:
    """A log line that is given the error, too, where the error has a name."""
    if facts.language == "python":
        return swapped(
            project,
            facts,
            deed.line,
            r"\b(log\w*)\.(?:error|critical|warning|info)\(",
            r"\1.exception(",
        )
    if not handler.error:
        return None
    if facts.language == "go" and deed.path.endswith("f"):
        return None  # a format without a verb for it
    given = _given(facts.language, deed.path, handler.error)
    return swapped(project, facts, deed.line, _END, given + r")\1")


def _given(language: str, path: str, name: str) -> str:
    """The error as a logger of a language takes it, behind what it is given already."""
    if path == "error_log":
        return f" . ': ' . {name}"
    if language == "ruby":
        return f' + ": #{{{name}.full_message}}"'
    return f", ['exception' => {name}]" if language == "php" else f", {name}"


def listening(project: Project, facts: FileFacts, call: Call, event: str) -> Change | None:
    """A listener that reports, after a client is made and kept."""
    if facts.language not in ECMA or not re.fullmatch(r"[\w.$]+", call.kept_in):
        return None
    given = "(job, error)" if event == "failed" else "(error)"
    text = f'{call.kept_in}.on("{event}", {given} => Sentry.captureException(error));'
    return after(project, facts, call, text)
