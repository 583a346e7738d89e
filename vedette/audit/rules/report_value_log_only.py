"""An error that came as a value, logged and not reported."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import caught, is_explained

ID = "report.value-log-only"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`if (error) { console.error(error) }`."""
    if not project.has_sdk(facts.path) or project.has_log_integration:
        return
    for handler in caught(facts, "value"):
        if not handler.does("log") or project.is_handled(facts, handler):
            continue
        if any(one.kind == "return" and one.uses_error for one in handler.deeds):
            continue  # the caller gets it
        if handler.does("call", "other", "exit") or (
            handler.does("return") and _asks_again(handler)
        ):
            continue
        yield at_handler(
            ID,
            Severity.ROUTINE,
            facts,
            handler,
            f"The error in `{handler.error}` is logged and not reported",
            explained=is_explained(handler),
            instead=reporting(project, facts, handler),
        )


def _asks_again(handler: Handler) -> bool:
    """What is returned is the result of another try."""
    return any(one.kind == "return" and "(" in one.text for one in handler.deeds)


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="An error value is logged, not reported",
    why="Clients that return their errors never throw, so no global handler sees them. This one ends "
    "in a log line, beside an SDK that was not told.",
    advice="Capture the error where it is logged.",
    languages=(*ECMA, "go"),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="go",
            says="an error that is printed",
            files={
                "go.mod": "module a\n\nrequire github.com/getsentry/sentry-go v0.30.0\n",
                "a.go": """
                    package a

                    func Save() {
                        if err := store(); err != nil {
                            log.Println("store", err)
                        }
                    }
                """,
            },
            lines=(4,),
        ),
        Sample(
            language="typescript",
            says="an error of a database client",
            files={
                "package.json": '{"name": "a", "dependencies": {"@sentry/node": "8"}}',
                "src/a.ts": """
                    export async function save(x) {
                      const { error } = await db.from('a').insert(x);
                      if (error) {
                        console.error(error);
                        return null;
                      }
                    }
                """,
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="go",
            says="reported, or returned",
            files={
                "go.mod": "module a\n\nrequire github.com/getsentry/sentry-go v0.30.0\n",
                "a.go": """
                    package a

                    func Save() error {
                        if err := store(); err != nil {
                            log.Println("store", err)
                            sentry.CaptureException(err)
                        }
                        if err := store(); err != nil {
                            log.Println("store", err)
                            return err
                        }
                        return nil
                    }
                """,
            },
        ),
        Sample(
            language="typescript",
            says="tried again with something else",
            files={
                "package.json": '{"name": "a", "dependencies": {"@sentry/node": "8"}}',
                "src/a.ts": """
                    export async function save(x) {
                      const { error } = await db.from('a').insert(x);
                      if (error) {
                        console.warn(error);
                        return saveElsewhere(x);
                      }
                      if (other.error) { console.error(other.error); throw other.error; }
                    }
                """,
            },
        ),
    ),
)
