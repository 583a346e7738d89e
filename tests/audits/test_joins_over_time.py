"""Joins that look at releases, budgets and days, over the real store."""

from __future__ import annotations

from datetime import timedelta

from tests.audits.sending import send, told
from tests.web.audited import document, sent
from tests.web.stage import Stage
from vedette import clock
from vedette.audits.looking import look
from vedette.audits.models import AuditStanding
from vedette.audits.recording import record
from vedette.control.choosing import choose
from vedette.control.places import Place
from vedette.options import groups
from vedette.projects.models import Project
from vedette.releases.changes import Wish, report_release
from vedette.releases.models import ReleaseProject
from vedette.store.engine import Reader
from vedette.store.query import Answer, Select
from vedette.usage.models import Usage


def test_a_release_whose_frames_lack_maps_is_told(shop: Project, stage: Stage) -> None:
    """From a fifth of its events on; another platform has no maps."""
    record(shop, document(0), by="")
    frame = {"platform": "javascript", "release": "web@1", "file": "https://a.example/app.min.js"}
    send(stage, shop, 6, **frame)
    send(stage, shop, 6, release="api@1")
    reader = CountsUnread(stage.flow.store, unread=3)
    AuditStanding.objects.update(looked_at=None)
    look(reader)
    (one,) = [one for one in AuditStanding.objects.get().told if one["join"] == "cov.sourcemaps"]
    assert one["text"] == ("Source maps are missing for frames in 50 % of the 6 events of web@1")


class CountsUnread:
    """The store, with so many of the events that have frames without a map."""

    def __init__(self, store: Reader, *, unread: int) -> None:
        self._store, self._unread = store, unread

    def query(self, select: Select) -> Answer:
        """The store's answer."""
        answer = self._store.query(select)
        if "unread" in answer.columns:
            place = answer.columns.index("unread")
            for row in answer.rows:
                row[place] = self._unread
        return answer


def test_sampling_beyond_the_budget_is_told_with_the_rate(shop: Project, stage: Stage) -> None:
    """By the transactions of 30 days; only of code that sends them all."""
    limits = {"transaction": {"month": 1000}}
    choose(Place(project=shop), groups()["quotas"], {"limits": limits}, who="", via="form")
    Usage.objects.create(
        project=shop,
        category="transaction",
        span="day",
        begins=int(clock.timestamp()) - 86_400,
        quantity=20_000,
    )
    record(shop, document(0), by="")
    assert "cov.sample-quota" not in told(stage, shop)
    record(shop, document(1, sent("init", rule="init.traces-100")), by="")
    (text,) = told(stage, shop)["cov.sample-quota"]
    assert text.startswith("important: 100 % of transactions is 20,000 a month, more than the")
    (one,) = [one for one in AuditStanding.objects.get().told if one["join"] == "cov.sample-quota"]
    assert one["advice"] == "Set the sample rate to 0.05."


def test_an_environment_that_went_silent_with_a_release_is_told(
    shop: Project, stage: Stage
) -> None:
    """It was heard on most days, and no more since; one that was never usual is not missed."""
    record(shop, document(0), by="")
    now = clock.timestamp()
    for day in range(4, 12):
        send(stage, shop, 6, timestamp=now - day * 86_400, environment="production")
    send(stage, shop, 6, timestamp=now - 4 * 86_400, environment="staging")
    assert "cov.silent-since" not in told(stage, shop)
    release, _ = report_release(shop.organization, "shop@1.4", projects=[shop], wish=Wish())
    near = clock.now() - timedelta(days=4)
    ReleaseProject.objects.filter(release=release).update(created_at=near)
    assert told(stage, shop)["cov.silent-since"] == [
        "important: No event was seen from production for 4 days, since release shop@1.4 "
        "(usual: 6 a day)"
    ]
