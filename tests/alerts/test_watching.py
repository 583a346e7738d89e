"""Who hears that alerts are late: those whose alerts they are, once an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from vedette import clock


def channel(organization: Any, slug: str) -> Any:
    from vedette.alerts.models import Channel

    return Channel.objects.create(
        organization=organization, slug=slug, name=slug, kind="webhook",
        settings={"url": "http://127.0.0.1/"},
    )  # fmt: skip


def notices() -> list[tuple[str, str]]:
    """Organisation and channel of each."""
    from vedette.alerts.models import OutboxMessage

    rows = OutboxMessage.objects.filter(kind="notice").order_by("pk")
    return list(rows.values_list("organization__slug", "channel__slug"))


def test_a_message_that_waits_is_told_to_its_own_organisation(project: Any) -> None:
    """By the channels that answer; nobody else is woken because a stranger's channel hangs."""
    from vedette.accounts.models import Organization
    from vedette.alerts.models import OutboxMessage
    from vedette.alerts.testing import send_test
    from vedette.alerts.watching import look, tell

    other = Organization.objects.create(slug="other", name="Other")
    channel(other, "theirs")
    hanging = channel(project.organization, "hangs")
    for at in range(3):
        channel(project.organization, f"works-{at}")
    message = send_test(hanging, None)
    now = clock.now()
    OutboxMessage.objects.filter(pk=message.pk).update(
        tries=4, created_at=now - timedelta(minutes=9)
    )
    tell(look(now), now)
    assert notices() == [("lantern", f"works-{at}") for at in range(3)]
    tell(look(now), now + timedelta(minutes=59))
    assert len(notices()) == 3
    tell(look(now), now + timedelta(minutes=61))
    assert len(notices()) == 6


def test_rules_that_nobody_looks_at_concern_all(project: Any) -> None:
    """Once each."""
    from dataclasses import replace

    from vedette.accounts.models import Organization
    from vedette.alerts.watching import look, tell

    other = Organization.objects.create(slug="other", name="Other")
    channel(other, "theirs")
    channel(project.organization, "ours")
    now = clock.now()
    late = replace(look(now), lag_seconds=100.0)
    assert tell(late, now) == 2
    assert tell(late, now) == 0
    assert sorted(notices()) == [("lantern", "ours"), ("other", "theirs")]
