"""Names of people and organisations in mail: no header of their own, no tags, no foreign links."""

from __future__ import annotations

import dataclasses
import email
import email.policy
from email.message import EmailMessage

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from tests.web.world import World
from vedette.accounts.models import Organization, User
from vedette.outgoing.mail import Message, send

HEADERS = "Lantern\r\nBcc: evil@evil.example\r\nSubject: another"
TAGS = '<b onclick="x">Lantern</b> {{7*7}} <a href="https://evil.example">click</a>'


def sent() -> EmailMessage:
    """The only message, as a mail program reads it."""
    (message,) = mail.outbox
    data = message.message().as_bytes()
    parsed = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body(preferencelist=(kind,))
    return "" if part is None else str(part.get_content())


@pytest.mark.parametrize("name", [HEADERS, TAGS])
def test_an_invitation_is_one_mail_to_one_person(
    name: str,
    world: World,
    alice: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the organisation and the inviter are called (SEC-46, 47)."""
    with_server = dataclasses.replace(settings.CONFIG, mail_url="smtp://localhost")
    monkeypatch.setattr(settings, "CONFIG", with_server)
    Organization.objects.filter(pk=world.organization.pk).update(name=name)
    User.objects.filter(pk=world.alice.pk).update(name=name)
    form = {"email": "new@example.com", "role": "member"}
    address = f"/settings/members/invitations/{world.organization.slug}/"
    assert alice.post(address, form).status_code == 302
    parsed = sent()
    assert parsed.get_all("To") == ["new@example.com"]
    assert len(parsed.get_all("Subject") or []) == 1
    assert parsed["Bcc"] is None
    assert parsed["Cc"] is None
    assert "<b onclick" not in text_of(parsed, "html")
    assert text_of(parsed, "plain").count(f"{settings.CONFIG.base_url}/sign-in/invitation/") == 1


@pytest.mark.parametrize(
    "to", ["a@example.com\r\nBcc: evil@evil.example", "a@example.com\nb@example.com", "a\x00@b.c"]
)
def test_an_address_cannot_bring_headers(to: str, world: World, alice: Client) -> None:
    """Neither of who is invited nor of who has lost a password (SEC-46)."""
    address = f"/settings/members/invitations/{world.organization.slug}/"
    assert alice.post(address, {"email": to, "role": "member"}).status_code == 400
    alice.post("/sign-in/lost/", {"email": to})
    assert mail.outbox == []


def test_no_message_is_made_with_a_header_of_a_name(world: World) -> None:
    """The one way to send mail keeps subjects to a line, whoever calls it (SEC-46)."""
    send(Message(to="bob@example.com", subject=f"New in {HEADERS}", text="x"))
    parsed = sent()
    assert parsed["Bcc"] is None
    assert str(parsed["Subject"]).startswith("New in Lantern Bcc: evil@evil.example")


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_FORWARDED": "host=evil.example"},
        {"HTTP_HOST": "evil.example@127.0.0.1"},
    ],
)
def test_links_in_mail_name_the_installation(
    headers: dict[str, str],
    world: World,
    nobody: Client,
) -> None:
    """A lost password asked for under a foreign name (SEC-70)."""
    answer = nobody.post("/sign-in/lost/", {"email": "bob@example.com"}, **headers)  # type: ignore[arg-type]
    assert answer.status_code in (200, 400)
    for message in mail.outbox:
        assert "evil.example" not in str(message.body)
        assert f"{settings.CONFIG.base_url}/sign-in/link/" in str(message.body)
