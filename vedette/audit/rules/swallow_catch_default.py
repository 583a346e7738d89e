"""A handler that does no more than give a constant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ALL, ECMA, Rule
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._default_samples import BAD, GOOD
from vedette.audit.rules._default_samples_typed import TYPED
from vedette.audit.rules._excusing import is_accounted_for, is_answer, is_told
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._source import text_of_function
from vedette.audit.rules._trying import (
    caught,
    gives_nothing,
    is_asked_for,
    is_excused,
    is_explained,
    is_named_answer,
    is_trivial,
    is_validator,
    tried_words,
)
from vedette.audit.rules._weighing import is_deed, weight, weight_by_deed

ID = "swallow.catch-default"
_SURE = (*ECMA, "java", "php", "ruby")
_DATA = ("DatabaseError", "OperationalError", "RedisError", "SMTPException")
_TYPED = ("java", "php", "ruby")
_KEPT = re.compile(r"([$@]?\w+) = ")
_SOON = 200
# Go's ways to ask and to convert, whose failure is as good as an empty answer.
_LOOKS_UP = re.compile(
    r"(?:^|\.)(?:(?i:get|lookup|current|usage|find|attr|path|edge|verify|evalsymlinks)(?![a-z])\w*|To[A-Z]\w*|\w*Compress"
    r"|\w*(?i:runtime|homedir|topleveldir))$"
)
_MAKES = re.compile(r"(?:^|\.)(?i:create|put)(?![a-z])\w*$")
_SWITCH = re.compile(
    r"[$]?(?:this[.]|this->)?(?:use|has|is|can|supports?|enable)d?(?:_|[A-Z])\w*\s*=\s*false",
    re.ASCII,
)
_OUTSIDE = (
    *("IOError", "OSError", "ConnectionError", "RequestException", "HTTPError", "DatabaseError"),
    *("OperationalError", "ClientError", "RedisError", "SMTPException", "ApiError"),
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Constants in the place of an error that nobody looks at."""
    for handler in caught(facts, *(("value",) if facts.language == "go" else ("catch",))):
        if not (is_trivial(handler) or gives_nothing(handler)) or is_excused(
            project, facts, handler
        ):
            continue
        if is_named_answer(handler) or is_asked_for(facts, handler) or handler.is_seen:
            continue
        if (
            is_validator(facts, handler)
            or _is_switched_off(facts, handler)
            or (facts.language == "python" and not _is_telling(project, facts, handler))
        ):
            continue
        if facts.language in _TYPED and (
            _is_asked_after(project, facts, handler) or _is_hoped_for(project, facts, handler)
        ):
            continue
        if facts.language == "ruby" and _is_yes_or_no(project, facts, handler):
            continue
        if facts.language == "go" and _goes_on(project, facts, handler):
            continue
        if _is_tried_again(facts, handler) or _is_number(facts, handler):
            continue
        yield at_handler(
            ID,
            _severity(facts, handler),
            facts,
            handler,
            f"A failure of {tried_words(handler)} becomes {_outcome(handler)}",
            explained=is_explained(handler),
            instead=reporting(project, facts, handler),
        )


def _usual(facts: FileFacts, handler: Handler) -> Severity:
    """In Go an answer without an error is one: it weighs where one could be given, or was done."""
    if facts.language in _SURE:
        return Severity.IMPORTANT
    if facts.language != "go":
        return Severity.ROUTINE
    results = facts.functions[handler.function].results if handler.function >= 0 else ()
    gives_none = bool(results) and "err" in results[-1] and handler.does("return-constant")
    is_asked = all(map(_LOOKS_UP.search, handler.calls)) or _is_polled(facts, handler)
    is_made = any(is_deed(one) or _MAKES.search(one) for one in handler.calls)
    return Severity.ROUTINE if (gives_none and not is_asked) or is_made else Severity.INFO


def _is_polled(facts: FileFacts, handler: Handler) -> bool:
    """Whether a function of Go without a name says no: whoever it is given to asks it again."""
    function = facts.functions[handler.function] if handler.function >= 0 else None
    return function is not None and not function.name and function.results[:1] == ("bool",)


