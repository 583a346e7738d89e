"""Who hears that monitors are not looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from vedette import clock

if TYPE_CHECKING:
    from tests.monitors.watching import Watch


def _channel(organization: Any) -> None:
    from vedette.alerts.models import Channel

    Channel.objects.create(
        organization=organization,
        slug="hook",
        name="Hook",
        kind="webhook",
        settings={"url": "http://127.0.0.1/"},
    )


def _notices() -> list[tuple[str, str, str]]:
    """Organisation, title and words of each."""
    from vedette.alerts.models import OutboxMessage

    rows = OutboxMessage.objects.filter(kind="notice").order_by("pk")
    return [
        (one.organization.slug, one.content["title"], one.content["note"])
        for one in rows.select_related("organization")
    ]


def test_what_lasts_is_told_to_those_who_have_monitors(watch: Watch) -> None:
    """Once an hour, and its end; nobody else hears of it, and what passes is no news."""
    from vedette.accounts.models import Organization
    from vedette.monitors.watching import Watcher, trouble_of

    watch.monitor("shop")
    _channel(watch.project.organization)
    _channel(Organization.objects.create(slug="other", name="Other"))
    watcher, status = Watcher(), {"holds_lease": True, "alarm": "no canary answers"}

    def look(seconds: float, alarm: str = "no canary answers") -> int:
        watch.passes(seconds)
        trouble = trouble_of({**status, "alarm": alarm}, is_wanted=True, now=clock.now())
        return watcher.look(trouble, clock.now())

    assert [look(0), look(40), look(0, ""), look(20), look(59)] == [0] * 5
    assert look(2) == 1
    assert [look(60), look(1800)] == [0, 0]
    assert look(timedelta(hours=1).total_seconds()) == 1
    assert look(20, "") == 1
    assert look(20, "") == 0
    heard = _notices()
    assert {slug for slug, _, _ in heard} == {"o"}
    assert [title for _, title, _ in heard] == [
        *["Monitors are not looked at"] * 2,
        "Monitors are looked at again",
    ]
    assert "no canary answers" in heard[0][2]


def test_a_prober_that_is_missing_is_trouble_unless_another_node_looks(watch: Watch) -> None:
    """And none where nothing is to be looked at."""
    from vedette.leases import taking
    from vedette.monitors.watching import LEASE, trouble_of

    now = clock.now()
    assert trouble_of(None, is_wanted=False, now=now) == ""
    assert trouble_of(None, is_wanted=True, now=now) == "the prober does not run"
    taking.take(LEASE, seconds=15, by="another node:1")
    assert trouble_of({"holds_lease": False}, is_wanted=True, now=now) == ""
