"""An asynchronous route of Express 4, which does not wait for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import wrapped
from vedette.audit.rules._making import at_function
from vedette.audit.rules._waiting import caller, unprotected

ID = "async.express4-handler"
_ROUTES = ("get", "post", "put", "patch", "delete", "all", "use", "param")
_ROUTER = re.compile(r"^(?:\w*[aA]pp|\w*[rR]outer|server|api|routes?)\.")
_CATCHES = ("express-async-errors", "express-async-handler", "express-promise-router")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Routes that await something outside of a try, where Express is older than 5."""
    package = project.package(facts.path)
    if not 0 < package.version("express") < 5 or package.has(*_CATCHES):
        return
    for place, function in enumerate(facts.functions):
        call = caller(facts, function)
        if call is None or call.name not in _ROUTES or not _ROUTER.match(call.path):
            continue
        first = unprotected(project, facts, place)
        if first is None:
            continue
        route = call.arguments[0].text if call.arguments[0].kind == "text" else ""
        where = f"`{call.name.upper()} {route[:60]}`" if route else "a middleware"
        yield at_function(
            ID,
            Severity.IMPORTANT,
            facts,
            function,
            f"A rejection of `{first.path}()` in {where} never reaches the error handler",
            instead=wrapped(project, facts, function, "asyncHandler("),
        )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="An asynchronous route of Express 4",
    why="Express 4 does not wait for what a route returns, so a rejection misses every error handler. "
    "The request hangs until the client gives up.",
    advice="Hand errors to `next`, wrap the routes, or go to Express 5.",
    languages=ECMA,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="javascript",
            says="a route that awaits",
            files={
                "package.json": '{"name": "a", "dependencies": {"express": "^4.19.0"}}',
                "src/a.js": """
                    app.get('/users', async (req, res) => {
                      res.json(await db.users.list());
                    });
                """,
            },
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="Express 5",
            files={
                "package.json": '{"name": "a", "dependencies": {"express": "^5.0.0"}}',
                "src/a.js": """
                    app.get('/users', async (req, res) => {
                      res.json(await db.users.list());
                    });
                """,
            },
        ),
        Sample(
            language="javascript",
            says="express-async-errors",
            files={
                "package.json": '{"name": "a", "dependencies": {"express": "^4.0.0", "express-async-errors": "3"}}',
                "src/a.js": """
                    app.get('/users', async (req, res) => {
                      res.json(await db.users.list());
                    });
                """,
            },
        ),
        Sample(
            language="javascript",
            says="a wrapper, a try",
            files={
                "package.json": '{"name": "a", "dependencies": {"express": "^4.0.0"}}',
                "src/a.js": """
                    app.get('/users', asyncHandler(async (req, res) => {
                      res.json(await db.users.list());
                    }));
                    app.get('/a', async (req, res, next) => {
                      try { res.json(await db.users.list()) } catch (e) { next(e) }
                    });
                """,
            },
        ),
    ),
)
