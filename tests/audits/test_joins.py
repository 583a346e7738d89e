"""Joins: what an audit and what really came say only together, over the real store."""

from __future__ import annotations

import re
from pathlib import Path

from tests.audits.sending import send, told
from tests.web.audited import document, sent
from tests.web.stage import Stage
from vedette import clock
from vedette.audits.joins import joins
from vedette.audits.looking import look
from vedette.audits.models import AuditFinding, AuditStanding
from vedette.audits.recording import record
from vedette.audits.seen import Seen
from vedette.projects.creation import create_project
from vedette.projects.models import Project
from vedette.releases.changes import Wish, report_release
from vedette.releases.commits import SentCommit, set_commits
from vedette.releases.models import ChangeType
from vedette.store.engine import Reader
from vedette.store.errors import StoreError
from vedette.store.query import Answer, Select
from vedette.usage.models import Usage
from vedette.wire.envelope import build_envelope, new_event_id

SWALLOW = sent("charge", path="shop/till.py")
PACKAGE = {"folder": "", "name": "shop", "ecosystem": "python", "is_deployed": True}


def test_a_swallow_in_a_busy_file_comes_first(shop: Project, stage: Stage) -> None:
    """With how often the file failed; its finding is more exposed than one of a quiet file."""
    record(shop, document(0, SWALLOW, sent("quiet", path="shop/orders.py")), by="")
    send(stage, shop, 7, handled=False, transaction="/pay")
    assert told(stage, shop)["cov.hot-swallow"] == [
        "important: This swallowed error sits in the file with the most events (7 in 30 days): "
        "Every exception of `charge()` is dropped"
    ]
    held = {one.function: one for one in AuditFinding.objects.all()}
    assert (held["charge"].events, held["charge"].is_failing) == (7, True)
    assert held["charge"].exposure == 3 + 2
    assert held["quiet"].exposure == 0


def test_a_package_is_silent_until_something_comes(shop: Project, stage: Stage) -> None:
    """Without traffic that proves nothing, so it is important at most; with traffic urgent."""
    record(shop, document(0, packages=[{**PACKAGE, "has_sdk": True}]), by="")
    silent = "No event was seen from shop in 30 days"
    assert told(stage, shop)["cov.silent-package"] == [f"important: {silent}"]
    Usage.objects.create(
        project=shop,
        category="session",
        span="day",
        begins=int(clock.timestamp()) - 86_400,
        quantity=1200,
    )
    assert told(stage, shop)["cov.silent-package"] == [
        f"urgent: {silent}, though 1,200 sessions did"
    ]
    send(stage, shop)
    assert "cov.silent-package" not in told(stage, shop)
    assert AuditStanding.objects.get().figures["heard_packages"] == [""]


def test_of_several_packages_the_files_say_which_was_heard(shop: Project, stage: Stage) -> None:
    """And one without an SDK is told so, never as urgent."""
    folders = [{**PACKAGE, "folder": name, "name": name} for name in ("apps/a", "apps/b")]
    paths = ["apps/a/shop/till.py", "apps/b/main.py"]
    record(shop, document(0, packages=folders, paths=paths), by="")
    send(stage, shop, file="/srv/apps/a/shop/till.py")
    assert told(stage, shop)["cov.silent-package"] == [
        "important: No event was seen from apps/b in 30 days; it has no SDK"
    ]


def test_what_is_never_set_is_told_as_a_share(shop: Project, stage: Stage) -> None:
    """Release and user, once there are a few events to judge by."""
    record(shop, document(0), by="")
    send(stage, shop, 4)
    assert "cov.never-set" not in told(stage, shop)
    send(stage, shop, 6, user={"id": "7"})
    assert told(stage, shop)["cov.never-set"] == [
        "important: The release is set on 0 % of 10 events of 30 days"
    ]


def test_a_job_that_never_checked_in_is_told(shop: Project, stage: Stage) -> None:
    """Until its first check-in, by the name that the code gives it."""
    jobs = [
        {"name": "nightly-report", "slug": "nightly-report", "path": "a.py", "line": 3},
        {"name": "sweep", "path": "a.py"},
    ]
    record(shop, document(0, jobs=jobs), by="")
    assert told(stage, shop)["cov.monitor-missing"] == [
        "important: nightly-report never checked in: no check-in was seen in 30 days",
        "routine: sweep never checked in: no check-in was seen in 30 days",
    ]
    item = ({"type": "check_in"}, b'{"monitor_slug": "nightly-report", "status": "ok"}')
    stage.flow.spool(build_envelope({"event_id": new_event_id()}, [item]), project=shop.pk)
    stage.work()
    assert [one[:15] for one in told(stage, shop)["cov.monitor-missing"]] == ["routine: sweep "]


def test_a_service_that_fails_wants_a_health_check(shop: Project, stage: Stage) -> None:
    """Named by its errors; one that a check asks is left alone."""
    services = [{"name": "Redis"}, {"name": "Stripe", "is_checked": True}, {"name": "PostgreSQL"}]
    record(shop, document(0, dependencies=services), by="")
    send(stage, shop, 3, type="ConnectionError", value="Error 111 connecting to redis:6379")
    send(stage, shop, 2, type="StripeError")
    assert told(stage, shop)["cov.health-vs-events"] == [
        "important: Redis raised 3 errors in 30 days; no health check asks it"
    ]


