"""What excuses a handler whose error is dropped: it is no news, or told by another."""

from __future__ import annotations

import re

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.project import Project
from vedette.audit.rules._source import text_of_function
from vedette.audit.vocabulary import is_plain

_PREDICATE = re.compile(
    r"(?:^|[._])(?:is|has|can|should|supports?|validate|verify)(?:_\w+)?$"
    r"|_(?:valid|exists?|available|supported|reachable|enabled|alive|installed)$",
    re.IGNORECASE,
)
_OF_A_VERSION = re.compile(r"version|revision|(?:^|_)(?:sha|commit)(?:_|$)", re.IGNORECASE)
_RUNS = re.compile(r"(?:^|\.)(?:Popen|check_output|subprocess\.\w+|getoutput|communicate)$")
_TELLS = re.compile(r"(?:^|[._])errors?(?:\[\])*$|(?:^|[._])(?:error|err)_(?:text|msg|message)$")
_SHOWS = re.compile(
    r"__(?:str|repr|unicode)__$|(?:^|[._])(?:repr|display|render|pretty|humani[sz]e|truncate)(?:_|$)"
    r"|_(?:repr|display|render|for_log\w*|for_display)$"
)
_ASIDE = re.compile(r"(?:^|[/_])(?:analytics|telemetry|usage_(?:stats|data))(?:/|\.py$)")
_UNDER_WAY = re.compile(
    r"\blog\.err\(\s*(?:\)|None\b|_why=|\w+, _why=)|\bFailure\(\)|\bexc_\w+\s*=|\bexc_info\(\)|\bformat_exc\("
)
_ELSEWHERE = (
    *("exc_info", "exception(", "traceback", "sys.exc", "$!", "stack", "errorInfo", ".Error()"),
    "$@",
)
_OPENS = re.compile(r"(?:^|\.)(?:f?open|read_text|read_bytes)$")
_READS = re.compile(
    r"(?:^|\.)(?:f?open|fdopen|safe_load|to_unicode|read\w*|loads?|int|float|path\.\w+|Path|close|getpid)(?:\(\))*$"
)
_BREAKS = re.compile(r"^\s+break\b", re.MULTILINE)
_LEAVES = re.compile(r"\s+(?:return|break)\b")
_SENTENCE = re.compile(
    r"#\s*(?!noqa|type:|pylint|pragma)[^#]*?(?:\b[a-z']{2,}\b[^#\w]+){3}\w", re.IGNORECASE
)
_ENDS = re.compile(
    r"(?:^|[._])(?:drain|stop|close|unload|shutdown|shut_down|clean_?up|teardown|tear_down"
    r"|disconnect|cancel|dispose|aclose|__aexit__|terminate|kill|deactivate|disable|exit|end)(?:_|$)"
    r"|(?<=[a-z])Shutdown$",
    re.IGNORECASE,
)
# Words over a block by which people say that it may fail.
_FORETELLS = re.compile(
    r"exception|\brais|\bfail|\berror|ignor|\b(?:may|might|can) not\b|optional"
    r"|safely|defensive|unreadable|not available|unavailable",
    re.IGNORECASE,
)


