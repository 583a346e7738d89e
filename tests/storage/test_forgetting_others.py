"""Forgetting one person takes nothing of anybody else, and finds what is written otherwise."""

from __future__ import annotations

import argparse
import gzip
import json
import secrets
import zlib
from typing import Any

import pytest

from tests.storage.keeping import Keeping
from tests.storage.test_forgetting import EVE, send, turn, write
from vedette import clock
from vedette.accounts.models import Organization
from vedette.commands import forget as command
from vedette.issues.models import Issue
from vedette.loops import removals
from vedette.projects.models import Project
from vedette.spool.meta import Meta, encode_meta
from vedette.spool.segment import Record
from vedette.storage import removing
from vedette.storage.forgetting import ask_to_forget, confirm
from vedette.storage.models import Forgetting
from vedette.wire.envelope import build_envelope


def forget(keeping: Keeping, kind: str, value: str) -> Forgetting:
    """From the question to the receipt."""
    one = ask_to_forget(keeping.organization, kind, value, by="alice@example.com")
    removals.run(keeping.house)
    confirm(turn(one))
    removals.run(keeping.house)
    clock.turn(120)
    removals.run(keeping.house)
    clock.turn(0)
    return turn(one)


def put_letter(
    keeping: Keeping, project: int, writer: str, user: dict[str, str], **more: Any
) -> None:
    """A record that could not be digested."""
    body = json.dumps({"user": user}).encode()
    if more.get("encoding") == "gzip":
        body = gzip.compress(body)
    meta = encode_meta(Meta(project, 1.0, **more))
    keeping.dead.put(writer, Record(0, 10 + len(meta) + len(body), meta, body), ValueError("bad"))


def feedback(keeping: Keeping, text: str) -> None:
    """An item that is only kept, with some words in its body."""
    body = {"contexts": {"feedback": {"message": text}}}
    write(keeping, secrets.token_hex(16), [({"type": "log"}, body)], keeping.shop.pk)


def kept(keeping: Keeping) -> int:
    """How many items that are only kept there are."""
    return len(keeping.rows("kept_items", "position"))


def test_dead_letters_of_another_organisation_stay(keeping: Keeping) -> None:
    """Nor are they counted: what one organisation forgets is no affair of the others."""
    other = Organization.objects.create(name="Other", slug="other")
    theirs = Project.objects.create(organization=other, name="x", slug="x")
    put_letter(keeping, keeping.shop.pk, "a", EVE)
    put_letter(keeping, theirs.pk, "b", EVE)
    one = forget(keeping, "email", "eve@example.com")
    assert one.removed == {"dead letters": 1}
    assert [path.name[:1] for path, _ in keeping.dead.records()] == ["b"]


def test_dead_letters_are_read_as_they_were_meant(keeping: Keeping) -> None:
    """Packed ones as well, and those that came from the person's address."""
    put_letter(keeping, keeping.shop.pk, "a", EVE, encoding="gzip")
    assert forget(keeping, "email", "eve@example.com").removed == {"dead letters": 1}
    put_letter(keeping, keeping.shop.pk, "b", {}, remote_address="203.0.113.7")
    assert forget(keeping, "ip", "203.0.113.7").removed == {"dead letters": 1}


@pytest.mark.parametrize(
    ("kind", "value", "theirs", "others"),
    [
        ("email", "anna@example.com", "anna@example.com wrote", "joanna@example.com wrote"),
        ("email", "anna@example.com", "by\nanna@example.com.", "anna@example.com.au"),
        ("email", "josé@example.com", "JOSÉ@example.com", "jos@example.com"),
        ("id", "4711", "user 4711 is here", "an id of 147110"),
        ("id", "4711", '{"id":"4711"}', "at 1700.4711 seconds"),
        ("ip", "10.1.1.1", "from 10.1.1.1:80", "from 10.1.1.12 and 110.1.1.1"),
    ],
)
def test_whole_words_name_a_person(
    keeping: Keeping, kind: str, value: str, theirs: str, others: str
) -> None:
    """A longer word that holds the name is somebody else, and JSON's escapes are no letters."""
    feedback(keeping, theirs)
    feedback(keeping, others)
    keeping.work()
    assert kept(keeping) == 2
    assert forget(keeping, kind, value).removed == {"kept items": 1}
    assert kept(keeping) == 1


def replays(keeping: Keeping) -> int:
    """How many rows there are of segments of replays."""
    return len(keeping.rows("replays", "position"))


def test_a_recording_goes_with_its_replay(keeping: Keeping) -> None:
    """It shows what the person did, and need not say who that was; the others' stay."""
    for user in (EVE, {**EVE, "email": "bob@example.com"}):
        name = secrets.token_hex(16)
        recording = b'{"segment_id":0}\n' + zlib.compress(b'[{"type":3}]')
        about = {"replay_id": name, "segment_id": 0, "user": {"email": user["email"]}}
        found = [
            ({"type": "replay_event"}, json.dumps(about).encode()),
            ({"type": "replay_recording"}, recording),
        ]
        keeping.spool(build_envelope({"event_id": name}, found), project=keeping.shop.pk)
    keeping.work()
    assert replays(keeping) == 4
    assert forget(keeping, "email", "eve@example.com").removed == {"replays": 2}
    assert replays(keeping) == 2


def test_what_was_recorded_names_a_person_too(keeping: Keeping) -> None:
    """What stood on the page of somebody without a name; another's recording stays."""
    for text in ("eve-77 is here", "eve-778 is here"):
        body = b'{"segment_id":0}\n' + zlib.compress(b'[{"type":3,"text":"%b"}]' % text.encode())
        found = [({"type": "replay_recording"}, body)]
        name = secrets.token_hex(16)
        keeping.spool(build_envelope({"event_id": name}, found), project=keeping.shop.pk)
    keeping.work()
    assert forget(keeping, "id", "eve-77").removed == {"replays": 1}
    assert replays(keeping) == 1


def test_counts_of_issues_are_right_after_a_kill(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is killed when the events have gone takes them out of the issue's count later."""
    send(keeping, EVE)
    send(keeping, {**EVE, "id": "bob-12"})
    keeping.work()
    assert Issue.objects.get().event_count == 2
    one = ask_to_forget(keeping.organization, "id", "eve-77", by="alice@example.com")
    removals.run(keeping.house)
    confirm(one)
    with monkeypatch.context() as patch:
        patch.setattr(removing, "correct", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            removals.run(keeping.house)
    keeping.restart()
    keeping.work()
    removals.run(keeping.house)
    assert len(keeping.rows("errors", "position")) == 1
    assert Issue.objects.get().event_count == 1


@pytest.mark.parametrize("value", ["", "  "])
def test_nobody_is_known_by_nothing(
    keeping: Keeping, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    """The command says so, and looks for nobody: an empty address is that of many rows."""
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    assert command.run(keeping.config, parser.parse_args(["--ip", value])) == 1
    assert "nobody is known by nothing" in capsys.readouterr().err
    assert not Forgetting.objects.exists()
