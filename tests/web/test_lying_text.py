"""Text that looks like another one: marked on every page, given out as it is in JSON."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from tests.web import samples
from tests.web.test_people import membership
from tests.web.world import World, send_events
from vedette.accounts.models import User
from vedette.issues.models import Issue
from vedette.web.lying_text import plain_text

LYING = "a\u202eb\u200bc\u2066d\ufeffe\u00adf"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Grüße, 世界", "Grüße, 世界"),
        ("pay\u202egnp.exe", "pay⟦U+202E⟧gnp.exe"),
        ("ad\u200bmin", "ad⟦U+200B⟧min"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("a\u200db", "a⟦U+200D⟧b"),
        ("\u200d", "⟦U+200D⟧"),
        ("नी\u200dल", "नी\u200dल"),
        ("x\u2028y\U000e0041", "x⟦U+2028⟧y⟦U+E0041⟧"),
    ],
)
def test_what_would_not_be_seen_is_marked(text: str, shown: str) -> None:
    """And what scripts and emoji need is left alone."""
    assert plain_text(text) == shown


def test_an_event_cannot_hide_anything(world: World, alice: Client) -> None:
    """Not in its title, message, tags, variables or code, on the list or on its page."""
    frame = {
        "function": LYING,
        "filename": "app.py",
        "lineno": 3,
        "context_line": f"if admin: {LYING}",
        "in_app": True,
        "vars": {LYING: LYING},
    }
    payload = {
        **samples.MESSAGE,
        "event_id": "ab" * 16,
        "fingerprint": ["lying"],
        "message": LYING,
        "logentry": {"formatted": LYING},
        "tags": {"who": LYING},
        "user": {"username": LYING},
        "exception": {
            "values": [{"type": LYING, "value": LYING, "stacktrace": {"frames": [frame]}}]
        },
    }
    send_events(world.stage, world.shop, payload, events=1)
    world.stage.work()
    issue = Issue.objects.latest("pk")
    for address in ("/issues/", f"/issues/{issue.pk}/", f"/issues/{issue.pk}/events/"):
        page = alice.get(address).content.decode()
        assert not set(LYING) & set("\u202e\u200b\u2066\ufeff\u00ad") & set(page)
        assert "⟦U+202E⟧" in page
    assert "\u202e" in alice.get(f"/issues/{issue.pk}/events/latest/json/").content.decode()


def test_a_name_cannot_pose_as_another(world: World, alice: Client) -> None:
    """Among the members."""
    User.objects.filter(pk=world.bob.pk).update(name="Ali\u200bce")
    assert membership(world.bob)
    assert "<bdi>Ali⟦U+200B⟧ce</bdi>" in alice.get("/settings/members/").content.decode()


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_a_csv_is_a_formula(first: str, world: World, alice: Client) -> None:
    """Whatever a client reports as its reason."""
    world.stage.count(world.web, "client_discard", 7, reason=f"{first}cmd()")
    answer = alice.get("/outcomes/csv/")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert any("cmd()" in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in cells)