def is_answer(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether a function that says yes or no by its name says no, there or on the next line."""
    if not _PREDICATE.search(facts.function_name(handler.function)):
        return False
    if handler.deeds:
        return all(one.kind == "return-constant" for one in handler.deeds)
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)
    return re.match(r"\s*return (?:False|None)\b", below) is not None


def is_question(path: str) -> bool:
    """Whether a call asks for yes or no by its name."""
    return _PREDICATE.search(path) is not None


def is_second(facts: FileFacts, handler: Handler) -> bool:
    """Whether it stands in a handler that raises or tells of the first error: that one is heard of."""
    outer = handler.handler
    while outer >= 0:
        if facts.handlers[outer].does("throw", "log", "capture", "answer", "surface"):
            return True
        outer = facts.handlers[outer].handler
    return False


def is_raised_first(facts: FileFacts, handler: Handler) -> bool:
    """Whether it stands in a handler that raises: what is dropped here changes nothing."""
    outer = handler.handler
    return outer >= 0 and facts.handlers[outer].does("throw")


def is_of_a_version(facts: FileFacts, handler: Handler) -> bool:
    """Whether a programme or a file is asked which version the code has: there need be none."""
    name = facts.function_name(handler.function)
    return _OF_A_VERSION.search(name) is not None and any(
        _RUNS.search(one) or _OPENS.search(one) or one.endswith("get_data") for one in handler.calls
    )


def is_told_elsewhere(text: str, handler: Handler) -> bool:
    """The error is asked of the system: a traceback, the last exception; Twisted takes it itself."""
    return (
        "$!" in handler.text
        or _UNDER_WAY.search(handler.text) is not None
        or any(one in text for one in _ELSEWHERE)
    )


def is_told(handler: Handler) -> bool:
    """Whether it writes a word under the errors that are shown to whoever asked."""
    return any(one.kind == "assign-constant" and _TELLS.search(one.path) for one in handler.deeds)


def ends_call(path: str) -> bool:
    """Whether a call stops or closes something by its name."""
    return _ENDS.search(path) is not None


def ends_by_name(facts: FileFacts, place: int) -> bool:
    """Whether a function stops or closes something by its name."""
    return _ENDS.search(facts.function_name(place)) is not None


def is_shown(facts: FileFacts, handler: Handler) -> bool:
    """Whether a function makes something readable by its name: a word in its place does no harm."""
    return _SHOWS.search(facts.function_name(handler.function)) is not None


def is_read(handler: Handler) -> bool:
    """Whether a file is only opened and read, and a constant taken for one that cannot be."""
    return any(map(_OPENS.search, handler.calls)) and all(
        is_plain(one) or _READS.search(one) for one in handler.calls
    )


def is_tried_on(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether a loop goes on with the next, until one has been good: what is tried then ends it."""
    tried = facts.tries[handler.tried]
    if not tried.is_loop or _BREAKS.search(handler.text):
        return False
    if handler.does("return", "return-constant", "assign-constant"):
        return False
    lines = text_of_function(project, facts, handler.function, tried.line).splitlines()
    inside = lines[: tried.last_line - tried.line + 1]
    return any(_LEAVES.match(one) for one in inside)


def is_foretold(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether a comment right above what is tried, or first in it, says that it may fail."""
    first = facts.tries[handler.tried].line
    start = facts.functions[handler.function].line if handler.function >= 0 else 1
    lines = text_of_function(project, facts, handler.function).splitlines()
    place = first - start
    said = [one for one in lines[place + 1 : place + 3] if one.lstrip().startswith("#")]
    while place > 0 and lines[place - 1].lstrip().startswith("#"):
        place -= 1
        said.append(lines[place])
    return _FORETELLS.search(" ".join(said)) is not None


def is_aside(facts: FileFacts) -> bool:
    """Whether the file counts how the program is used: nobody waits for that."""
    return _ASIDE.search(facts.path) is not None


def imports(facts: FileFacts, handler: Handler) -> bool:
    """Whether something is imported within what is tried: it need not be installed."""
    tried = facts.tries[handler.tried]
    return any(tried.line <= one.line <= tried.last_line for one in facts.imports)


def is_accounted_for(facts: FileFacts, handler: Handler) -> bool:
    """Whether the reason beside it speaks of just what is dropped: one statement only is tried, or
    only named types are caught, or it has some words to it."""
    is_named = bool(handler.types) and not any(
        one.rpartition(".")[2] in ("Exception", "BaseException") for one in handler.types
    )
    return (
        is_named
        or facts.tries[handler.tried].statements == 1
        or (facts.language == "python" and _SENTENCE.search(handler.comments) is not None)
    )
