"""Jobs that unmodified clients watch: decorator, Celery beat, @sentry/node, sentry-cli, curl."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.flow.product import Product
from tests.flow.test_javascript_sdks import MODULES, needs_node
from tests.flow.test_sentry_cli_releases import BINARIES

DECORATED = """
import sentry_sdk, time
from sentry_sdk.crons import monitor
sentry_sdk.init(dsn={dsn!r}, release="shop@1.0.0", environment="staging")
CONFIG = {{"schedule": {{"type": "crontab", "value": "0 3 * * *"}}, "timezone": "Europe/Berlin",
           "checkin_margin": 7, "max_runtime": 45, "failure_issue_threshold": 2}}
@monitor(monitor_slug="nightly-backup", monitor_config=CONFIG)
def backup(is_well):
    time.sleep(0.05)
    if not is_well:
        raise OSError("no space left")
backup(True)
try:
    backup(False)
except OSError:
    pass
sentry_sdk.flush(10)
"""
BEAT = """
import sentry_sdk
from celery import Celery
from celery.beat import Service
from celery.schedules import crontab
from sentry_sdk.integrations.celery import CeleryIntegration
sentry_sdk.init(dsn={dsn!r}, environment="staging",
                integrations=[CeleryIntegration(monitor_beat_tasks=True)])
app = Celery("shop", broker="memory://", backend="cache+memory://")
app.conf.task_always_eager = True
@app.task(name="shop.reports")
def reports():
    return 1
app.conf.beat_schedule = {{
    "weekly-reports": {{
        "task": "shop.reports", "schedule": crontab(minute=30, hour=4, day_of_week=1)}},
    "tick": {{"task": "shop.reports", "schedule": 120.0}},
}}
service = Service(app, max_interval=1, schedule_filename={folder!r} + "/beat")
scheduler = service.get_scheduler()
for entry in scheduler.schedule.values():
    scheduler.apply_entry(entry)
sentry_sdk.flush(10)
"""
NODE = """
const Sentry = require("@sentry/node");
Sentry.init({dsn: process.env.DSN, environment: "staging"});
const config = {schedule: {type: "interval", value: 10, unit: "minute"}, checkinMargin: 2,
                maxRuntime: 5, timezone: "UTC"};