def _severity(facts: FileFacts, handler: Handler) -> Severity:
    if facts.language == "python" and not _is_of_data(handler):
        return Severity.INFO
    is_explained_here = is_explained(handler) and is_accounted_for(facts, handler)
    if facts.language in (*ECMA, "python") and is_explained_here:
        return Severity.INFO
    if facts.language in _TYPED:
        return weight_by_deed(facts, handler, _usual(facts, handler))
    return weight(facts, handler, _usual(facts, handler))


def _is_of_data(handler: Handler) -> bool:
    """A type of Python that speaks of a database, a cache or of mail. A host that does not answer
    and a file that is not there are foreseen, as often as not."""
    return any(one.rpartition(".")[2] in _DATA for one in handler.types)


def _is_telling(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """A type of Python that speaks of a fault outside, which nobody is told of otherwise."""
    is_outside = any(one.rpartition(".")[2] in _OUTSIDE for one in handler.types)
    return is_outside and not (is_answer(project, facts, handler) or is_told(handler))


def _is_asked_after(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether all that is done is that a variable gets a constant, for which is asked at once."""
    kept = [_KEPT.match(one.text) for one in handler.deeds if one.kind == "assign-constant"]
    if len(kept) != 1 or len(handler.deeds) != 1 or kept[0] is None:
        return False
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)[:_SOON]
    asked = rf"\b(?:if|unless|while)\b[^;{{}}\n]{{0,80}}{re.escape(kept[0][1])}(?!\w)"
    return re.search(asked, below) is not None


def _is_hoped_for(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether the function throws where nothing was caught."""
    if not handler.does("return-constant"):
        return False
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)
    return re.match(r"[\s})]*(?:throw|raise)\b", below) is not None


def _is_yes_or_no(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """`rescue Done; true` and `rescue … false else true end`: only whether it was done is asked.

    `$!` is the error, whatever is made of it; `flash` is what the person is shown.
    """
    if all(one.text.startswith("flash") for one in handler.deeds):
        return True
    if "$!" in handler.text or (handler.types and handler.deeds[0].text in ("true", "return true")):
        return True
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)
    return re.match(r"\s*else\s+true\b", below) is not None


def _goes_on(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether the function gives the error below, beside the constant."""
    if handler.does("return", "return-constant", "leave"):
        return False
    below = text_of_function(project, facts, handler.function, handler.last_line + 1)
    return re.search(rf"\breturn\b[^\n]*\b{re.escape(handler.error)}\b", below) is not None


def _is_switched_off(facts: FileFacts, handler: Handler) -> bool:
    """Whether it only notes, in a switch by its name, that a way is not open: another is taken."""
    return (
        facts.language in ("java", "php")
        and bool(handler.deeds)
        and all(one.kind == "assign-constant" and _SWITCH.match(one.text) for one in handler.deeds)
    )


def _is_tried_again(facts: FileFacts, handler: Handler) -> bool:
    """`continue` in a loop that tries the same again, with an end of its own."""
    is_loop = handler.tried >= 0 and facts.tries[handler.tried].is_loop
    return is_loop and not handler.does("return-constant")


def _is_number(facts: FileFacts, handler: Handler) -> bool:
    """One statement of JavaScript that makes a number of what is at hand."""
    tried = facts.tries[handler.tried] if handler.tried >= 0 else None
    return (
        facts.language in ECMA
        and tried is not None
        and tried.statements == 1
        and len(handler.calls) <= 2
        and any(one in ("parseInt", "parseFloat", "Number") for one in handler.calls)
        and not any(one.tried == handler.tried and one.use == "awaited" for one in facts.calls)
    )


def _outcome(handler: Handler) -> str:
    deed = next((one for one in handler.deeds if one.kind == "return-constant"), handler.deeds[0])
    text = deed.text.removeprefix("return").strip(" ;")[:40]
    if deed.kind == "leave":
        return "nothing: it goes on with the next"
    return f"`{text}`" if text else "an empty answer"


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A failure becomes a constant",
    why="Whoever called cannot tell a failure from an empty answer. The error itself is not used, "
    "so nobody can find out later what it was.",
    advice="Report the error before the constant is returned, or let it go on.",
    languages=ALL,
    of_file=find,
    changes=True,
    bad=BAD,
    good=(*GOOD, *TYPED),
)
