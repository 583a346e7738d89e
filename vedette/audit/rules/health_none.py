"""A server of which nobody can ask how it is."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import deployed, named
from vedette.audit.rules._next import at_package

ID = "health.none"
_SERVERS = (
    *("express", "fastify", "koa", "@nestjs/core", "@hapi/hapi", "hono", "polka", "socket.io"),
    *("ws", "django", "flask", "fastapi", "starlette", "aiohttp", "tornado", "sanic", "litestar"),
)


def find(project: Project) -> Iterator[Finding]:
    """Deployed packages that serve requests and answer at no address for checks."""
    answered = {one.package for one in project.health if one.address}
    for package in deployed(project):
        if not _serves(project, package) or package.folder in answered:
            continue
        if any(one.name in package.needs for one in project.packages if one.folder in answered):
            continue
        what = f"{named(package)} answers at no address that says whether it works"
        yield at_package(ID, Severity.URGENT, package, what)


def _serves(project: Project, package: Package) -> bool:
    """By its framework; pages of Next.js alone need nothing, with a database they do."""
    if package.has(*_SERVERS):
        return True
    return package.has("next") and any(
        package.folder in one.packages and one.is_built for one in project.dependencies
    )


_EXPRESS = '{"name": "a", "scripts": {"start": "node a.js"}, "dependencies": {"express": "5"}}'
_NEXT = '{"name": "a", "scripts": {"start": "next start"}, "dependencies": {"next": "15"%s}}'

RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="No health check",
    why="Whoever watches this server can see that its port is open, and no more. It goes on to be "
    "sent requests when its database has gone.",
    advice="Answer at `/health` with what the server needs, and with 503 where one of it fails.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="javascript",
            says="an application of Express",
            files={"package.json": _EXPRESS, "src/a.js": "app.get('/orders', list);\n"},
            lines=(1,),
        ),
        Sample(
            language="typescript",
            says="pages with a database",
            files={
                "package.json": _NEXT % ', "pg": "8"',
                "lib/db.ts": "import { Pool } from 'pg';\nexport const pool = new Pool();\n",
            },
            lines=(1,),
        ),
        Sample(
            language="python",
            says="an application of FastAPI",
            files={
                "requirements.txt": "fastapi\n",
                "main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
            },
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="an address in a list of Tornado's",
            files={
                "requirements.txt": "tornado==6\n",
                "Procfile": "web: python app.py\n",
                "app.py": """
                    from tornado import web

                    handlers = [
                        (r'/orders$', OrdersHandler),
                        (r'/api/health$', HealthHandler),
                    ]
                    web.Application(handlers).listen(80)
                """,
            },
        ),
        Sample(
            language="javascript",
            says="a route of its own",
            files={
                "package.json": _EXPRESS,
                "src/a.js": "app.get('/healthz', health);\nfunction health() {}\n",
            },
        ),
        Sample(
            language="typescript",
            says="pages without a database, a program of the command line, a library",
            files={
                "apps/web/package.json": _NEXT % "",
                "apps/web/lib/a.ts": "export const a = 1;\n",
                "apps/cli/package.json": '{"name": "cli", "bin": "a.js", "dependencies": {"commander": "12"}}',
                "apps/cli/src/a.ts": "export const a = 1;\n",
                "packages/lib/package.json": '{"name": "lib", "main": "a.js", "dependencies": {"express": "5"}}',
                "packages/lib/src/a.ts": "export const a = 1;\n",
            },
        ),
        Sample(
            language="python",
            says="a decorated function",
            files={
                "requirements.txt": "fastapi\n",
                "main.py": '@app.get("/health")\ndef health():\n    return {"ok": True}\n',
            },
        ),
    ),
)
