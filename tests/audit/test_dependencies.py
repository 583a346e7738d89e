"""What programs depend on, whether a check asks it, and what becomes of its failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.checkouts import audited
from vedette.audit.rows import Row, rows

SERVER = {
    "apps/server/package.json": '{"name": "server", "scripts": {"start": "node src/main.ts"},'
    ' "dependencies": {"express": "5", "@sentry/node": "9"}}',
    "apps/server/src/db.ts": "import { Pool } from 'pg';\nexport const pool = new Pool();\n",
    "apps/server/src/cache.ts": "import Redis from 'ioredis';\n"
    "const client = new Redis(process.env.REDIS_URL);\nexport default client;\n",
    "apps/server/src/pay.ts": "const stripe = require('stripe')(process.env.STRIPE_KEY);\n"
    "export async function pay() {\n"
    "  try { await stripe.charges.create({}) } catch (e) { console.error(e) }\n}\n",
    "apps/server/src/ice.ts": "export const ICE = { iceServers: [{ urls: 'turn:t.site.io' }] };\n",
    "apps/server/src/main.ts": "import * as Sentry from '@sentry/node';\n"
    "import { pool } from './db';\nimport cache from './cache';\n"
    "import { checks } from './standing'; app.get('/health', async () => checks());\n"
    "app.get('/a', async () => pool.query('a'));\n"
    "app.get('/b', async () => { try { await pool.query('b') } catch (e) { throw e } });\n"
    "app.get('/c', async () => { cache.set('c', 1).catch(() => {}) });\n"
    "app.get('/d', async () => { try { await cache.get('d') } "
    "catch (e) { Sentry.captureException(e) } });\n"
    "app.get('/e', async () => fetch('https://api.weather.io/v1'));\n",
    "apps/server/src/standing.ts": "import { pool } from './db';\nimport cache from './cache';\n"
    "async function first() { await pool.query('select 1') }\n"
    "export async function checks() { await first(); await cache.ping(); return { ok: true } }\n",
}


def _rows(folder: Path, files: dict[str, str]) -> dict[str, Row]:
    with audited(folder, files) as done:
        return {one.dependency.service.name: one for one in rows(done.project)}


def test_dependencies_are_what_clients_are_made_of(tmp_path: Path) -> None:
    """By constructions, `require` with a call, addresses of TURN, hosts that are called."""
    found = _rows(tmp_path, SERVER)
    assert {name: one.dependency.made for name, one in found.items()} == {
        "PostgreSQL": (("apps/server/src/db.ts", 2),),
        "Stripe": (("apps/server/src/pay.ts", 1),),
        "TURN": (("apps/server/src/ice.ts", 1),),
        "Redis": (("apps/server/src/cache.ts", 2),),
        "api.weather.io": (("apps/server/src/main.ts", 9),),
    }
    assert not found["api.weather.io"].dependency.is_built


def test_checks_are_followed_to_what_they_ask(tmp_path: Path) -> None:
    """Through functions and imported clients; what no check asks is not checked."""
    found = _rows(tmp_path, SERVER)
    assert {name for name, one in found.items() if one.is_checked} == {"PostgreSQL", "Redis"}


def test_what_becomes_of_failures(tmp_path: Path) -> None:
    """Each call site counts once: reported, logged, swallowed, or passed on to who called."""
    found = _rows(tmp_path, SERVER)
    assert found["PostgreSQL"].failing.counts == {"passed on": 3}
    assert found["Redis"].failing.counts == {"swallowed": 1, "reported": 1, "passed on": 1}
    assert found["Redis"].failing.worst == "swallowed"
    assert found["Redis"].failing.places["swallowed"] == ("apps/server/src/main.ts", 7)
    assert found["Stripe"].failing.counts == {"logged": 1}
    assert found["Stripe"].is_critical
    assert found["TURN"].failing.worst == ""


def test_tests_depend_on_nothing(tmp_path: Path) -> None:
    """A client that only a test makes is no dependency of the product."""
    files = {"tests/a.test.ts": "import { Pool } from 'pg';\nconst pool = new Pool();\n"}
    assert _rows(tmp_path, files) == {}


PYTHON = {
    "requirements.txt": "fastapi\nredis\n",
    "app/clients.py": "import redis\nfrom sqlalchemy import create_engine\n\n"
    "cache = redis.Redis()\nengine = create_engine(URL)\n",
    "app/main.py": "from app.clients import cache, engine\n\n\n"
    '@app.get("/healthz")\ndef healthz():\n    engine.connect().execute("select 1")\n'
    '    return {"ok": True}\n\n\n'
    '@app.get("/a")\ndef a():\n    try:\n        return cache.get("a")\n'
    "    except redis.RedisError:\n        return None\n",
}


def test_dependencies_of_python(tmp_path: Path) -> None:
    """Engines and clients, imported by name; the check is a decorated function."""
    found = _rows(tmp_path, PYTHON)
    assert found["the database behind the ORM"].is_checked
    assert not found["Redis"].is_checked
    assert found["Redis"].failing.counts == {"swallowed": 1}


@pytest.mark.parametrize(
    ("files", "address", "is_constant"),
    [
        ({"src/a.ts": "app.get('/healthz', (req, res) => res.send('ok'));\n"}, "/healthz", True),
        ({"app/api/health/route.ts": "export async function GET() { await db.ping() }\n"},
         "/api/health", False),
        ({"pages/api/health.ts": "export default function h(req, res) { res.json({ok: 1}) }\n"},
         "/api/health", True),
        ({"urls.py": "from django.urls import path\nfrom .views import up\n"
          'urlpatterns = [path("health/", up)]\n',
          "views.py": "def up(request):\n    return HttpResponse('ok')\n"}, "/health", True),
        ({"src/a.ts": "import http from 'node:http';\nhttp.createServer((req, res) => {\n"
          "  if (req.url === '/health') res.end('ok');\n}).listen(1);\n"}, "/health", True),
        ({"urls.py": 'import a.views\nurlpatterns = [path("healthz/", a.views.healthz)]\n'},
         "/healthz", False),
        ({"package.json": '{"name": "a", "dependencies": {"@godaddy/terminus": "4"}}',
          "src/a.ts": "createTerminus(server, {});\n"}, "/health", False),
    ],
    ids=["route", "route file", "pages", "django", "node", "unknown", "library"],
)  # fmt: skip
def test_checks_are_known_in_their_forms(
    tmp_path: Path, files: dict[str, str], address: str, is_constant: bool
) -> None:
    """Routes, files, decorators, comparisons, libraries; those that always say the same."""
    with audited(tmp_path, files) as done:
        assert [(one.address, one.is_constant) for one in done.project.health] == [
            (address, is_constant)
        ]


def test_who_asks_another_is_no_check(tmp_path: Path) -> None:
    """A client that looks at another's health says nothing of its own."""
    files = {
        "src/a.ts": "const a = await axios.get('/health');\nawait client.get('/status', shown);\n"
        "function shown() {}\n",
        "src/b.ts": "app.get('/orders/status', list);\n",
    }
    with audited(tmp_path, files) as done:
        assert done.project.health == ()