(async () => {
  await Sentry.withMonitor("sync-orders", async () => "done", config);
  try { await Sentry.withMonitor("sync-orders", async () => { throw new Error("gone"); }, config); }
  catch (error) {}
  await Sentry.flush(10000);
})();
"""
pytestmark = pytest.mark.sdk


def test_the_decorator_of_the_python_sdk(
    product: Product, project: dict[str, str], tmp_path: Path
) -> None:
    run_python(DECORATED.format(dsn=project["dsn"]), tmp_path)
    product.wait(lambda: len(runs_of(product, project, "nightly-backup")) == 2)
    job = job_of(product, project, "nightly-backup")
    assert job["config"] == {
        "schedule_type": "crontab",
        "schedule": "0 3 * * *",
        "timezone": "Europe/Berlin",
        "checkin_margin": 7,
        "max_runtime": 45,
        "failure_issue_threshold": 2,
        "recovery_threshold": 1,
        "alert_rule_id": None,
    }
    (environment,) = job["environments"]
    assert (environment["name"], environment["status"]) == ("staging", "ok")  # of two allowed
    assert environment["nextCheckIn"] < environment["nextCheckInLatest"]
    runs = product.wait(lambda: ended(product, project, "nightly-backup", 2))
    assert [run["status"] for run in runs] == ["error", "ok"]
    assert all(30 <= run["duration"] < 10_000 for run in runs)


def test_celery_beat_is_found_by_the_sdk(
    product: Product, project: dict[str, str], tmp_path: Path
) -> None:
    run_python(BEAT.format(dsn=project["dsn"], folder=str(tmp_path)), tmp_path)
    product.wait(lambda: ended(product, project, "weekly-reports", 1))
    weekly = job_of(product, project, "weekly-reports")["config"]
    assert (weekly["schedule_type"], weekly["schedule"]) == ("crontab", "30 4 * * 1")
    tick = product.wait(lambda: job_of(product, project, "tick"))["config"]
    assert (tick["schedule_type"], tick["schedule"]) == ("interval", [2, "minute"])


@needs_node
def test_with_monitor_of_the_node_sdk(product: Product, project: dict[str, str]) -> None:
    done = subprocess.run(
        ["node", "-e", NODE],
        env={**os.environ, "DSN": project["dsn"], "NODE_PATH": str(MODULES)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    runs = product.wait(lambda: ended(product, project, "sync-orders", 2))
    assert [run["status"] for run in runs] == ["error", "ok"]
    config = job_of(product, project, "sync-orders")["config"]
    assert (config["schedule"], config["checkin_margin"]) == ([10, "minute"], 2)


@needs_node
@pytest.mark.parametrize("name", BINARIES)
def test_sentry_cli_runs_commands_and_keeps_their_exit_status(
    name: str, product: Product, project: dict[str, str]
) -> None:
    if not BINARIES[name].is_file():
        pytest.skip(f"{name} is not installed")
    slug = name.replace(" ", "-")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BINARIES[name], "monitors", *arguments],
            env={
                "PATH": os.environ["PATH"],
                "SENTRY_DSN": project["dsn"],
                "SENTRY_AUTH_TOKEN": product.token(),
                "SENTRY_ORG": project["organization"],
            },
            capture_output=True,
            text=True,
            check=False,
        )

    terms = ("--schedule", "*/5 * * * *", "--check-in-margin", "3", "--max-runtime", "5")
    assert run("run", slug, *terms, "--", "true").returncode == 0
    assert run("run", slug, "--", "sh", "-c", "exit 3").returncode == 3
    runs = product.wait(lambda: ended(product, project, slug, 2))
    assert [one["status"] for one in runs] == ["error", "ok"]
    listed = run("list")
    assert listed.returncode == 0, listed.stderr
    assert slug in listed.stdout


def test_a_shell_script_needs_an_address_alone(product: Product, project: dict[str, str]) -> None:
    key = project["public_key"]
    made = product.change(
        "POST",
        f"organizations/{project['organization']}/monitors/",
        {
            "name": "Tape backup",
            "project": project["project"],
            "type": "cron_job",
            "config": {"schedule_type": "crontab", "schedule": "0 1 * * *", "checkin_margin": 10},
        },
    )
    assert (made["slug"], made["status"]) == ("tape-backup", "active")
    for path in (
        f"/api/{project['id']}/heartbeat/tape-backup/{key}/start",
        f"/api/{project['id']}/heartbeat/tape-backup/{key}/0",
        f"/api/0/cron/tape-backup/{key}/?status=in_progress&check_in_id={'ab' * 16}",
        f"/api/{project['id']}/cron/tape-backup/{key}/?status=error&check_in_id={'ab' * 16}",
    ):
        assert urlopen(product.base + path).status == 202
    runs = product.wait(lambda: ended(product, project, "tape-backup", 2))
    assert [one["status"] for one in runs] == ["error", "ok"]
    (environment,) = job_of(product, project, "tape-backup")["environments"]
    assert environment["status"] == "error"


def job_of(product: Product, project: dict[str, str], slug: str) -> Any:
    """A job over the API; None if nobody knows it."""
    jobs = product.api(f"organizations/{project['organization']}/monitors/")
    found = [
        one for one in jobs if one["slug"] == slug and one["project"]["slug"] == project["project"]
    ]
    return found[0] if found else None


def runs_of(product: Product, project: dict[str, str], slug: str) -> list[Any]:
    """Its runs, the newest first."""
    if job_of(product, project, slug) is None:
        return []
    path = f"projects/{project['organization']}/{project['project']}/monitors/{slug}/checkins/"
    found: list[Any] = product.api(path)
    return found


def ended(product: Product, project: dict[str, str], slug: str, number: int) -> list[Any]:
    """So many runs that have ended, or nothing."""
    runs = [one for one in runs_of(product, project, slug) if one["status"] != "in_progress"]
    return runs if len(runs) >= number else []


def run_python(program: str, folder: Path) -> None:
    """A program of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
