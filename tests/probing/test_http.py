"""Web addresses: what is wrong with one is said, measured and shown, and no secret is."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.probing.looking import LOOPBACK, look, said
from tests.probing.servers.programs import module, open_sockets
from tests.probing.servers.web import Web
from vedette.probing.around import Around
from vedette.probing.kinds import BadSettings, probes
from vedette.probing.result import MOST_EVIDENCE_BYTES, Outcome


def test_a_page_that_answers_is_well_and_every_phase_is_measured(at: str) -> None:
    """The phases add up to the whole, in their order."""
    found = look("http", url=at)
    assert said(found) == (Outcome.OK, "")
    assert (found.status, found.text, found.evidence) == (200, "", {})
    assert list(found.phases) == ["connect", "first_byte", "body"]
    assert sum(found.phases.values()) <= found.duration_ms
    assert found.facts == {"address": "127.0.0.1", "protocol": "HTTP/1.1", "bytes": 11}


def test_a_name_is_resolved_and_that_is_measured(at: str) -> None:
    """The first phase of a name is its resolution."""
    found = look("http", url=at.replace("127.0.0.1", "localhost"))
    assert said(found) == (Outcome.OK, "")
    assert next(iter(found.phases)) == "dns"


@pytest.mark.parametrize(
    ("path", "reason", "words"),
    [
        ("broken", "status", "status < 400: found 500"),
        ("nothing-here", "status", "status < 400: found 404"),
        ("reset", "reset", "closed"),
        ("half", "reset", "middle of the body"),
        ("half-chunked", "reset", "middle of the body"),
        ("garbage", "protocol", "no HTTP"),
        ("endless-head", "protocol", "too long"),
        ("loop", "redirect", "more than 10 redirects"),
        ("inside", "redirect", "leads inside"),
        ("file", "redirect", "https:// or http://"),
    ],
)
def test_each_fault_of_a_server_has_its_reason(at: str, path: str, reason: str, words: str) -> None:
    """What a server does wrong is told in words and in one of the declared reasons."""
    found = look("http", url=f"{at}/{path}")
    assert said(found) == (Outcome.FAIL, reason)
    assert words in found.text


@pytest.mark.parametrize("path", ["hang", "drip"])
def test_a_server_that_takes_too_long_is_left(at: str, path: str) -> None:
    """The deadline bounds the whole, however the time goes by; the phase is told."""
    found = look("http", url=f"{at}/{path}", seconds=0.4)
    assert said(found) == (Outcome.FAIL, "timeout")
    assert found.duration_ms >= 399
    assert "first_byte" in found.phases


@pytest.mark.parametrize("path", ["until-closed", "chunked", "continued"])
def test_every_way_to_end_a_body_is_understood(at: str, path: str) -> None:
    """By length, in chunks, by closing, after a preliminary answer."""
    found = look("http", url=f"{at}/{path}", conditions=['body == "all of it"'])
    assert said(found) == (Outcome.OK, ""), found


@pytest.mark.parametrize("path", ["gzip", "deflate"])
def test_encodings_are_undone_for_conditions(at: str, path: str) -> None:
    """What conditions see is the document."""
    found = look("http", url=f"{at}/{path}", conditions=['$.status == "ok"'])
    assert said(found) == (Outcome.OK, ""), found


@pytest.mark.parametrize("path", ["large", "bomb"])
def test_a_body_too_large_matters_only_to_who_looks_at_it(at: str, path: str) -> None:
    """Beyond 1 MiB, also when it only grows to that, it is not read."""
    looked = look("http", url=f"{at}/{path}", conditions=['$.status == "ok"'])
    assert said(looked) == (Outcome.FAIL, "body_too_large")
    assert said(look("http", url=f"{at}/{path}")) == (Outcome.OK, "")


def test_the_evidence_is_an_excerpt_without_cookies(at: str) -> None:
    """At most so many bytes of the body, and headers but those that hold secrets."""
    found = look("http", url=f"{at}/broken")
    assert found.evidence["body"].startswith("it broke: xxx")
    assert len(found.evidence["body"]) == MOST_EVIDENCE_BYTES
    assert found.evidence["headers"]["content-length"] == "5010"
    found = look("http", url=at, conditions=["status == 204"])
    assert found.evidence["clause"] == "status == 204: found 200"
    assert "set-cookie" not in found.evidence["headers"]


def test_redirects_are_followed_and_told(at: str) -> None:
    """Where it ended is a fact; not following judges the redirect itself."""
    found = look("http", url=f"{at}/moved", conditions=["status == 200"])
    assert said(found) == (Outcome.OK, "")
    assert (found.facts["redirects"], found.facts["url"]) == (1, f"{at}/api/health")
    assert look("http", url=f"{at}/moved", follow=False, conditions=["status == 301"]).reason == ""


def test_secrets_do_not_follow_to_another_host(at: str, web: Web) -> None:
    """Neither a token nor a header of one's own, nor a body; to the first host they are sent."""
    settings: dict[str, Any] = {
        "token": "token-of-mine",
        "headers": ["Accept-Language: en"],
        "secret_headers": "X-Key: key-of-mine",
    }
    found = look("http", url=f"{at}/away", **settings)
    assert "token-of-mine" in web.seen[0]
    assert "key-of-mine" in web.seen[0]
    assert found.status == 500
    assert "accept-language: en" in found.evidence["body"].lower()
    assert "authorization" not in found.evidence["body"].lower()
    assert "x-key" not in found.evidence["body"].lower()
    posted = look("http", url=f"{at}/posted", method="POST", body="secret body")
    assert said(posted) == (Outcome.FAIL, "redirect")


