"""A checkout is audited, uploaded and joined with what its own code really sent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.flow.product import Product

FILES = {
    "requirements.txt": "flask==3.0\nsentry-sdk==2.0\nredis==5.0\n",
    "app.py": """
        import os

        import sentry_sdk
        from flask import Flask

        from shop import orders

        sentry_sdk.init(dsn=os.environ["SENTRY_DSN"])
        app = Flask(__name__)


        @app.route("/orders")
        def newest():
            return orders.newest()
    """,
    "shop/__init__.py": "",
    "shop/orders.py": '''
        import redis
        from sentry_sdk.crons import monitor

        client = redis.Redis.from_url("redis://127.0.0.1:1")


        def newest():
            """The newest ones, or none."""
            try:
                return client.lrange("orders", 0, 10)
            except Exception:
                return []


        def total(order):
            return order["sum"] / order["count"]


        def ping():
            client.ping()


        @monitor(monitor_slug="nightly-report")
        def report():
            return client.get("report")
    ''',
    "widget/package.json": """
        {"name": "widget", "scripts": {"start": "node index.js"},
         "dependencies": {"express": "5", "@sentry/node": "9"}}
    """,
    "widget/index.js": """
        import * as Sentry from "@sentry/node";
        import express from "express";
        Sentry.init({ dsn: process.env.SENTRY_DSN });
        express().listen(1);
    """,
}
# Redis is not there and not installed: a stand-in of its client raises what it would raise.
SENDER = """
import sys, types

class Redis:
    @staticmethod
    def from_url(address):
        return Redis()

    def ping(self):
        raise ConnectionError("Error 111 connecting to redis:6379. Connection refused")

module = types.ModuleType("redis")
module.Redis = Redis
sys.modules["redis"] = module
sys.path.insert(0, sys.argv[2])
import sentry_sdk
sentry_sdk.init(dsn=sys.argv[1], release="", environment="production")
from shop import orders
for number in range(8):
    for fail in (lambda: orders.total({"sum": number, "count": 0}), orders.ping):
        try:
            fail()
        except Exception as error:
            sentry_sdk.capture_exception(error)
