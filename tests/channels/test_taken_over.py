"""Channels that hand nothing to a service: the product takes their messages over."""

from __future__ import annotations

from typing import Any

import pytest

from vedette.channels import TakenOver, channels

TAKEN_OVER = sorted(
    name for name, kind in channels().items() if isinstance(kind.deliver, TakenOver)
)


@pytest.mark.parametrize("name", TAKEN_OVER)
def test_a_message_is_taken_over(name: str, rollback: None) -> None:
    """It leaves the outbox as sent, and nothing is asked of the network."""
    from vedette.accounts.models import Organization
    from vedette.alerts.delivery import deliver_due
    from vedette.alerts.models import Channel, DeliveryTry, OutboxMessage
    from vedette.alerts.testing import send_test
    from vedette.trackers.models import Tracker

    organization = Organization.objects.create(slug="lantern", name="Lantern")
    Tracker.objects.create(organization=organization, slug="bugs", name="Bugs", kind="github")
    channel = Channel.objects.create(
        organization=organization, slug="c", name="C", kind=name, settings={"tracker": "bugs"}
    )
    send_test(channel, None)
    no_network: Any = None
    assert deliver_due(no_network) == 1
    assert OutboxMessage.objects.get().state == "sent"
    assert DeliveryTry.objects.get().is_done


def test_there_is_a_channel_for_each_way_of_taking_over() -> None:
    """No way that none uses."""
    assert {channels()[name].deliver for name in TAKEN_OVER} == set(TakenOver)
