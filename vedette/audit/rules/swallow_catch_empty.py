"""A handler that does nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._empty_samples import GOOD
from vedette.audit.rules._excusing import (
    is_accounted_for,
    is_answer,
    is_of_a_version,
    is_second,
    is_tried_on,
)
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._source import text_of_function
from vedette.audit.rules._trying import (
    caught,
    fails_below,
    is_empty,
    is_excused,
    is_explained,
    is_validator,
    tried_words,
)

ID = "swallow.catch-empty"
_FAR = (
    *("ConnectionError", "RequestException", "HTTPError", "DatabaseError"),
    *("OperationalError", "IntegrityError", "RedisError"),
)
_MAKES_A_TABLE = re.compile(r"\b(?:ALTER\s+TABLE|CREATE\s+(?:TABLE|(?:UNIQUE\s+)?INDEX))\b", re.I)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Empty handlers of whatever is worth hearing of; Python's broad ones have their own rule."""
    for handler in caught(facts, "catch"):
        if not is_empty(handler) or is_excused(project, facts, handler):
            continue
        if facts.language == "python" and not _is_telling(project, facts, handler):
            continue
        if fails_below(project, facts, handler):
            continue
        explained = is_explained(handler)
        yield at_handler(
            ID,
            _severity(project, facts, handler, explained),
            facts,
            handler,
            f"Whatever {tried_words(handler)} throws is dropped by an empty handler",
            explained=explained,
            instead=reporting(project, facts, handler),
        )


def _severity(project: Project, facts: FileFacts, handler: Handler, explained: bool) -> Severity:
    if explained and is_accounted_for(facts, handler):
        return Severity.INFO
    if facts.language == "python":
        is_minor = _is_of_files(handler) or _is_made_before(project, facts, handler)
        return Severity.INFO if is_minor else Severity.ROUTINE
    is_routine = explained or is_validator(facts, handler)
    return Severity.ROUTINE if is_routine else Severity.IMPORTANT


def _is_of_files(handler: Handler) -> bool:
    """Python says only what a file or a device will not do: foreseen, as often as not."""
    return not any(one.rpartition(".")[2] in _FAR for one in handler.types)


def _is_made_before(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """A column or a table is made that may be there: most databases say so by an error."""
    first = facts.tries[handler.tried].line
    below = text_of_function(project, facts, handler.function, first).splitlines()
    return _MAKES_A_TABLE.search("\n".join(below[: handler.line - first])) is not None


def _is_telling(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Named types of Python that speak of a fault outside, not of a value that is not there."""
    if is_answer(project, facts, handler) or is_tried_on(project, facts, handler):
        return False
    if is_second(facts, handler) or is_of_a_version(facts, handler):
        return False
    outside = ("IOError", "OSError", *_FAR)
    return any(one.rpartition(".")[2] in outside for one in handler.types)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Empty handler",
    why="An empty handler makes a failure look like success. Nobody hears of it, and what comes "
    "after works with what is not there.",
    advice="Report the error with its context, or let it go on to where it is reported.",
    languages=(*ECMA, "python"),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="javascript",
            says="a payment whose failure is dropped",
            files={
                "src/pay.js": """
                    async function pay(order) {
                      try {
                        await gateway.charge(order);
                      } catch (e) {}
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="typescript",
            says="only a comment, which lowers it",
            files={
                "src/a.ts": """
                    export async function save(x: Item) {
                      try {
                        await db.insert(x);
                      } catch {
                        // best effort, tried again later
                      }
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="python",
            says="a database that is not there",
            files={
                "app.py": """
                    def save(row):
                        try:
                            db.insert(row)
                        except DatabaseError:
                            pass
                """
            },
            lines=(4,),
        ),
    ),
    good=GOOD,
)
