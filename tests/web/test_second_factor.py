"""The second factor: setting it up, signing in with it, and losing it."""

from __future__ import annotations

import re

import pyotp
import pytest
from django.db import connection
from django.test import Client

from tests.web.world import PASSWORD, World
from vedette import clock
from vedette.accounts.attempts import MOST_ATTEMPTS
from vedette.accounts.models import RecoveryCode, SignInLink, TwoFactor


def code_of(world: World, ahead: int = 0) -> str:
    """What Alice's app shows now, or some steps later."""
    secret = TwoFactor.objects.get(user=world.alice).secret
    return pyotp.TOTP(secret).at(int(clock.timestamp()) + 30 * ahead)


def secret_on(page: str) -> str:
    """The key that the page shows."""
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert found is not None
    return found[1]


@pytest.fixture
def recovery(world: World, alice: Client) -> list[str]:
    """Alice has turned it on; her recovery codes."""
    page = alice.get("/account/two-factor/").content.decode()
    assert "<svg" in page
    assert not TwoFactor.objects.exists()
    code = pyotp.TOTP(secret_on(page)).at(int(clock.timestamp()))
    form = {"code": f"{code[:3]} {code[3:]}", "password": PASSWORD}
    for wrong in ({**form, "code": "000000"}, {**form, "password": "guess"}):
        assert alice.post("/account/two-factor/", wrong).status_code == 400
    done = alice.post("/account/two-factor/", form).content.decode()
    codes = re.findall(r"\w{4}-\w{4}-\w{4}", done.partition("<pre")[2].partition("</pre")[0])
    assert len(codes) == 10
    return codes


def sign_in(client: Client, **more: str) -> str:
    """Give the password; where it leads."""
    form = {"email": "alice@example.com", "password": PASSWORD, **more}
    return client.post("/sign-in/", form)["Location"]


def test_a_password_alone_does_not_suffice(
    world: World, recovery: list[str], nobody: Client
) -> None:
    """Nothing is open before the code; then one is where one wanted to go. A code works once."""
    assert sign_in(nobody, next="/outcomes/") == "/sign-in/code/"
    assert nobody.get("/issues/").status_code == 302
    assert nobody.post("/sign-in/code/", {"code": "123"}).status_code == 400
    code = code_of(world, ahead=1)
    assert nobody.post("/sign-in/code/", {"code": code})["Location"] == "/outcomes/"
    assert nobody.get("/issues/").status_code == 200
    again = Client()
    sign_in(again)
    assert again.post("/sign-in/code/", {"code": code}).status_code == 400


def test_a_link_alone_does_not_suffice(world: World, recovery: list[str], nobody: Client) -> None:
    """Whoever reads the mail has no app."""
    link = f"/sign-in/link/{SignInLink.create(world.alice)}/"
    assert nobody.post(link)["Location"] == "/sign-in/code/"
    assert nobody.get("/account/").status_code == 302


def test_a_recovery_code_works_once(world: World, recovery: list[str], nobody: Client) -> None:
    """In any case and with or without dashes."""
    sign_in(nobody)
    assert nobody.post("/sign-in/code/", {"code": recovery[0].upper()}).status_code == 302
    other = Client()
    sign_in(other)
    assert other.post("/sign-in/code/", {"code": recovery[0]}).status_code == 400
    assert other.post("/sign-in/code/", {"code": recovery[1].replace("-", "")}).status_code == 302
    assert "8 recovery codes left" in nobody.get("/account/").content.decode()


def test_codes_cannot_be_guessed_at_speed(
    world: World, recovery: list[str], nobody: Client
) -> None:
    """After ten wrong ones even the right one waits."""
    sign_in(nobody)
    for _ in range(MOST_ATTEMPTS):
        nobody.post("/sign-in/code/", {"code": "000000"})
    answer = nobody.post("/sign-in/code/", {"code": code_of(world, ahead=1)})
    assert answer.status_code == 429


def test_the_question_for_a_code_does_not_stay_open(
    world: World, recovery: list[str], nobody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten minutes after the password it has to be given again."""
    sign_in(nobody)
    monkeypatch.setattr(clock, "_offset_seconds", 601.0)
    assert nobody.get("/sign-in/code/")["Location"] == "/sign-in/"


def test_it_is_turned_off_by_a_code(world: World, recovery: list[str], alice: Client) -> None:
    """And not without one: a session that was left open does not suffice."""
    alice.post("/account/two-factor/", {"do": "off", "code": "000000"})
    assert TwoFactor.objects.filter(user=world.alice).exists()
    alice.post("/account/two-factor/", {"do": "off", "code": recovery[3]})
    assert not TwoFactor.objects.filter(user=world.alice).exists()
    assert sign_in(Client()) == "/"


def test_secrets_are_sealed_and_recovery_codes_hashed(world: World, recovery: list[str]) -> None:
    """A copy of the database signs nobody in."""
    held = TwoFactor.objects.get(user=world.alice)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_twofactor")
        assert held.secret not in str(cursor.fetchall())
    stored = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert not stored & {*recovery, *(code.replace("-", "") for code in recovery)}


def test_turning_it_on_ends_other_sessions(world: World, alice: Client) -> None:
    """They began without it, and were shown another secret."""
    other = Client()
    other.force_login(world.alice)
    secrets = [
        secret_on(who.get("/account/two-factor/").content.decode()) for who in (alice, other)
    ]
    assert secrets[0] != secrets[1]
    code = pyotp.TOTP(secrets[0]).at(int(clock.timestamp()))
    alice.post("/account/two-factor/", {"code": code, "password": PASSWORD})
    assert TwoFactor.objects.filter(user=world.alice).exists()
    assert alice.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
