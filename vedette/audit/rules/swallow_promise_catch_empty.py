"""`.catch(() => {})`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing import line_at
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._source import text_of_function
from vedette.audit.rules._trying import caught, is_excused, is_explained, tried_words

ID = "swallow.promise-catch-empty"
_NOTHING = frozenset(("noop", "_.noop", "lodash.noop", "Function.prototype", "noOp", "$.noop"))


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Rejections that go nowhere."""
    for handler in caught(facts, "promise", "then"):
        if not _does_nothing(handler) or is_excused(project, facts, handler):
            continue
        if any(
            project.reports(facts, one, handler.function)
            or project.cannot_fail(facts, one, handler.function)
            for one in handler.calls
        ):
            continue
        if _is_awaited(project, facts, handler):
            continue
        yield at_handler(
            ID,
            Severity.IMPORTANT,
            facts,
            handler,
            f"A rejection of {tried_words(handler)} is dropped",
            explained=is_explained(handler),
            instead=_instead(project, facts, handler),
        )


def _does_nothing(handler: Handler) -> bool:
    return handler.passed in _NOTHING or (not handler.passed and not handler.deeds)


def _instead(project: Project, facts: FileFacts, handler: Handler) -> Change | None:
    """The handler with a report in it, where it stands on one line."""
    empty = handler.text.rpartition(".catch(")
    line = line_at(project, facts, handler.line)
    if handler.line != handler.last_line or not empty[1] or handler.text not in line:
        return None
    reported = '(error) => Sentry.captureException(error, { level: "warning" })'
    text = line.replace(handler.text, f"{empty[0]}.catch({reported})", 1)
    return Change(first=handler.line, last=handler.line, text=text)


def _is_awaited(project: Project, facts: FileFacts, handler: Handler) -> bool:
    """Whether it stands on a promise in a variable for which the function itself waits, too."""
    name = handler.calls[0].removesuffix("()") if len(handler.calls) == 1 else ""
    if not re.fullmatch(r"[\w$]+", name):
        return False
    text = text_of_function(project, facts, handler.function)
    return re.search(rf"\b(?:await|return)\s+{re.escape(name)}\s*;?\s*$", text, re.M) is not None


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Empty catch of a promise",
    why="An empty catch makes every rejection vanish. The work was not done, and nothing says so.",
    advice="Report the error as a warning, or let the promise reject where it is awaited.",
    languages=ECMA,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="typescript",
            says="a message that is never sent",
            files={
                "src/a.ts": """
                    export function leave(id: string) {
                      api.notifyLeave(id).catch(() => {});
                    }
                """
            },
            lines=(2,),
        ),
        Sample(
            language="javascript",
            says="a comment, noop, void 0",
            files={
                "src/a.js": """
                    sync().catch(() => { /* later */ });
                    sync().catch(noop);
                    sync().catch(() => void 0);
                """
            },
            lines=(1, 2, 3),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="a queue that goes on, whose caller waits for the same promise",
            files={
                "src/a.js": """
                    class Queue {
                      async enqueue(task) {
                        const done = this.chain.then(task);
                        this.chain = done.catch(() => {});
                        return await done;
                      }
                    }
                """
            },
        ),
        Sample(
            language="javascript",
            says="playing, leaving, closing, prefetching, reading a body",
            files={
                "src/a.js": """
                    video.play().catch(() => {});
                    client.quit().catch(() => {});
                    ws.close().catch(() => {});
                    document.exitFullscreen().catch(() => {});
                    router.prefetch('/a').catch(() => {});
                    res.json().catch(() => {});
                """
            },
        ),
        Sample(
            language="javascript",
            says="a chain of what reports",
            files={
                "src/report.js": """
                    import * as Sentry from '@sentry/node';
                    export async function report(err) { Sentry.captureException(err); await Sentry.flush(); }
                """,
                "src/a.js": """
                    import { report } from './report';
                    report(x).catch(() => {});
                """,
            },
        ),
        Sample(
            language="typescript",
            says="tests",
            files={
                "src/a.test.ts": """
                    sync().catch(() => {});
                """
            },
        ),
        Sample(
            language="typescript",
            says="a handler that hands on",
            files={
                "src/a.ts": """
                    sync().catch(next);
                    sync().catch((e) => reject(e));
                    sync().catch((e) => Sentry.captureException(e));
                """
            },
        ),
    ),
)
