"""A route that answers that it failed, and tells nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._routing import route_around
from vedette.audit.rules._trying import caught, is_excused, is_explained, tried_words

ID = "api.catch-500-unreported"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers of routes that answer 5xx. One that logs is told by `report.log-only`."""
    for handler in caught(facts, "catch", "promise"):
        status = next((one.status for one in handler.deeds if one.status >= 500), 0)
        if not status or route_around(facts, handler.function) < 0 or handler.does("log"):
            continue
        if project.is_handled(facts, handler) or is_excused(project, facts, handler):
            continue
        yield at_handler(
            ID,
            Severity.ROUTINE,
            facts,
            handler,
            f"A failure of {tried_words(handler)} is answered with {status} and reported to nobody",
            explained=is_explained(handler),
            instead=reporting(project, facts, handler),
        )


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A route answers 5xx and does not report",
    why="The route caught the error itself, so neither the framework nor the SDK sees it. The client "
    "knows that something failed, and you do not know what.",
    advice="Capture the error before the answer, or hand it to the framework.",
    languages=(*ECMA, "python"),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="typescript",
            says="a route of Express and one of Next.js",
            files={
                "src/a.ts": """
                    app.get('/calls', async (req, res) => {
                      try {
                        res.json(await calls.fetchAll());
                      } catch (error) {
                        res.status(500).json({ error: error.message });
                      }
                    });
                """,
                "src/app/api/calls/route.ts": """
                    export async function GET(request: Request) {
                      try {
                        return NextResponse.json(await calls.fetchAll());
                      } catch (error) {
                        return NextResponse.json({ error: 'Internal' }, { status: 503 });
                      }
                    }
                """,
            },
            lines=(4, 4),
        ),
        Sample(
            language="python",
            says="a view of Flask",
            files={
                "app.py": """
                    @app.route("/calls")
                    def calls():
                        try:
                            rows = database.fetch_calls()
                        except Exception:
                            return jsonify(error="internal"), 500
                        return jsonify(rows)
                """
            },
            lines=(5,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="captured, handed to next, or the client's fault",
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
                    app.get('/b', async (req, res, next) => {
                      try {
                        res.json(await calls.fetchAll());
                      } catch (error) {
                        next(error);
                      }
                    });
                    app.get('/c', async (req, res) => {
                      try {
                        res.json(await calls.fetchAll());
                      } catch (error) {
                        res.status(404).end();
                      }
                    });
                """
            },
        ),
        Sample(
            language="typescript",
            says="a wrapped router: the route itself catches nothing",
            files={
                "src/a.ts": """
                    app.get('/a', wrapped(async (req, res) => {
                      res.json(await calls.fetchAll());
                    }));
                """
            },
        ),
    ),
)
