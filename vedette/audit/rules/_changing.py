"""What to write instead, as a change to the very lines: a report where an error is caught.

Changes are made of the text, line by line, and only where a line has the form that most people
write; of any other there is no change, only the advice of the rule.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Change
from vedette.audit.project import Project

_CATCH = re.compile(r"\bcatch\s*(?:\(\s*([^()]*?)\s*\)\s*)?\{")
_PROMISE = re.compile(
    r"\.catch\(\s*(?:async\s*)?(?:\(\s*([\w$]*)[^()]*\)|([\w$]+))\s*=>\s*|\.catch\(\s*function\s*\w*\(\s*([\w$]*)[^()]*\)\s*"
)
_CONSTANT = re.compile(
    r"(null|undefined|true|false|-?\d+|''|\"\"|``|\[\]|\(\{\}\)|void 0)(?=\s*\))"
)
_EXCEPT = re.compile(r"(\s*)except\b([^:]*):\s*(.*)$")
_RESCUE = re.compile(r"(\s*rescue)\b((?:\s+(?!=>)[\w:, ]+?)?)(?:\s*=>\s*(\w+))?\s*(?:#.*)?$")
_MODIFIER = re.compile(r"(\s*)((?:@{0,2}[\w.]+\s*(?:\|\|)?=\s*)?)(\S.*?) rescue (.+)$")
_SUPPRESS = re.compile(r"(\s*)with (?:contextlib\.)?suppress\([^()]*\):\s*$")
_BLANK = re.compile(r"(\s*)((?:_|\w+)(?:,\s*\w+)*)\s*(:?=)\s*([^=].*)$")


@lru_cache(maxsize=16)
def lines_of(project: Project, path: str) -> tuple[str, ...]:
    """The lines of a file, the first at 0."""
    return tuple(project.text(path).splitlines())


def line_at(project: Project, facts: FileFacts, number: int) -> str:
    """A line by its number; empty if the file has none."""
    lines = lines_of(project, facts.path)
    return lines[number - 1] if 0 < number <= len(lines) else ""


def indent_of(line: str) -> str:
    """The white space before its first word."""
    return line[: len(line) - len(line.lstrip())]


def reporting(project: Project, facts: FileFacts, handler: Handler) -> Change | None:
    """The handler with a report as the first thing that it does."""
    head = line_at(project, facts, handler.line)
    if handler.how == "suppress":
        return _unsuppressed(project, facts, handler, head)
    if handler.how == "modifier":
        return _unfolded(handler, head)
    if handler.how == "silence":
        return _named(handler, head) if facts.language == "go" else None
    if facts.language == "python":
        return _python(project, facts, handler, head)
    if facts.language == "ruby":
        return _ruby(project, facts, handler, head)
    if handler.how == "value":
        return _value(project, facts, handler, head)
    if handler.how in ("promise", "then"):
        return _promise(project, facts, handler, head)
    return _catch(project, facts, handler, head)


def _captured(language: str, name: str) -> str:
    """The statement that reports, in the SDK of a language."""
    return {
        "python": "sentry_sdk.capture_exception()",
        "ruby": f"Sentry.capture_exception({name})",
        "go": f"sentry.CaptureException({name})",
        "php": f"\\Sentry\\captureException({name});",
    }.get(language, f"Sentry.captureException({name});")


def _catch(project: Project, facts: FileFacts, handler: Handler, head: str) -> Change | None:
    found = _CATCH.search(head)
    if found is None:
        return None
    given, name = _caught_as(facts.language, found[1] or "")
    start = f"{head[: found.start()]}catch ({given}) {{"
    return _opened(project, facts, handler, start, head[found.end() :], name)


def _caught_as(language: str, given: str) -> tuple[str, str]:
    """What stands between the brackets, with a name for the error, and the name."""
    if language == "java":
        return given, given.split()[-1] if given else "error"
    if language == "php":
        return (given, given.split()[-1]) if "$" in given else (f"{given} $error", "$error")
    name = re.match(r"[\w$]+", given)
    return (given, name[0]) if name else ("error", "error")


def _promise(project: Project, facts: FileFacts, handler: Handler, head: str) -> Change | None:
    found = _PROMISE.search(head)
    if found is None:
        return None
    name = found[1] or found[2] or found[3] or "error"
    rest = head[found.end() :]
    start = f"{head[: found.start()]}.catch(({name}) => "
    if rest.startswith("{"):
        return _opened(project, facts, handler, f"{start}{{", rest[1:], name)
    constant = _CONSTANT.match(rest)
    if constant is None:
        return None
    body = f"{{ {_captured(facts.language, name)} return {constant[1]}; }}"
    return _one(handler.line, f"{start}{body}{rest[constant.end() :]}")


def _value(project: Project, facts: FileFacts, handler: Handler, head: str) -> Change | None:
    if not head.rstrip().endswith("{") or not handler.error:
        return None
    return _opened(project, facts, handler, head.rstrip(), "", handler.error)


def _opened(
    project: Project, facts: FileFacts, handler: Handler, start: str, rest: str, name: str
) -> Change:
    """A block that begins with the report: on its line, or on one below."""
    report = _captured(facts.language, name)
    if handler.line == handler.last_line or rest.strip().startswith("}"):
        return _one(handler.line, f"{start} {report} {rest.lstrip()}".rstrip())
    inner = _inner(project, facts, handler.line)
    return _one(handler.line, f"{start}{rest.rstrip()}\n{inner}{report}")


def _inner(project: Project, facts: FileFacts, number: int) -> str:
    """How far what stands in a block is indented: like its next line, or a step further."""
    own = indent_of(line_at(project, facts, number))
    below = line_at(project, facts, number + 1)
    theirs = indent_of(below)
    if below.strip() and len(theirs) > len(own):
        return theirs
    return own + ("\t" if own.startswith("\t") or facts.language == "go" else "  ")


def _python(project: Project, facts: FileFacts, handler: Handler, head: str) -> Change | None:
    found = _EXCEPT.match(head)
    if found is None:
        return None
    indent, types, rest = found[1], found[2], found[3]
    inner = (
        indent + "    " if rest and not rest.startswith("#") else _stepped(project, facts, handler)
    )
    start = f"{indent}except{types}:"
    if rest and not rest.startswith("#"):
        kept = "" if rest.split("#")[0].strip() in ("pass", "...") else f"\n{inner}{rest}"
        return _one(handler.line, f"{start}\n{inner}{_captured('python', '')}{kept}")
    below = [line_at(project, facts, one) for one in range(handler.line + 1, handler.last_line + 1)]
    if all(one.split("#")[0].strip() in ("pass", "...", "") for one in below):
        comments = [one for one in below if one.strip().startswith("#")]
        text = "\n".join((head.rstrip(), *comments, f"{inner}{_captured('python', '')}"))
        return Change(first=handler.line, last=handler.last_line, text=text)
    return _one(handler.line, f"{head.rstrip()}\n{inner}{_captured('python', '')}")


def _stepped(project: Project, facts: FileFacts, handler: Handler) -> str:
    own = indent_of(line_at(project, facts, handler.line))
    theirs = indent_of(line_at(project, facts, handler.line + 1))
    return theirs if len(theirs) > len(own) else own + "    "


def _ruby(project: Project, facts: FileFacts, handler: Handler, head: str) -> Change | None:
    found = _RESCUE.match(head)
    if found is None:
        return None
    name = found[3] or "error"
    start = f"{found[1]}{found[2].rstrip()} => {name}"
    inner = indent_of(head) + "  "
    return _one(handler.line, f"{start}\n{inner}{_captured('ruby', name)}")


def _unfolded(handler: Handler, head: str) -> Change | None:
    """`x rescue nil` as a block."""
    found = _MODIFIER.match(head)
    if found is None:
        return None
    indent, kept, tried, otherwise = found.groups()
    text = (
        f"{indent}{kept}begin\n{indent}  {tried}\n{indent}rescue StandardError => error\n"
        f"{indent}  {_captured('ruby', 'error')}\n{indent}  {otherwise}\n{indent}end"
    )
    return _one(handler.line, text)


def _unsuppressed(project: Project, facts: FileFacts, handler: Handler, head: str) -> Change | None:
    found = _SUPPRESS.match(head)
    if found is None or handler.last_line - handler.line > 20:
        return None
    body = [line_at(project, facts, one) for one in range(handler.line + 1, handler.last_line + 1)]
    end = (f"{found[1]}except Exception:", f"{found[1]}    {_captured('python', '')}")
    return Change(
        first=handler.line,
        last=handler.last_line,
        text="\n".join((f"{found[1]}try:", *body, *end)),
    )


def _named(handler: Handler, head: str) -> Change | None:
    """Go's `_ = f()` and `x, _ := f()` with a name for the error."""
    found = _BLANK.match(head)
    if found is None or handler.line != handler.last_line:
        return None
    indent, names, sign, call = found.groups()
    before, _, last = names.rpartition(",")
    if last.strip() != "_":
        return None
    block = f"{{\n{indent}\t{_captured('go', 'err')}\n{indent}}}"
    if not before or set(before) <= set("_, "):
        given = f"{before}, err" if before else "err"
        return _one(handler.line, f"{indent}if {given} := {call}; err != nil {block}")
    return _one(handler.line, f"{indent}{before}, err {sign} {call}\n{indent}if err != nil {block}")


def _one(line: int, text: str) -> Change:
    return Change(first=line, last=line, text=text)