def test_no_secret_is_in_a_result_even_if_the_server_says_it_again(at: str) -> None:
    """A server that echoes what it was sent does not put it on a page."""
    found = look(
        "http",
        url=f"{at}/echo",
        user="alice",
        password="correct horse",
        secret_headers="X-Key: key-of-mine\nX-Other: other-of-mine",
    )
    assert found.evidence["body"].count("[secret]") == 3
    assert "authorization: basic [secret]" in found.evidence["body"].lower()
    for secret in ("correct horse", "key-of-mine", "other-of-mine", "YWxpY2U6"):
        assert secret not in repr(found)


def test_a_request_is_what_was_filled_in(at: str, web: Web) -> None:
    """Method, headers and body reach the server."""
    look("http", url=f"{at}/ü?q=ä&r=1%202", method="POST", headers=["X-A: 1"], body="a\nb")
    assert web.seen[0].startswith("POST /%C3%BC?q=%C3%A4&r=1%202 HTTP/1.1\r\n")
    assert "\r\nX-A: 1\r\n" in web.seen[0]
    assert web.bodies[0] == b"a\nb"


@pytest.mark.parametrize(
    ("method", "length"), [("HEAD", None), ("POST", "13"), ("DELETE", None), ("PUT", "13")]
)
def test_every_method_ends(at: str, web: Web, method: str, length: str | None) -> None:
    """Also HEAD, whose answer names a length and has no body."""
    body = "text of\nlines" if length else ""
    found = look("http", url=at, method=method, body=body)
    assert said(found)[1] in ("", "status")
    assert web.bodies[0] == body.encode()


def test_what_is_not_public_is_not_talked_to(at: str) -> None:
    """Without the installation's word nothing inside is reached; it is no failure of a target."""
    probe = probes()["http"].prepare({"url": at})
    found = asyncio.run(probe(Around(seconds=2)))
    assert said(found) == (Outcome.UNKNOWN, "config_error")
    assert "not public" in found.text


def test_a_name_that_does_not_resolve_is_told() -> None:
    """The phase and the reason are those of names."""
    found = look("http", url="http://no-such-name.invalid/")
    assert said(found) == (Outcome.FAIL, "dns")


def test_nobody_listening_is_told(at: str) -> None:
    """A refused connection is the target's failure."""
    found = look("http", url="http://127.0.0.1:9/")
    assert said(found) == (Outcome.FAIL, "connect")
    assert "refuses" in found.text


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"url": "ftp://a.example/"}, "url"),
        ({"url": "https://alice:secret@a.example/"}, "url"),
        ({"url": ""}, "url"),
        ({"url": "https://a.example/a b"}, "url"),
        ({"url": "https://a..example/"}, "url"),
        ({"conditions": ["status = 200"]}, "conditions"),
        ({"degraded_if": ["time >"]}, "degraded_if"),
        ({"capture": ["sessions"]}, "capture"),
        ({"headers": ["X-A: a\u2028b"]}, "headers"),
        ({"headers": ["Content-Length: 3"]}, "headers"),
        ({"method": "BREW"}, "method"),
        ({"verify": "no"}, "verify"),
        ({"authorities": "no pem"}, "authorities"),
        ({"certificate": "x", "key": "y"}, "certificate"),
        ({"certificate": "x"}, "key"),
        ({"colour": "red"}, "colour"),
        ({"token": "a", "user": "b"}, "token"),
    ],
)
def test_what_cannot_be_used_is_refused_by_field(settings: dict[str, Any], field: str) -> None:
    """Words stand beside the field that is wrong."""
    with pytest.raises(BadSettings) as caught:
        probes()["http"].prepare({"url": "https://a.example/", **settings})
    assert list(caught.value.words) == [field]


def test_health_documents_are_read(at: str) -> None:
    """The documents of `/api/health` and `/api/health/ready`, with figures kept."""
    found = look("health", **probes()["health"].sample() | {"url": f"{at}/api/health"})
    assert (said(found), found.captured) == ((Outcome.OK, ""), {"sessions": 3.0})
    found = look("health", url=f"{at}/no-sessions", conditions=["$.sessions > 0"])
    assert said(found) == (Outcome.FAIL, "assertion")
    assert found.text == "$.sessions > 0: found 0"
    found = look("health", url=f"{at}/wrong-json")
    assert found.text == '$.status == "ok": the body is no JSON'
    found = look("health", url=f"{at}/broken")
    assert said(found) == (Outcome.FAIL, "status")


