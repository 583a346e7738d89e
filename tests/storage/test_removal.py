"""An issue, an event and a file that are deleted are gone, and stay so, whatever happens."""

from __future__ import annotations

import json
import os
import secrets
import time
from datetime import timedelta
from typing import Any

import pytest

from tests.storage.keeping import Keeping
from vedette import clock
from vedette.accounts.models import AuditEntry
from vedette.issues.models import Issue
from vedette.items._replays import RECORDING, REPLAYS
from vedette.loops import removals, retention
from vedette.storage import removing
from vedette.storage.asking import (
    Asker,
    remove_attachment,
    remove_event,
    remove_issue,
    remove_replay,
)
from vedette.storage.models import Removal
from vedette.wire.envelope import build_envelope

ALICE = Asker(who="alice@example.com", address="127.0.0.1", via="form")


def send(keeping: Keeping, kind: str, *files: bytes, event_id: str = "", **more: Any) -> str:
    """Spool an event with files and a report; returns its id."""
    event_id = event_id or secrets.token_hex(16)
    event = {
        "event_id": event_id,
        "exception": {"values": [{"type": kind, "value": "a lamp is out"}]},
        **more,
    }
    report = {"event_id": event_id, "comments": "It broke.", "email": "eve@example.com"}
    items: list[tuple[dict[str, object], bytes]] = [
        ({"type": "event"}, json.dumps(event).encode()),
        ({"type": "user_report"}, json.dumps(report).encode()),
    ]
    items += [({"type": "attachment", "filename": "a.bin"}, data) for data in files]
    keeping.spool(build_envelope({"event_id": event_id}, items), project=keeping.shop.pk)
    return event_id


def rows(keeping: Keeping) -> dict[str, int]:
    return {
        name: len(keeping.rows(name, "event_id")) for name in ("errors", "attachments", "feedback")
    }


def bytes_left(keeping: Keeping) -> set[bytes]:
    for path in (keeping.folder / "blobs").glob("??/*"):
        os.utime(path, (time.time() - 3600,) * 2)
    retention.run(keeping.house)
    return {path.read_bytes() for path in (keeping.folder / "blobs").glob("??/*")}


def test_an_issue_goes_with_all_that_was_reported_of_it(keeping: Keeping) -> None:
    """Events, files, reports and bytes; the other issue keeps its own, and the log tells who."""
    for number in range(3):
        send(keeping, "LampError", b"only theirs", b"of both")
        send(keeping, "DoorError", b"of both", f"of door {number}".encode())
    keeping.work()
    remove_issue(Issue.objects.get(type="LampError"), ALICE)
    assert [issue.type for issue in Issue.objects.all()] == ["DoorError"]
    removals.run(keeping.house)
    assert rows(keeping) == {"errors": 3, "attachments": 6, "feedback": 3}
    assert bytes_left(keeping) == {b"of both", b"of door 0", b"of door 1", b"of door 2"}
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.via) == ("alice@example.com", "form")
    assert "shop: issue SHOP-" in entry.what


def test_what_is_reported_later_makes_a_new_issue(keeping: Keeping) -> None:
    """And what was received before, but waited, goes with the old one."""
    send(keeping, "LampError")
    keeping.work()
    old = Issue.objects.get()
    send(keeping, "LampError")  # received, not digested yet
    remove_issue(old, ALICE)
    removals.run(keeping.house)
    keeping.work()
    assert Issue.objects.get().event_count == 1
    look_again(keeping)
    assert not Issue.objects.exists()
    assert rows(keeping)["errors"] == 0
    send(keeping, "LampError")
    keeping.work()
    look_again(keeping)
    assert Issue.objects.get().pk != old.pk
    assert Issue.objects.get().event_count == 1
    assert rows(keeping)["errors"] == 1


def test_what_is_deleted_stays_so_after_a_kill(keeping: Keeping) -> None:
    """The spool is read again, and brings nothing back."""
    gone = send(keeping, "LampError", b"a file")
    kept = send(keeping, "DoorError")
    keeping.work()
    remove_event(keeping.shop, gone, ALICE)
    removals.run(keeping.house)
    keeping.restart()
    keeping.work()
    assert keeping.ids() == [kept]
    assert rows(keeping)["attachments"] == 0
    send(keeping, "LampError", event_id=gone)  # a client that sends the same again
    keeping.work()
    assert keeping.ids() == [kept]


