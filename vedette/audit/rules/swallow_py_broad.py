"""`except Exception: pass`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._broad_samples import GOOD
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._excusing import (
    ends_by_name,
    imports,
    is_accounted_for,
    is_answer,
    is_aside,
    is_foretold,
    is_of_a_version,
    is_question,
    is_read,
    is_second,
    is_shown,
    is_tried_on,
)
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._missing import is_much_missed
from vedette.audit.rules._trying import (
    caught,
    fails_below,
    is_empty,
    is_excused,
    is_explained,
    is_trivial,
    is_validator,
    tried_words,
)
from vedette.audit.vocabulary import is_plain

ID = "swallow.py-broad"
# Calls that pick a part of what is at hand; a client's `get` fetches it.
_PICKS = re.compile(
    r"^(?:int|float|Decimal|decimal\.Decimal)$|(?:^|\.)(?:xpath|find|findtext|getint|pop|group)"
    r"(?:\(\))?$|^(?!.*(?:request|session|client|http|redis|cache|conn|db\b)).*\.get(?:\(\))?$"
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers of every exception that do nothing, or no more than a constant."""
    for handler in caught(facts, "catch"):
        if not _is_broad(handler) or not (is_empty(handler) or is_trivial(handler)):
            continue
        if is_excused(project, facts, handler) or _is_weighed(handler):
            continue
        if _is_number(facts, handler) or _is_asked(facts, handler):
            continue
        if fails_below(project, facts, handler) or _is_no_news(project, facts, handler):
            continue
        explained = is_explained(handler) or is_foretold(project, facts, handler)
        yield at_handler(
            ID,
            _severity(facts, handler, explained),
            facts,
            handler,
            f"Every exception of {tried_words(handler)} is dropped, programming errors included",
            explained=explained,
            instead=reporting(project, facts, handler),
        )


def _severity(facts: FileFacts, handler: Handler, explained: bool) -> Severity:
    if _is_probe(facts, handler) or is_shown(facts, handler) or is_read(handler):
        return Severity.INFO
    if is_aside(facts) or imports(facts, handler) or ends_by_name(facts, handler.function):
        return Severity.INFO
    if explained and is_accounted_for(facts, handler):
        return Severity.INFO
    if not is_much_missed(facts, handler):
        return Severity.INFO
    return Severity.ROUTINE if explained else Severity.IMPORTANT


def _is_no_news(project: Project, facts: FileFacts, handler: Handler) -> bool:
    return (
        is_answer(project, facts, handler)
        or is_tried_on(project, facts, handler)
        or is_second(facts, handler)
        or is_of_a_version(facts, handler)
    )


def _is_broad(handler: Handler) -> bool:
    return not handler.types or any(
        one in ("Exception", "BaseException", "StandardError") for one in handler.types
    )


def _is_weighed(handler: Handler) -> bool:
    """The error goes into a call that decides what becomes of it, not into one that asks its kind."""
    asks = r"\b(?!is|has|str\b|repr\b|getattr\b|type\b)\w+\([^()]*\b"
    return bool(handler.error) and any(
        re.search(asks + re.escape(handler.error) + r"\b", one.condition) for one in handler.deeds
    )


def _is_asked(facts: FileFacts, handler: Handler) -> bool:
    """A function that asks or converts, and tries no more than that: no is its answer."""
    is_short = facts.tries[handler.tried].statements <= 2
    return is_short and is_validator(facts, handler) and handler.does("return-constant")


def _is_number(facts: FileFacts, handler: Handler) -> bool:
    """One statement that makes a number of what was read, with another number for none."""
    return (
        facts.tries[handler.tried].statements == 1
        and any(one in ("int", "float", "Decimal", "decimal.Decimal") for one in handler.calls)
        and all(is_plain(one) or _PICKS.search(one) for one in handler.calls)
    )


def _is_probe(facts: FileFacts, handler: Handler) -> bool:
    """One expression that asks: for a shape, by at most one call, or by a name that says so."""
    tried = facts.tries[handler.tried]
    if tried.statements != 1:
        return False
    is_short = len(tried.calls) <= 1 and tried.line == tried.last_line - 1
    return (is_short and not any("." in one for one in tried.calls)) or (
        bool(tried.calls) and all(map(is_question, tried.calls))
    )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Every exception is dropped",
    why="A broad handler without a report drops errors of the programme together with those that "
    "were meant. A typo in the block then looks like an empty answer.",
    advice="Name the exceptions that are meant, and log the rest with `logger.exception`.",
    languages=("python",),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="python",
            says="pass, a constant, a bare except",
            files={
                "app.py": """
                    def save(row):
                        try:
                            db.insert(row)
                            cache.drop(row)
                        except Exception:
                            pass


                    def count():
                        try:
                            return db.count()
                        except:
                            return 0
                """
            },
            lines=(5, 12),
        ),
    ),
    good=GOOD,
)
