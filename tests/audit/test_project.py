"""What only the whole of a checkout can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit.checkouts import audited

SENTRY = "import * as Sentry from '@sentry/node';\n"


def test_wrappers_are_found_through_methods_files_and_names(tmp_path: Path) -> None:
    """A function reports if the error that it is given arrives at an SDK, however far away."""
    files = {
        "src/base.ts": SENTRY
        + "export class Log { fail(err: Error) { Sentry.captureException(err) } }\n",
        "src/log.ts": "import { Log } from './base';\n"
        "export const log = new Log();\nexport { log as logger };\n",
        "src/index.ts": "export * from './log';\n",
        "src/a.ts": "import { logger as l } from './index';\n"
        "export function onFail(error: unknown) { l.fail(error) }\n"
        "class Sub extends Own { run(e: Error) { this.tell(e) } }\n"
        "class Own { tell(e: Error) { onFail(e) } }\n",
    }
    with audited(tmp_path, files) as done:
        assert done.project.reporters == {
            ("src/base.ts", "Log.fail"),
            ("src/a.ts", "onFail"),
            ("src/a.ts", "Own.tell"),
            ("src/a.ts", "Sub.run"),
        }


def test_what_captures_something_of_its_own_is_no_wrapper(tmp_path: Path) -> None:
    """The capture must be of a parameter: what reports its own failure reports no other."""
    files = {
        "src/a.ts": SENTRY + "export class Users {\n  async addCredits(user: string) {\n"
        "    try { await db.add(user) }\n"
        "    catch (e) { Sentry.captureException(e) }\n  }\n}\n",
        "b.py": "import sentry_sdk\n\n\ndef told(error):\n"
        "    sentry_sdk.capture_exception(error)\n\n\n"
        "def add(user):\n    try:\n        go(user)\n    except Exception as e:\n        told(e)\n",
    }
    with audited(tmp_path, files) as done:
        assert done.project.reporters == {("b.py", "told")}


def test_functions_that_cannot_reject(tmp_path: Path) -> None:
    """All in a try whose handler does not throw, or nothing outside that can reject."""
    files = {
        "src/a.ts": "async function whole() { try { await go() } catch (e) { console.error(e) } }\n"
        "async function again() { try { await go() } catch (e) { throw e } }\n"
        "async function outside() { await go(); try { await go() } catch {} }\n"
        "async function through() { await whole(); console.log('a') }\n"
        "async function last() { try { await go() } finally { done() } }\n",
    }
    with audited(tmp_path, files) as done:
        assert done.project.unfailing == {("src/a.ts", "whole"), ("src/a.ts", "through")}


@pytest.mark.parametrize(
    ("path", "standing"),
    [
        ("src/server.js", "product"),
        ("scripts/used.js", "product"),
        ("scripts/once.js", "script"),
        ("scripts/dev/manage.js", "script"),
        ("scripts/served.js", "product"),
        ("src/settings_example.js", "example"),
        ("fix-data.js", "script"),
        ("src/server.test.js", "test"),
        ("tests/helpers.js", "test"),
        ("examples/a.js", "example"),
        ("worker.js", "product"),
    ],
)
def test_what_is_reached_is_product(tmp_path: Path, path: str, standing: str) -> None:
    """Scripts that nothing starts are none, whatever their names; those that are used are."""
    files = {
        "package.json": '{"name": "a", "scripts": {"start": "node src/server.js",'
        '"dev:up": "node scripts/dev/manage.js up", "start:worker": "node scripts/served.js"}}',
        "Dockerfile": 'FROM node\nCMD ["node", "worker.js"]\n',
        "src/server.js": "require('./b'); require('../scripts/used');\n",
        "src/b.js": "require('./c')\n",
        "src/c.js": "x()\n",
        "src/server.test.js": "",
        **dict.fromkeys(("scripts/used.js", "scripts/once.js", "fix-data.js", "worker.js"), ""),
        **dict.fromkeys(("scripts/dev/manage.js", "scripts/served.js"), ""),
        **dict.fromkeys(("tests/helpers.js", "examples/a.js", "src/settings_example.js"), ""),
    }
    with audited(tmp_path, files) as done:
        assert done.project.standing(path) == standing


def test_a_file_of_go_that_no_build_takes_along_is_a_script(tmp_path: Path) -> None:
    """`//go:build ignore` is how programs that build others are kept out of them."""
    files = {
        "build.go": "//go:build ignore\n\npackage main\n",
        "old.go": "// Copyright\n\n// +build ignore\n\npackage main\n",
        "linux.go": "//go:build linux\n\npackage main\n",
    }
    with audited(tmp_path, files) as done:
        found = {path: done.project.standing(path) for path in files}
        assert found == {"build.go": "script", "old.go": "script", "linux.go": "product"}


def test_packages_of_a_monorepo(tmp_path: Path) -> None:
    """Each file belongs to the nearest manifest of its language, and inherits an SDK from above."""
    files = {
        "package.json": '{"name": "root", "private": true, "workspaces": ["apps/*"]}',
        "apps/web/package.json": '{"name": "web", "dependencies": {"@sentry/nextjs": "^9.1.0"}}',
        "apps/web/src/a.ts": "a()\n",
        "apps/api/package.json": '{"name": "api", "dependencies": {"express": "~4.18"}}',
        "apps/api/src/a.ts": "import { x } from 'shared';\nx()\n",
        "packages/shared/package.json": '{"name": "shared", "main": "dist/index.js"}',
        "packages/shared/src/index.ts": "export function x() {}\n",
        "jobs/requirements.txt": "Sentry_SDK[flask]>=2\n# comment\ncelery==5.4\n",
        "jobs/a.py": "a()\n",
        "apps/broken/package.json": "{",
    }
    with audited(tmp_path, files) as done:
        project = done.project
        assert project.package("apps/api/src/a.ts").name == "api"
        assert project.package("apps/api/src/a.ts").version("express") == 4
        assert project.has_sdk("apps/web/src/a.ts")
        assert not project.has_sdk("apps/api/src/a.ts")
        assert project.has_sdk("jobs/a.py")
        assert project.package("jobs/a.py").has("celery")
        facts = project.facts("apps/api/src/a.ts")
        assert project.target(facts, "x") == ("packages/shared/src/index.ts", "x")


def test_calls_of_packages_are_known_by_their_whole_names(tmp_path: Path) -> None:
    """However they are imported: by name, as a whole, by default, by require, from Python."""
    files = {
        "src/a.ts": "import * as S from '@sentry/node';\nimport Redis from 'ioredis';\n"
        "import { Pool as P } from 'pg';\nconst { Queue } = require('bullmq');\n"
        "S.init({ dsn: 'x', tracesSampleRate: 1.0 });\nnew Redis();\nnew P();\nnew Queue('a');\n"
        "process.on('unhandledRejection', f);\n",
        "b.py": "import sentry_sdk\nfrom redis import Redis\nsentry_sdk.init(dsn='x')\nRedis()\n",
    }
    with audited(tmp_path, files) as done:
        names = {name for one in done.project.outlines.values() for name, _ in one.uses}
        assert names >= {
            *("@sentry/node.init", "ioredis", "pg.Pool", "bullmq.Queue", "process.on"),
            *("sentry_sdk.init", "redis.Redis"),
        }
        ((_, call),) = done.project.uses(r"@sentry/node\.init")
        rate = call.arguments[0].get("tracesSampleRate")
        assert rate is not None
        assert (rate.kind, rate.text) == ("number", "1.0")
