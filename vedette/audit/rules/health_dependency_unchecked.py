"""A dependency that no health check asks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rows import Row, rows
from vedette.audit.rules import ECMA, Rule, Sample

ID = "health.dependency-unchecked"
# Parts that an installation may do without, and commands that people run.
_OPTIONAL = re.compile(
    r"(?:^|/)(?:plugins?|integrations?|components|addons?|add-ons|extensions?|contrib"
    r"|providers?|management/commands|commands|cli)/.*\.py$"
)
# What an application of Python goes on without, as often as not: a letter waits, a search is empty.
_SPARED = ("mail", "storage", "search")


def find(project: Project) -> Iterator[Finding]:
    """Clients that are made and never asked, where there are checks that ask others."""
    if not any(one.asks for one in project.health):
        return  # `health.none` or `health.always-ok` says it
    for row in rows(project):
        dependency = row.dependency
        if row.is_checked or not dependency.is_built or _is_in_browser(project, row):
            continue
        made = [one for one in dependency.made if not _OPTIONAL.search(one[0])]
        path, line = (made or dependency.made)[0]
        service = dependency.service
        severity = Severity.IMPORTANT if row.is_critical else Severity.ROUTINE
        yield Finding(
            rule=ID,
            severity=severity if made and not _is_spared(row, path) else Severity.INFO,
            what=f"No health check asks {service.name}: the server calls itself well without it",
            path=path,
            line=line,
            last_line=line,
            subject=service.name,
        )


def _is_spared(row: Row, path: str) -> bool:
    return row.dependency.service.kind in _SPARED and path.endswith(".py")


def _is_in_browser(project: Project, row: Row) -> bool:
    """A client that browsers make; servers of TURN are ours to check wherever they are named."""
    return row.dependency.service.kind != "turn" and all(
        "use client" in project.facts(path).directives for path, _ in row.dependency.made
    )


_CHECK = """
    import { pool } from './db';
    app.get('/health', async (req, res) => { await pool.query('select 1'); res.json({ ok: true }); });
"""

RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="A dependency is not checked",
    why="The health check asks some of what the server needs, but not this. When it fails, every "
    "monitor stays green while people meet errors.",
    advice="Ask it in the health check, with a short timeout.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="payments and calls beside a database that is asked",
            files={
                "src/db.ts": "import { Pool } from 'pg';\nexport const pool = new Pool();\n",
                "src/health.ts": _CHECK,
                "src/ice.ts": "export const ICE = [{ urls: 'turn:turn.site.io' }];\n",
                "src/pay.ts": "import Stripe from 'stripe';\n\nconst stripe = new Stripe(key);\n",
            },
            lines=(1, 3),
        ),
        Sample(
            language="python",
            says="a cache beside an engine that is asked",
            files={
                "main.py": """
                    import redis
                    from sqlalchemy import create_engine

                    engine = create_engine(URL)
                    store = redis.Redis()


                    @app.get("/health")
                    def health():
                        engine.connect().execute("select 1")
                        return {"ok": True}
                """
            },
            lines=(5,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="every client is asked, and a host that is only called",
            files={
                "src/db.ts": "import { Pool } from 'pg';\nexport const pool = new Pool();\n",
                "src/health.ts": _CHECK,
                "src/a.ts": "await fetch('https://api.weather.io/v1');\n",
            },
        ),
        Sample(
            language="typescript",
            says="without any check there is nothing that it could be missing in",
            files={"src/db.ts": "import { Pool } from 'pg';\nexport const pool = new Pool();\n"},
        ),
        Sample(
            language="python",
            says="asked by a name that a module of health checks uses",
            files={
                "clients.py": "import redis\n\nstore = redis.Redis()\n",
                "health.py": "from helpers import ping_redis\n\n\ndef check():\n    return ping_redis()\n",
            },
        ),
    ),
)
