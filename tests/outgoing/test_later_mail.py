"""Answers of a mail server that mean: come again later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings

from tests.channels.parcels import parcel
from tests.mailbox import Mailbox
from vedette.channels import ChannelBroken, DeliveryError, channels
from vedette.config import load
from vedette.outgoing import mail


class Greylisting(Mailbox):
    """Says `words` to some recipients."""

    answers: dict[str, str]

    async def handle_RCPT(  # noqa: N802 - the name of the library's hook
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 known"


@pytest.fixture
def taken() -> list[str]:
    return []


@pytest.fixture
def server(taken: list[str]) -> Iterator[Greylisting]:
    with Greylisting(lambda one: taken.append(str(one["To"]))) as made:
        made.answers = {}
        settings = mail.mail_settings(load({"VEDETTE_MAIL_URL": made.url}))
        with override_settings(**settings):
            yield made


def deliver(to: str, **values: Any) -> Any:
    from dataclasses import replace

    made = replace(parcel("trigger"), **values)
    return channels()["email"].deliver({"to": to}, made, None)  # type: ignore[arg-type]


def test_who_is_to_come_later_is_no_broken_channel(server: Greylisting, taken: list[str]) -> None:
    """A server that greylists takes the second try."""
    server.answers = {"a@example.com": "450 greylisted"}
    with pytest.raises(DeliveryError) as caught:
        deliver("a@example.com")
    assert not isinstance(caught.value, ChannelBroken)
    server.answers = {"a@example.com": "550 nobody of that name"}
    with pytest.raises(ChannelBroken):
        deliver("a@example.com")
    assert taken == []


def test_of_several_each_gets_one_mail(server: Greylisting, taken: list[str]) -> None:
    """Those who could have it at once do not get it with each try for another."""
    people = "a@example.com, b@example.com, c@example.com"
    server.answers = {"b@example.com": "451 later"}
    with pytest.raises(DeliveryError) as caught:
        deliver(people)
    assert taken == ["a@example.com", "c@example.com"]
    server.answers = {}
    deliver(people, reached=caught.value.reached)
    assert taken == ["a@example.com", "c@example.com", "b@example.com"]
