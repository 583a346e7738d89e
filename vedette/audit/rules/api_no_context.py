"""A report out of a route that says nothing of the request."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_call
from vedette.audit.rules._routing import route_around

ID = "api.no-context"
_CAPTURES = ("captureException", "capture_exception")
_SETTERS = (
    *("setUser", "setTag", "setTags", "setContext", "setExtra", "setExtras", "withScope"),
    *("set_user", "set_tag", "set_tags", "set_context", "set_extra", "push_scope", "new_scope"),
    *("configureScope", "configure_scope", "getCurrentScope", "getIsolationScope"),
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Captures in routes that give nothing but the error, where nothing else sets a context."""
    for call in facts.calls:
        if call.name not in _CAPTURES or len(call.arguments) != 1:
            continue
        if route_around(facts, call.function) < 0 or not project.outside(facts, call.path):
            continue
        if not _sets_context(project):
            yield at_call(
                ID,
                Severity.ROUTINE,
                facts,
                call,
                "The report of this route names neither a user nor anything else of the request",
            )


@lru_cache(maxsize=8)
def _sets_context(project: Project) -> bool:
    """Whether anything of the project sets a user, a tag or a context: a middleware, mostly."""
    return any(True for _ in project.uses(rf".*\.(?:{'|'.join(_SETTERS)})"))


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A report without context",
    why="The event says what failed and not for whom. Who looks at it cannot tell whether one "
    "customer is affected or all of them.",
    advice="Set the user and the organisation in a middleware, or give tags with the capture.",
    languages=(*ECMA, "python"),
    of_file=find,
    bad=(
        Sample(
            language="typescript",
            says="nothing but the error",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    app.get('/a', async (req, res) => {
                      try {
                        res.json(await calls.fetchAll());
                      } catch (error) {
                        Sentry.captureException(error);
                        res.status(500).end();
                      }
                    });
                """
            },
            lines=(6,),
        ),
        Sample(
            language="python",
            says="nothing but the error",
            files={
                "app.py": """
                    import sentry_sdk


                    @app.get("/calls")
                    def calls():
                        try:
                            return database.fetch_calls()
                        except Exception as error:
                            sentry_sdk.capture_exception(error)
                            raise
                """
            },
            lines=(9,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a middleware sets the user",
            files={
                "src/user.ts": """
                    import * as Sentry from '@sentry/node';
                    export function user(req, res, next) {
                      Sentry.setUser({ id: req.session.user });
                      next();
                    }
                """,
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    app.get('/a', async (req, res) => {
                      try {
                        res.json(await calls.fetchAll());
                      } catch (error) {
                        Sentry.captureException(error);
                        res.status(500).end();
                      }
                    });
                """,
            },
        ),
        Sample(
            language="typescript",
            says="tags with the capture, and a capture outside of routes",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/node';
                    app.get('/a', async (req, res) => {
                      try {
                        res.json(await calls.fetchAll());
                      } catch (error) {
                        Sentry.captureException(error, { tags: { org: req.org } });
                        res.status(500).end();
                      }
                    });
                    export function report(error) { Sentry.captureException(error); }
                """
            },
        ),
    ),
)
