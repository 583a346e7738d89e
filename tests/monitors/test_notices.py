"""What the owner of a monitor hears of once, besides alerts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from vedette.items import Effects, RawItem
from vedette.items.monitor_check import KIND
from vedette.spool.meta import Meta
from vedette.uptime.checks import ITEM_TYPE, Check, encode_checks
from vedette.uptime.facts import CertificateEnds, MonitorChecked
from vedette.wire.envelope import EnvelopeHeaders, ItemHeader

if TYPE_CHECKING:
    from tests.monitors.watching import Watch
    from vedette.monitors.models import Monitor

DAYS = [30, 14, 7, 3, 1]


def facts_of(monitor: int, days: float, fingerprint: str = "ab", **facts: Any) -> list[Any]:
    """What a check that sees a certificate says."""
    now = time.time()
    seen = {"certificate": {"days": days, "fingerprint": fingerprint}, "warn_days": DAYS, **facts}
    check = Check(
        monitor=monitor, slug="m", kind="tls", due=now - 1, at=now, outcome="ok", facts=seen
    )
    item = RawItem(
        header=ItemHeader(type=ITEM_TYPE),
        payload=encode_checks([check]),
        meta=Meta(project_id=1, received=now),
        envelope=EnvelopeHeaders(),
        position=1,
    )
    effects = KIND.read(item)
    assert isinstance(effects, Effects)
    return [fact for fact in effects.facts if not isinstance(fact, MonitorChecked)]


@pytest.mark.parametrize(
    ("days", "threshold"), [(29.5, 30), (14.0, 14), (13.9, 14), (6.0, 7), (0.5, 1)]
)
def test_a_check_says_which_threshold_was_reached(days: float, threshold: int) -> None:
    """The smallest that holds."""
    (fact,) = facts_of(1, days)
    assert isinstance(fact, CertificateEnds)
    assert (fact.days, fact.threshold) == (days, threshold)


@pytest.mark.parametrize("days", [30.1, 400.0, -1.0])
def test_it_says_nothing_before_and_after(days: float) -> None:
    """One that has ended makes the monitor down."""
    assert facts_of(1, days) == []


def test_a_monitor_that_warns_of_nothing_says_nothing() -> None:
    """Nor does one whose certificate cannot be read."""
    assert facts_of(1, 3.0, warn_days=None) == []
    assert facts_of(1, 3.0, fingerprint="") == []


@pytest.fixture
def shop(watch: Watch) -> Monitor:
    """A monitor that Ada made."""
    from vedette.accounts.models import Membership, User
    from vedette.accounts.roles import Role

    ada = User.objects.create_user("ada@example.com", name="Ada")
    organization = watch.project.organization
    Membership.objects.create(organization=organization, user=ada, role=Role.OWNER)
    monitor = watch.monitor("shop")
    monitor.created_by = ada
    monitor.save()
    return monitor


def sees(monitor: Monitor, days: float, fingerprint: str = "ab") -> list[str]:
    """What people get of a check; titles of all so far."""
    from vedette.alerts.models import PersonalMail
    from vedette.monitors.notices import send_waiting
    from vedette.reactions import answer

    answer(facts_of(monitor.pk, days, fingerprint))
    send_waiting()
    return [mail.content["title"] for mail in PersonalMail.objects.order_by("pk")]


def test_its_end_is_told_once_for_each_threshold_and_certificate(shop: Monitor) -> None:
    """However often it is seen; a new certificate begins anew."""
    first = "shop: its certificate ends in 13 days"
    assert sees(shop, 13.4) == [first]
    assert sees(shop, 12.0) == [first]
    assert sees(shop, 6.0) == [first, "shop: its certificate ends in 6 days"]
    assert len(sees(shop, 13.0, "cd")) == 3
    assert len(sees(shop, 12.9, "cd")) == 3


def test_a_check_that_cannot_be_made_is_told_once(watch: Watch, shop: Monitor) -> None:
    """Until its settings are changed; it never pages."""
    from vedette import clock
    from vedette.alerts.models import Alert, PersonalMail
    from vedette.monitors.notices import send_waiting

    def broken(*letters: str) -> int:
        for letter in letters:
            watch.passes(60)
            fact = watch.fact(shop, letter)
            if letter == "u":
                fact.reason, fact.text = "config_error", "time is no number"
            watch.domain.apply([fact], writer="prober", position=watch.position)
        send_waiting()
        return PersonalMail.objects.count()

    assert broken("o", "u", "u", "o", "u") == 1
    title = PersonalMail.objects.get().content["title"]
    assert title == "shop: it cannot be checked: time is no number"
    shop.changed_at = clock.now()
    shop.save()
    assert broken("o", "u") == 2
    assert not Alert.objects.exists()


def test_without_an_owner_the_channels_hear_it(watch: Watch) -> None:
    """One who is no member any more owns nothing."""
    from vedette.accounts.models import User
    from vedette.alerts.models import Channel, OutboxMessage

    gone = User.objects.create_user("gone@example.com")
    for name, owner in (("one", None), ("two", gone)):
        monitor = watch.monitor(name)
        monitor.created_by = owner
        monitor.save()
        Channel.objects.get_or_create(
            organization=watch.project.organization, slug="c", name="C", kind="webhook"
        )
        assert sees(monitor, 2.0) == []
    titles = [one.content["title"] for one in OutboxMessage.objects.order_by("pk")]
    assert titles == [
        "one: its certificate ends in 2 days",
        "two: its certificate ends in 2 days",
    ]


def test_one_certificate_of_many_monitors_is_few_messages(watch: Watch) -> None:
    """Seen by all within a minute, and by others later: gathered, and nothing is lost."""
    from vedette.alerts.models import Channel, OutboxMessage
    from vedette.monitors.models import MonitorNotice
    from vedette.monitors.notices import send_waiting
    from vedette.reactions import answer

    Channel.objects.create(
        organization=watch.project.organization, slug="c", name="C", kind="webhook"
    )
    for number in range(40):
        monitor = watch.monitor(f"m{number}")
        answer(facts_of(monitor.pk, 2.0))
        if number == 0 or number > 30:
            send_waiting()
    assert OutboxMessage.objects.count() == 2
    watch.passes(3700)
    send_waiting()
    titles = [one.content["title"] for one in OutboxMessage.objects.order_by("pk")]
    assert titles == [
        "m0: its certificate ends in 2 days",
        "31 monitors want to be looked at",
        "8 monitors want to be looked at",
    ]
    assert not MonitorNotice.objects.filter(sent_at=None).exists()


def test_who_wants_no_such_mails_gets_none(shop: Monitor) -> None:
    """As they chose for what concerns their work."""
    from vedette.alerts.models import PersonalSettings

    PersonalSettings.objects.create(user=shop.created_by, workflow=False)
    assert sees(shop, 2.0) == []