def test_a_page_without_a_boundary_that_failed_is_told(shop: Project, stage: Stage) -> None:
    """With errors and users, however the SDK writes its name."""
    pages = [
        {"route": "/admin/calls", "path": "app/admin/calls/page.tsx"},
        {"route": "/", "path": "app/page.tsx", "has_boundary": True},
    ]
    record(shop, document(0, pages=pages), by="")
    send(stage, shop, 3, transaction="GET /admin/calls", user={"id": "1"})
    send(stage, shop, 1, transaction="/")
    assert told(stage, shop)["cov.route-no-boundary-errors"] == [
        "important: /admin/calls has no boundary and had 3 errors, 1 user in 30 days"
    ]


def test_code_that_was_not_audited_is_told(shop: Project, stage: Stage) -> None:
    """If most events come from there; libraries are nobody's code."""
    record(shop, document(0, SWALLOW), by="")
    send(stage, shop, 9, file="/other/site/views.py")
    assert "cov.unknown-code" not in told(stage, shop)
    send(stage, shop, 1, file="/srv/shop/till.py")
    (text,) = told(stage, shop)["cov.unknown-code"]
    assert "9 of 10 events" in text
    assert "/other/site/views.py" in text


def test_reports_that_never_came_are_told_quietly(shop: Project, stage: Stage) -> None:
    """By file and function, and only where events come at all."""
    captures = [
        {"path": "shop/till.py", "function": "pay", "line": 3},
        {"path": "shop/till.py", "function": "refund", "line": 8},
    ]
    record(shop, document(0, captures=captures), by="")
    assert "cov.dead-capture" not in told(stage, shop)
    send(stage, shop)
    (text,) = told(stage, shop)["cov.dead-capture"]
    assert text.startswith("info: refund in shop/till.py reports")


def test_mostly_unhandled_errors_and_one_level_are_told(shop: Project, stage: Stage) -> None:
    """Once there are enough of them to say so."""
    record(shop, document(0), by="")
    send(stage, shop, 100, handled=False, level="error")
    found = told(stage, shop)
    assert found["cov.unhandled-ratio"][0].startswith("routine: 100 % of 100 events")
    assert found["cov.level-mix"][0].startswith("routine: All 100 events of 30 days are `error`")


def test_secrets_that_arrived_are_told(shop: Project, stage: Stage) -> None:
    """By kind, without a word of them."""
    record(shop, document(0), by="")
    send(stage, shop, 2, extra={"card": "4111 1111 1111 1111"})
    (text,) = told(stage, shop)["cov.pii-seen"]
    assert text == (
        "important: 2 of the newest 2 events had the number of a credit card; it was hidden here"
    )


def test_what_the_last_release_changed_is_more_exposed(shop: Project, stage: Stage) -> None:
    """By the end of its path: the audited folder may lie below the repository's root."""
    record(shop, document(0, SWALLOW, sent("quiet", path="shop/orders.py")), by="")
    release, _ = report_release(shop.organization, "shop@1.4", projects=[shop], wish=Wish())
    files = {"api/shop/till.py": ChangeType.MODIFIED}
    set_commits(release, [SentCommit(repository="a/b", key="a" * 40, files=files)])
    told(stage, shop)
    held = {one.function: one for one in AuditFinding.objects.all()}
    assert (held["charge"].exposure, held["charge"].is_recent) == (1, True)
    assert (held["quiet"].exposure, held["quiet"].is_recent) == (0, False)


def test_one_project_that_cannot_be_asked_holds_up_no_other(shop: Project, stage: Stage) -> None:
    """It is looked at again; what was told before stays."""
    other = create_project(shop.organization, "Other")
    for project in (shop, other):
        record(project, document(0, jobs=[{"name": "sweep", "path": "a.py"}]), by="")
    look(Fails(stage.flow.store, shop.pk))
    assert AuditStanding.objects.get(project=shop).looked_at is None
    assert AuditStanding.objects.get(project=other).told


def test_a_join_that_breaks_holds_up_no_other_project(shop: Project, stage: Stage) -> None:
    """Nor does its project come first for ever."""
    other = create_project(shop.organization, "Other")
    for project in (shop, other):
        record(project, document(0, jobs=[{"name": "sweep", "path": "a.py"}]), by="")
    look(Fails(stage.flow.store, shop.pk, ValueError("of this data")))
    assert AuditStanding.objects.get(project=shop).looked_at is not None
    assert AuditStanding.objects.get(project=other).told


class Fails:
    """The store, which cannot answer about one project."""

    def __init__(self, store: Reader, project: int, error: Exception | None = None) -> None:
        self._store, self._project = store, project
        self._error = error or StoreError("away")

    def query(self, select: Select) -> Answer:
        """The store's answer."""
        if self._project in select.projects.ids:
            raise self._error
        return self._store.query(select)


def test_every_join_says_what_it_needs_and_stands_in_the_docs() -> None:
    """Named by what it is about; what it needs is there to be asked."""
    text = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()
    assert set(re.findall(r"^\| `(cov\.[\w-]+)` \|", text, re.MULTILINE)) == set(joins())
    for name, one in joins().items():
        assert name.startswith("cov.")
        assert one.title
        assert one.needs
        assert all(hasattr(Seen, need) for need in one.needs)
