"""Certificates: each broken kind has its reason, and is shown all the same."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from tests.probing.looking import look, said
from tests.probing.servers.background import Background
from tests.probing.servers.certificates import NAME, authority, make, pairs
from tests.probing.servers.web import Web
from vedette.probing.result import Outcome


@pytest.fixture
def shows(background: Background, tmp_path: Path):
    """A server that shows the certificate of that name; gives its port."""

    def serve(name: str) -> int:
        return background.serve(Web(), pairs()[name].server(tmp_path))

    return serve


def tls(port: int, **settings: object):
    """A look at a certificate on loopback."""
    trusted = {"authorities": authority().pem, "server_name": NAME}
    return look("tls", host="127.0.0.1", port=port, **(trusted | settings))


def test_a_good_certificate_is_shown(shows) -> None:
    """Days left, issuer, names, fingerprint and the version of TLS are facts."""
    found = tls(shows("good"))
    assert said(found) == (Outcome.OK, "")
    shown = found.facts["certificate"]
    assert 89 < shown["days"] <= 90
    assert (shown["issuer"], shown["names"][0]) == ("Tests Root", NAME)
    assert len(shown["fingerprint"]) == 64
    assert found.facts["tls"] == "TLSv1.3"
    assert found.facts["warn_days"] == [30, 14, 7, 3, 1]
    assert list(found.phases) == ["connect", "tls"]
    assert said(tls(shows("through_another"))) == (Outcome.OK, "")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("expired", "expired"),
        ("not_yet_valid", "not_yet_valid"),
        ("hostname", "hostname"),
        ("self_signed", "self_signed"),
        ("chain", "chain"),
        ("expired_above", "expired"),
    ],
)
def test_each_broken_certificate_has_its_reason(shows, name: str, reason: str) -> None:
    """What is wrong is told, and which certificate it is about."""
    found = tls(shows(name))
    assert said(found) == (Outcome.FAIL, reason)
    expected = pairs()[name].certificate.subject.rfc4514_string().removeprefix("CN=")
    assert found.facts["certificate"]["subject"] == expected
    assert found.facts["certificate"]["problem"] == reason


def test_an_unknown_authority_is_a_fault_of_the_chain(shows) -> None:
    """Without the authority as a trusted one, what it signed is not."""
    assert tls(shows("good"), authorities="").reason == "chain"


def test_days_left_are_a_condition(shows) -> None:
    """`cert.days` is what is left."""
    port = shows("soon")
    assert said(tls(port)) == (Outcome.OK, "")
    found = tls(port, conditions=["cert.days > 14"])
    assert said(found) == (Outcome.FAIL, "assertion")
    assert found.text.startswith("cert.days > 14: found 1")
    assert said(tls(port, degraded_if=["cert.days < 30"]))[0] is Outcome.DEGRADED


def test_what_does_not_speak_tls_is_told(background: Background) -> None:
    """A plain server, one that closes, one that is silent."""
    assert tls(background.serve(Web())).reason in ("handshake", "timeout")

    async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    assert tls(background.serve(close)).reason == "handshake"

    async def wait(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    assert look("tls", seconds=0.3, host="127.0.0.1", port=background.serve(wait)).reason == (
        "timeout"
    )


@pytest.mark.parametrize("name", ["expired", "hostname", "self_signed", "chain"])
def test_a_web_address_with_a_broken_certificate_fails(shows, name: str) -> None:
    """The reason is `tls`; the certificate is a fact, for charts of days left."""
    address = f"https://127.0.0.1:{shows(name)}/"
    found = look("http", url=address, authorities=authority().pem)
    assert said(found) == (Outcome.FAIL, "tls")
    assert found.facts["certificate"]["fingerprint"]
    unchecked = look("http", url=address, verify=False)
    assert said(unchecked) == (Outcome.OK, "")
    assert unchecked.facts["verify"].startswith("off")


def test_a_web_address_with_a_good_certificate_is_well(shows) -> None:
    """All phases are there, and the days left for conditions."""
    found = look(
        "http",
        url=f"https://127.0.0.1:{shows('good')}/",
        authorities=authority().pem,
        conditions=["cert.days > 14", "status == 200"],
    )
    assert said(found) == (Outcome.OK, "")
    assert list(found.phases) == ["connect", "tls", "first_byte", "body"]


def test_a_client_certificate_is_shown_to_who_asks(background: Background, tmp_path: Path) -> None:
    """Mutual TLS: with it the server answers, without it not; the key is in no result."""
    ours = make("vedette", issuer=authority())
    context = pairs()["good"].server(tmp_path, authority().pem)
    url = f"https://127.0.0.1:{background.serve(Web(), context)}/"
    pem = {"certificate": ours.pem, "key": ours.key_pem}
    found = look("http", url=url, authorities=authority().pem, **pem)
    assert said(found) == (Outcome.OK, "")
    without = look("http", url=url, authorities=authority().pem)
    assert without.outcome is Outcome.FAIL
    assert without.reason in ("tls", "reset")  # as soon as the server says it, or closes


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_of_tls_are_refused(background: Background, tmp_path: Path) -> None:
    """A server that knows only TLS 1.1 fails the handshake."""
    context = pairs()["good"].server(tmp_path)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    assert tls(background.serve(Web(), context)).reason == "handshake"
