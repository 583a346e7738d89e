"""A log line with the message of an error and without its stack."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Deed, FileFacts, Handler
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import swapped
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import caught, tried_words

ID = "log.message-only"
_ERROR = r"\b([\w.]*log\w*)\.error\("


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers that log a part of the error only."""
    for handler in caught(facts, "catch", "promise"):
        logs = [
            one for one in handler.deeds if one.kind == "log" and one.level in ("error", "fatal")
        ]
        partly = [one for one in logs if one.uses_error and not one.keeps_error]
        if not partly or any(one.keeps_error for one in handler.deeds):
            continue
        if project.is_handled(facts, handler) or handler.does("throw"):
            continue
        yield at_handler(
            ID,
            Severity.INFO,
            facts,
            handler,
            f"The log has the message of what {tried_words(handler)} throws, without its stack",
            instead=_instead(project, facts, handler, partly[0]),
        )


def _instead(project: Project, facts: FileFacts, handler: Handler, deed: Deed) -> Change | None:
    """`logger.exception` for `logger.error`, which says the same and adds the traceback."""
    if "exc_info" in deed.text:
        return None
    if facts.language == "python":
        return swapped(project, facts, deed.line, _ERROR, r"\1.exception(", is_safe=True)
    if not handler.error:
        return None
    part = rf"\b{re.escape(handler.error)}\.(?:message|toString\(\))(?=\s*[,)])"
    return swapped(project, facts, deed.line, part, handler.error)


RULE = Rule(
    id=ID,
    severity=Severity.INFO,
    title="The log has the message only",
    why="A message says what went wrong and not where. The stack is at hand in the handler and is "
    "gone after it.",
    advice="Give the logger the error itself; in Python call `logger.exception`.",
    languages=(*ECMA, "python"),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="javascript",
            says="the message of an error",
            files={
                "src/a.js": """
                    async function a() {
                      try {
                        await sync();
                      } catch (e) {
                        console.error(e.message);
                      }
                    }
                """
            },
            lines=(4,),
        ),
        Sample(
            language="python",
            says="str(error)",
            files={
                "app.py": """
                    def go():
                        try:
                            sync()
                        except Exception as error:
                            logger.error(str(error))
                """
            },
            lines=(4,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="the error itself",
            files={
                "src/a.js": """
                    async function a() { try { await sync() } catch (e) { console.error('no', e) } }
                """
            },
        ),
        Sample(
            language="python",
            says="logger.exception, exc_info",
            files={
                "app.py": """
                    def go():
                        try:
                            sync()
                        except Exception as error:
                            logger.exception('no %s', error)
                        try:
                            sync()
                        except Exception as error:
                            logger.error(str(error), exc_info=True)
                """
            },
        ),
    ),
)
