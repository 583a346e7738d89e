"""A health check that cannot say anything but yes."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.health import Check
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample

ID = "health.always-ok"


def find(project: Project) -> Iterator[Finding]:
    """Constant answers of packages that need something and have no check that asks it."""
    asking = {one.package for one in project.health if not one.is_constant}
    told: set[str] = set()
    for check in project.health:
        if not check.address or check.package in asking | told:
            continue
        needs = _needs(project, check)
        if needs:
            told.add(check.package)
            yield Finding(
                rule=ID,
                severity=Severity.IMPORTANT,
                what=f"`{check.address[:60]}` says that all is well whatever becomes of "
                f"{' and '.join(needs[:2])}{' and more' if len(needs) > 2 else ''}",
                path=check.path,
                line=check.line,
                last_line=check.last_line,
                subject=check.address,
            )


def _needs(project: Project, check: Check) -> list[str]:
    """The dependencies of the check's package, and of those that it needs."""
    package = project.package(check.path)
    folders = {one.folder for one in project.packages if one.name in package.needs}
    folders.add(check.package)
    return [
        one.service.name
        for one in project.dependencies
        if one.is_built and folders.intersection(one.packages)
    ]


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A health check that always says yes",
    why="It answers a constant, so it says no more than that the process runs. What the server "
    "needs may have been gone for hours.",
    advice="Ask each dependency with a short timeout, and answer 503 where one fails.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="beside a database",
            files={
                "src/a.ts": """
                    import { Pool } from 'pg';
                    const pool = new Pool();
                    app.get('/health', (req, res) => {
                      res.json({ status: 'ok', uptime: process.uptime() });
                    });
                """
            },
            lines=(3,),
        ),
        Sample(
            language="python",
            says="beside a cache",
            files={
                "main.py": """
                    import redis

                    store = redis.Redis()


                    @app.get("/health")
                    def health():
                        return {"status": "ok"}
                """
            },
            lines=(6,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="one that asks, beside one for the process alone",
            files={
                "src/a.ts": """
                    import { Pool } from 'pg';
                    const pool = new Pool();
                    app.get('/livez', (req, res) => res.send('ok'));
                    app.get('/readyz', async (req, res) => {
                      await pool.query('select 1');
                      res.send('ok');
                    });
                """
            },
        ),
        Sample(
            language="typescript",
            says="a server that needs nothing",
            files={"src/a.ts": "app.get('/health', (req, res) => res.send('ok'));\n"},
        ),
        Sample(
            language="python",
            says="it asks",
            files={
                "main.py": """
                    import redis

                    store = redis.Redis()


                    @app.get("/health")
                    def health():
                        store.ping()
                        return {"status": "ok"}
                """
            },
        ),
    ),
)