def test_an_event_that_goes_is_not_counted_any_more(keeping: Keeping) -> None:
    """Once, also if the process was killed between; with the last event the issue goes."""
    ids = [send(keeping, "LampError", b"a file") for _ in range(3)]
    keeping.work()
    remove_event(keeping.shop, ids[0], ALICE)
    group = keeping.rows("errors", "group_id")[0]["group_id"]
    Removal.objects.update(counted={str(group): 1})  # a kill before the counts were corrected
    removals.run(keeping.house)
    look_again(keeping)
    assert Issue.objects.get().event_count == 2
    assert sorted(keeping.ids()) == sorted(ids[1:])
    for event_id in ids[1:]:
        remove_event(keeping.shop, event_id, ALICE)
    removals.run(keeping.house)
    assert not Issue.objects.exists()
    assert rows(keeping) == {"errors": 0, "attachments": 0, "feedback": 0}


def test_a_file_goes_alone(keeping: Keeping) -> None:
    """Its event and the other files stay; bytes that another event names stay as well."""
    send(keeping, "LampError", b"one", b"two")
    send(keeping, "DoorError", b"one")
    keeping.work()
    held = keeping.rows("attachments", "attachment_id", "size_bytes", "event_id")
    first = held[0]
    remove_attachment(keeping.shop, first["attachment_id"], "a.bin", ALICE)
    removals.run(keeping.house)
    assert rows(keeping) == {"errors": 2, "attachments": 2, "feedback": 2}
    assert b"one" in bytes_left(keeping) or b"two" in bytes_left(keeping)


def test_a_replay_goes_with_what_was_recorded(keeping: Keeping) -> None:
    """All its rows; another replay stays."""
    names = [secrets.token_hex(16), secrets.token_hex(16)]
    for name in names:
        about = json.dumps({"replay_id": name, "segment_id": 0}).encode()
        recording = b'{"segment_id":0}\n[{"type":3}]'
        items: list[tuple[dict[str, object], bytes]] = [
            ({"type": "replay_event"}, about),
            ({"type": "replay_recording"}, recording),
        ]
        keeping.spool(build_envelope({"event_id": name}, items), project=keeping.shop.pk)
    keeping.work()
    remove_replay(keeping.shop, names[0], ALICE)
    removals.run(keeping.house)
    left = [row["replay_id"] for row in keeping.rows("replays", "replay_id")]
    assert left == [names[1], names[1]]


def test_a_replay_that_is_still_recorded_stays_deleted(keeping: Keeping) -> None:
    """Whoever deletes it while somebody is on the page: what comes of it later goes as well."""
    name = secrets.token_hex(16)
    remove_replay(keeping.shop, name, ALICE)
    removals.run(keeping.house)
    clock.turn(1200)
    removals.run(keeping.house)
    keeping.put(REPLAYS, keeping.shop, days_ago=0, part=RECORDING, replay_id=name, segment_id=9)
    clock.turn(1800)
    removals.run(keeping.house)
    assert keeping.rows("replays", "replay_id") == []
    clock.turn(3 * 3600)
    removals.run(keeping.house)
    assert Removal.objects.get().is_done
    clock.turn(0)


def test_a_removal_ends_when_nothing_can_come_late(keeping: Keeping) -> None:
    """Not while something that was received before still waits."""
    event_id = send(keeping, "LampError")
    keeping.work()
    remove_event(keeping.shop, event_id, ALICE)
    removals.run(keeping.house)
    assert not Removal.objects.get().is_done
    clock.turn(120)
    removals.run(keeping.house)
    assert Removal.objects.get().is_done
    clock.turn(0)


def look_again(keeping: Keeping) -> None:
    """As if the next look were due."""
    long_ago = clock.now() - timedelta(seconds=60)
    Removal.objects.update(looked_at=long_ago)
    removals.run(keeping.house)


def test_many_go_without_waiting_for_those_that_went(keeping: Keeping) -> None:
    """What was looked at a moment ago does not keep the rest from its turn."""
    for number in range(removing._MOST_AT_ONCE + 5):
        remove_event(keeping.shop, f"{number:032x}", ALICE)
    removals.run(keeping.house)
    removals.run(keeping.house)
    assert not Removal.objects.filter(looked_at=None).exists()


def test_a_kill_after_the_counts_counts_nothing_twice(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An issue that was corrected is not corrected again."""
    found = [send(keeping, "LampError") for _ in range(5)]
    keeping.work()
    remove_event(keeping.shop, found[0], ALICE)
    correct = removing.correct

    def killed(*arguments: Any) -> None:
        correct(*arguments)
        raise SystemExit  # the next effect never comes

    with monkeypatch.context() as patch:
        patch.setattr(removing, "correct", killed)
        with pytest.raises(SystemExit):
            removals.run(keeping.house)
    removals.run(keeping.house)
    assert Issue.objects.get().event_count == 4