def test_degraded_is_told_from_down(at: str) -> None:
    """What says itself that it is degraded is; not where something else is wrong besides."""
    found = look("health", url=f"{at}/degraded")
    assert said(found) == (Outcome.DEGRADED, "degraded_if")
    found = look("health", url=f"{at}/degraded", degraded_if=['$["status"] == "degraded"'])
    assert said(found) == (Outcome.DEGRADED, "degraded_if")
    both = ['$.status == "ok"', '$.websocket == "connected"']
    found = look("health", url=f"{at}/degraded-and-cut-off", conditions=both)
    assert said(found) == (Outcome.FAIL, "assertion")
    assert "websocket" in found.text
    found = look("http", url=f"{at}/slow", degraded_if=["time > 200ms"])
    assert said(found) == (Outcome.DEGRADED, "degraded_if")
    found = look("http", url=f"{at}/broken", degraded_if=["time > 0ms"])
    assert said(found) == (Outcome.FAIL, "status")


def test_a_condition_that_is_wrong_is_no_failure_of_the_target(at: str) -> None:
    """Types that do not go together are the owner's to mend."""
    found = look("health", url=f"{at}/odd-types", conditions=["$.sessions >= 0"])
    assert said(found) == (Outcome.UNKNOWN, "config_error")
    assert "$.sessions >= 0" in found.text


def test_figures_that_are_not_there_are_told(at: str) -> None:
    """Nothing is kept in place of a figure that is missing."""
    found = look("health", url=f"{at}/api/health", capture=["queue = $.queue", "s = $.sessions"])
    assert (found.captured, found.facts["not_captured"]) == ({"s": 3.0}, ["queue"])


def test_readiness_is_ready_or_not(at: str) -> None:
    """503 is not ready; the grace after a deploy is passed on."""
    found = look("readiness", url=f"{at}/api/health/ready", conditions=['$.status == "ready"'])
    assert said(found) == (Outcome.OK, "")
    found = look("readiness", url=f"{at}/not-ready", grace_after_deploy=60)
    assert said(found) == (Outcome.FAIL, "not_ready")
    assert found.facts["grace_after_deploy"] == 60
    assert look("readiness", url="http://127.0.0.1:9/").reason == "connect"


@pytest.mark.parametrize(
    ("path", "outcome", "reason"),
    [
        ("v1/models", Outcome.OK, ""),
        ("unauthorized", Outcome.DEGRADED, "auth"),
        ("quota", Outcome.DEGRADED, "quota"),
        ("broken", Outcome.FAIL, "status"),
        ("hang", Outcome.FAIL, "timeout"),
    ],
)
def test_our_fault_is_told_from_theirs(at: str, path: str, outcome: Outcome, reason: str) -> None:
    """Credentials and quota are ours, errors and silence theirs."""
    assert said(look("third_party", url=f"{at}/{path}", seconds=0.5)) == (outcome, reason)


@pytest.mark.parametrize(
    ("indicator", "outcome"),
    [
        ("none", Outcome.OK),
        ("minor", Outcome.DEGRADED),
        ("major", Outcome.FAIL),
        ("critical", Outcome.FAIL),
        ("maintenance", Outcome.DEGRADED),
    ],
)
def test_their_status_page_is_read(at: str, web: Web, indicator: str, outcome: Outcome) -> None:
    """Each indicator of a Statuspage summary has its outcome; no secret is sent there."""
    web.indicator = indicator
    page = f"{at}/api/v2/summary.json"
    found = look("third_party", url=f"{at}/v1/models", statuspage=page, token="token-of-mine")
    assert said(found) == (outcome, "provider_incident" if outcome is not Outcome.OK else "")
    assert found.facts["indicator"] == indicator
    assert ["token-of-mine" in head for head in web.seen] == [True, False]


def test_the_facts_are_those_of_the_service(at: str, web: Web) -> None:
    """A status page that is looked at besides, or cannot be read, changes none of them."""
    page = f"{at.replace('127.0.0.1', 'localhost')}/broken"
    found = look("third_party", url=f"{at}/v1/models", statuspage=page)
    assert (said(found), found.status) == ((Outcome.OK, ""), 200)
    assert found.facts["address"] == "127.0.0.1"
    assert found.facts["statuspage"].startswith("not read")
    alone = look("third_party", statuspage=page)
    assert said(alone) == (Outcome.FAIL, "statuspage")
    assert said(look("third_party", statuspage=f"{at}/api/v2/summary.json")) == (Outcome.OK, "")


def test_a_thousand_checks_leave_no_socket_open() -> None:
    """Also those that fail, time out or are cancelled give back what they took."""
    paths = ("", "broken", "hang", "reset", "loop", "half", "large", "garbage")
    around = Around(seconds=0.4, allowed=LOOPBACK)

    async def main(port: int) -> int:
        made = [probes()["http"].prepare({"url": f"http://127.0.0.1:{port}/{p}"}) for p in paths]
        for _ in range(10):
            tasks = [asyncio.create_task(probe(around)) for probe in made for _ in range(13)]
            await asyncio.sleep(0.05)
            for task in tasks[::5]:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
        return open_sockets(port)

    with module("tests.probing.servers.web") as port:
        assert asyncio.run(main(port)) == 0
