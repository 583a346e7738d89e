"""The page of a replay without its player: what it tells, its moments, its frame, its end."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.web import samples
from tests.web.recorded import (
    change,
    crumb,
    document,
    element,
    move,
    send_replay,
    span,
    whole,
    words,
)
from tests.web.world import World
from vedette import clock
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership, Organization, Role
from vedette.storage.models import Removal

NAME = "b1" * 16
PAGE = f"/replays/shop/{NAME}/"
MARKUP = "<b>pay</b>"


@pytest.fixture
def replay(world: World) -> World:
    """A replay of two segments and a gap, with an error of an issue."""
    start = (clock.timestamp() - 3600) * 1000
    error = samples.CHECKOUT["event_id"][:-1] + "1"
    first = [
        *whole(start, document(element("h1", {}, words("Lamps")))),
        crumb(start + 500, "ui.click", MARKUP),
        span(
            start + 700, "resource.fetch", "https://shop.example/api", method="GET", statusCode=500
        ),
        change(start + 900),
    ]
    about = {
        "timestamp": start / 1000 + 65,
        "replay_start_timestamp": start / 1000,
        "error_ids": [error],
        "trace_ids": ["6a" * 16],
        "tags": {"plan": "gold"},
        "user": {"email": "eve@example.com"},
        "release": "shop@2.4.1",
        "environment": "staging",
    }
    parts = [(0, first), (2, [move(start + 65_000)])]
    send_replay(world, NAME, parts, **about)
    world.stage.work()
    return world


def test_a_replay_is_read_without_scripts(replay: World, alice: Client) -> None:
    """Who and where, how long, what was bad, and every moment in words; markup stays words."""
    text = alice.get(PAGE).content.decode()
    for words_ in ("eve@example.com", "staging", "shop@2.4.1", "1 min 5 s", "1 error", "plan"):
        assert words_ in text
    assert "1 failed request" in text
    assert "1 part of the recording did not arrive" in text
    assert "&lt;b&gt;pay&lt;/b&gt;" in text
    assert MARKUP not in text
    assert "GET · 500 · 40 ms" in text
    assert f'href="/issues/{replay.issues["checkout"].pk}/events/' in text
    assert f"/traces/{'6a' * 16}/" in text


def test_a_moment_is_given_in_the_address(replay: World, alice: Client) -> None:
    """Milliseconds since the beginning; anything else is refused in words."""
    assert 'at="1500"' in alice.get(f"{PAGE}?t=1500").content.decode()
    for odd in ("-1", "x", "²", "9" * 30):
        answer = alice.get(PAGE, {"t": odd})
        assert answer.status_code == 400
        assert "moment of the replay" in answer.content.decode()


def test_a_replay_is_deleted_after_a_question(replay: World, alice: Client) -> None:
    """What is lost is said first; then it is asked of the worker."""
    assert "1 min 5 s of recording" in alice.get(f"{PAGE}deletion/").content.decode()
    assert Removal.objects.count() == 0
    assert alice.post(f"{PAGE}deletion/").status_code == 302
    assert Removal.objects.get().replay_id == NAME


def test_a_replay_is_for_those_of_its_project(
    replay: World, bob: Client, charlie: Client, nobody: Client
) -> None:
    """A member of another project and somebody of another organisation find nothing."""
    assert bob.get(PAGE).status_code == 200
    other = Organization.objects.create(slug="other", name="Other")
    Membership.objects.create(organization=other, user=replay.charlie, role=Role.OWNER)
    member = Membership.objects.get(user=replay.bob)
    Membership.objects.filter(pk=member.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=member, project=replay.web)
    for client in (bob, charlie):
        for address in (PAGE, f"{PAGE}segments.json", f"{PAGE}segments/0/"):
            assert client.get(address).status_code == 404
        assert client.post(f"{PAGE}deletion/").status_code in (403, 404)
    assert Removal.objects.count() == 0
    answer = nobody.get(PAGE)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_the_frame_lets_nothing_in_or_out(world: World, alice: Client) -> None:
    """Scripts by a nonce that is new each time, nothing fetched, shown by the product alone."""
    answers = [alice.get("/replays/frame/") for _ in range(2)]
    policies = [answer["Content-Security-Policy"] for answer in answers]
    nonces = [re.findall(r"script-src 'nonce-([\w-]+)';", policy) for policy in policies]
    assert len({nonce for (nonce,) in nonces}) == 2
    for answer, policy, (nonce,) in zip(answers, policies, nonces, strict=True):
        parts = dict(part.split(" ", 1) for part in policy.split("; "))
        assert parts["default-src"] == "'none'"
        assert parts["img-src"] == parts["font-src"] == parts["frame-src"] == "data:"
        assert parts["frame-ancestors"] == "'self'"
        assert "top-navigation" not in parts["sandbox"]
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert re.findall(r"<script [^>]*>", answer.content.decode())[0].count(nonce) == 1