sentry_sdk.flush(10)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one commit."""
    from textwrap import dedent

    root = tmp_path / "checkout"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(dedent(text))
    commit(root)
    return root


def commit(root: Path) -> None:
    """Commit all that is there."""
    identity = ("-c", "user.name=Alice", "-c", "user.email=alice@example.com")
    for words in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-q", "-m", "work")):
        git(root, *words)


def git(root: Path, *words: str, given: str = "") -> str:
    """What git says."""
    done = subprocess.run(
        ["git", "-C", str(root), *words], check=True, capture_output=True, text=True, input=given
    )
    return done.stdout.strip()


def sign(root: Path) -> None:
    """Put what looks like a signature into the commit."""
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    head, _, message = git(root, "cat-file", "commit", "HEAD").partition("\n\n")
    text = f"{head}\n{signature}\n\n{message}\n"
    signed = git(root, "hash-object", "-t", "commit", "-w", "--stdin", given=text)
    git(root, "update-ref", "HEAD", signed)


def audit(
    product: Product, root: Path, *words: str, token: str = "", home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """`vedette audit --upload`, as CI runs it: with nothing but a token in the environment."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VEDETTE_")},
        "SENTRY_AUTH_TOKEN": token or product.admin_token(),
        "HOME": str(home or root.parent),
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [
            *(sys.executable, "-m", "vedette", "audit", str(root), "--no-cache"),
            *("--fail-on", "never", "--upload", *words),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def send_errors(project: dict[str, str], root: Path) -> None:
    """Errors of the checkout's own code, by the SDK."""
    environment = {**os.environ, "SENTRY_RELEASE": ""}
    subprocess.run(
        [sys.executable, "-c", SENDER, project["dsn"], str(root)],
        check=True,
        env=environment,
        cwd=root.parent,
    )


def findings(product: Product, project: dict[str, str], query: str = "") -> list[dict[str, Any]]:
    """The findings of a project over the API."""
    found: list[dict[str, Any]] = product.api(
        f"projects/{project['organization']}/{project['project']}/findings/?{query}"
    )
    return found


def told(product: Product, project: dict[str, str]) -> dict[str, list[str]]:
    """What the joins say, as the API has it."""
    said = product.api(f"projects/{project['organization']}/{project['project']}/audits/joins/")
    found: dict[str, list[str]] = {}
    for one in said["told"]:
        found.setdefault(one["join"], []).append(one["text"])
    return found


def test_an_audit_is_joined_with_what_came(
    product: Product, project: dict[str, str], checkout: Path
) -> None:
    """A swallow where it burns, a silent package, a release that is never set, a job that never
    checked in, a service that fails and is not asked."""
    send_errors(project, checkout)
    product.wait(lambda: len(product.issues(project)) == 2)
    done = audit(product, checkout, "--url", product.base, "--project", project["project"])
    assert done.returncode == 0, done.stderr
    assert f"{product.base}/audit/{project['id']}/" in done.stderr

    def known() -> dict[str, list[str]] | None:
        found = told(product, project)
        return found if "cov.hot-swallow" in found else None

    found = product.wait(known, seconds=40)
    assert found is not None
    assert found["cov.hot-swallow"] == [
        "This swallowed error sits in the file with the most events (16 in 30 days): "
        "Every exception of `client.lrange()` is dropped, programming errors included"
    ]
    assert found["cov.silent-package"] == ["No event was seen from widget in 30 days"]
    assert "The release is set on 0 % of 16 events of 30 days" in found["cov.never-set"]
    assert any(one.startswith("nightly-report never") for one in found["cov.monitor-missing"])
    assert found["cov.health-vs-events"] == [
        "Redis raised 8 errors in 30 days; no health check asks it"
    ]
    exposed = findings(product, project, "query=lrange")
    assert (exposed[0]["events"], exposed[0]["snippet"]) == (16, [])


def test_the_next_commit_fixes_and_finds(
    product: Product, project: dict[str, str], checkout: Path
) -> None:
    """What is gone is fixed; source is there only if it was asked for."""
    where = ("--url", product.base, "--project", project["project"])
    assert audit(product, checkout, *where).returncode == 0
    orders = checkout / "shop" / "orders.py"
    fixed = orders.read_text().replace("except Exception:", "except redis.RedisError:")
    orders.write_text(
        fixed + "\n\ndef quiet():\n    try:\n        ping()\n    except Exception:\n        pass\n"
    )
    commit(checkout)
    assert audit(product, checkout, *where, "--with-snippets").returncode == 0
    assert [one["function"] for one in findings(product, project, "state=fixed")] == ["newest"]
    (new,) = findings(product, project, "query=quiet")
    assert new["snippet"] == ["except Exception:", "    pass"]


def test_packages_go_to_the_projects_that_the_checkout_names(
    product: Product, checkout: Path
) -> None:
    """By the folders of `audit.toml`; what lies in none goes to the project that is named."""
    one, other = product.spare_project(), product.spare_project()
    (checkout / "audit.toml").write_text(f'[projects]\nwidget = "{other["project"]}"\n')
    commit(checkout)
    done = audit(product, checkout, "--url", product.base, "--project", one["project"])
    assert done.returncode == 0, done.stderr
    paths = [
        {str(finding["path"]).partition("/")[0] for finding in findings(product, project)}
        for project in (one, other)
    ]
    assert "widget" not in paths[0]
    assert paths[1] <= {"widget"}


def test_what_the_server_refuses_is_said_in_words(
    product: Product, project: dict[str, str], checkout: Path
) -> None:
    """A bad token, an unknown project, a server that is not there: status 2 and a sentence."""
    where = ("--url", product.base, "--project", project["project"])
    for words, token, expected in (
        (where, "sntryu_" + "0" * 64, "the token is not good there"),
        ((*where[:3], "nowhere"), "", "there is no such project"),
        ((*where, "--org", "nowhere"), "", "there is no such project"),
        (("--url", "http://127.0.0.1:1", *where[2:]), "", "does not answer"),
        ((*where, "--commit", "main"), "", "is no commit"),
        (where[:2], "", "which project?"),
    ):
        done = audit(product, checkout, *words, token=token)
        assert (done.returncode, expected in done.stderr) == (2, True), done.stderr
        assert "Traceback" not in done.stderr


def test_an_upload_runs_nothing_that_the_checkout_brought(
    product: Product, project: dict[str, str], checkout: Path, tmp_path: Path
) -> None:
    """Git's settings in a checkout may name programs, such as one that looks at the signature of
    a commit; none of them is started."""
    trap = tmp_path / "trap"
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch {trap}\n")
    script.chmod(0o755)
    settings = {"core.fsmonitor": script, "core.pager": script, "gpg.program": script}
    for name, value in {**settings, "log.showSignature": "true"}.items():
        git(checkout, "config", name, str(value))
    sign(checkout)
    done = audit(product, checkout, "--url", product.base, "--project", project["project"])
    assert done.returncode == 0, done.stderr
    assert not trap.exists()
