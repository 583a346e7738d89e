"""What is stored is scrubbed by the present rules: found and counted, then changed, for good."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.pipe import event
from tests.storage.keeping import Keeping
from vedette.accounts.models import AuditEntry
from vedette.issues.models import Issue
from vedette.pipeline.payload import PayloadCodec
from vedette.pipeline.scrub import decode_remarks
from vedette.storage import rescrubbing
from vedette.storage.models import Rescrub
from vedette.storage.row_scrub import STORED
from vedette.store.errors import StoreError
from vedette.wire.envelope import build_envelope

SECRET = "order-4711"
RULES = ["filter /order-[0-9]+/"]
State = Rescrub.State


def transaction() -> bytes:
    """One with the word in its name, an attribute and its body."""
    now = time.time()
    payload = {
        "type": "transaction",
        "transaction": f"GET /{SECRET}",
        "start_timestamp": now - 0.2,
        "timestamp": now,
        "contexts": {
            "trace": {"trace_id": uuid.uuid4().hex, "span_id": "1a" * 8, "data": {"o": SECRET}}
        },
        "extra": {"note": SECRET},
    }
    item = ({"type": "transaction"}, json.dumps(payload).encode())
    return build_envelope({"event_id": uuid.uuid4().hex}, [item])


def replay() -> bytes:
    """A segment with the word in an address of its page, a tag and its recording."""
    name = uuid.uuid4().hex
    about = {
        "replay_id": name,
        "segment_id": 0,
        "urls": [f"https://shop.example/{SECRET}"],
        "tags": {"order": SECRET},
    }
    events = [{"type": 3, "timestamp": time.time() * 1000, "data": {"text": SECRET}}]
    recording = b'{"segment_id":0}\n' + json.dumps(events).encode()
    items = [
        ({"type": "replay_event"}, json.dumps(about).encode()),
        ({"type": "replay_recording"}, recording),
    ]
    return build_envelope({"event_id": name}, items)


def fill(keeping: Keeping) -> None:
    """Errors, small and large, a trace, a report, a replay, a kept item; one of another."""
    shop = keeping.shop.pk
    large = {f"n{at}": uuid.uuid4().hex for at in range(2000)}
    keeping.spool(
        event(message=f"{SECRET} fell", extra={"note": SECRET, "password": "x"}),
        event(message="all is well", tags={"order": SECRET}, user={"id": SECRET}),
        event(message=f"{SECRET} is large", extra=large),
        event(message="nothing here"),
        transaction(),
        build_envelope(
            {"event_id": uuid.uuid4().hex},
            [({"type": "user_report"}, json.dumps({"name": "Ann", "comments": SECRET}).encode())],
        ),
        replay(),
        build_envelope({}, [({"type": "nobody_knows"}, json.dumps({"note": SECRET}).encode())]),
        project=shop,
    )
    keeping.spool(event(message=f"{SECRET} fell"), project=keeping.bank.pk)
    keeping.work()
    keeping.store.checkpoint()


def bodies(keeping: Keeping) -> list[dict[str, Any]]:
    """The payloads of all stored errors of the shop."""
    found = []
    for row in keeping.rows("errors", "project_id", "body", "body_blob"):
        held = row["body"] or keeping.house.blobs.get(row["body_blob"] or "")
        if row["project_id"] == keeping.shop.pk:
            found.append(json.loads(PayloadCodec().restore(held or b"")))
    return found


def look(keeping: Keeping) -> Rescrub:
    """Ask, and let the worker look."""
    one = rescrubbing.ask(keeping.shop, by="alice")
    rescrubbing.work(keeping.house)
    one.refresh_from_db()
    return one


def remove(keeping: Keeping, one: Rescrub) -> None:
    """Confirm, and let the worker do it."""
    assert rescrubbing.confirm(one, by="alice")
    assert not rescrubbing.confirm(one, by="alice")
    rescrubbing.work(keeping.house)
    one.refresh_from_db()


def test_what_present_rules_would_remove_is_found_and_nothing_changed(keeping: Keeping) -> None:
    """By rule and kind of data, of that project alone."""
    fill(keeping)
    keeping.choose("scrubbing", project=keeping.shop, rules=RULES)
    one = look(keeping)
    assert one.state == State.FOUND
    assert one.rows == {
        "errors": 3,
        "spans": 1,
        "feedback": 1,
        "replays": 2,
        "kept_items": 1,
        "issues": 2,
    }
    assert list(one.found) == RULES
    assert sum(SECRET in json.dumps(body) for body in bodies(keeping)) == 3


def test_what_was_found_is_changed_everywhere(keeping: Keeping, tmp_path: Path) -> None:
    """In columns, bodies, blobs and issues, and no file of the store holds it any more."""
    fill(keeping)
    keeping.choose("scrubbing", project=keeping.shop, rules=RULES)
    keeping.choose("scrubbing", project=keeping.bank, rules=RULES)
    remove(keeping, look(keeping))
    other = rescrubbing.ask(keeping.bank, by="alice")
    rescrubbing.work(keeping.house)
    remove(keeping, other)
    assert SECRET not in json.dumps(bodies(keeping))
    for stored in STORED:
        names = [column.name for column in stored.table.columns if "body" not in column.name]
        told = str(keeping.rows(stored.table.name, *names))
        assert SECRET not in told
        assert "[Filtered]" in told or stored.table.name in ("kept_items", "user_reports")
    texts = [text for pair in Issue.objects.values_list("value", "culprit") for text in pair]
    assert not any(SECRET in text for text in texts)
    keeping.store.checkpoint()
    for path in (keeping.folder / "store").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()


def test_the_log_of_an_event_says_what_was_done_when_it_came_and_later(keeping: Keeping) -> None:
    """Each remark stands where its value is."""
    fill(keeping)
    keeping.choose("scrubbing", project=keeping.shop, rules=RULES)
    remove(keeping, look(keeping))
    said = []
    for row in keeping.rows("errors", "message", "remarks", "body"):
        if row["remarks"] and row["body"]:
            payload = PayloadCodec().restore(row["body"])
            said += [
                (payload[one.start : one.end].decode(), one.rule)
                for one in decode_remarks(row["remarks"])
            ]
    assert ('"[Filtered]"', "@password:filter") in said
    assert ('"[Filtered] fell"', RULES[0]) in said


def test_it_is_done_once_and_told(keeping: Keeping) -> None:
    """A second look finds nothing; the log of changes says who did what."""
    fill(keeping)
    keeping.choose("scrubbing", project=keeping.shop, rules=RULES)
    remove(keeping, look(keeping))
    entry = AuditEntry.objects.latest("pk")
    assert (entry.who, entry.after["errors"]) == ("alice", 3)
    again = look(keeping)
    assert (again.state, again.rows) == (State.DONE, {})


def test_what_is_killed_goes_on(keeping: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the portion at which it was; what was changed already is not counted again."""
    fill(keeping)
    monkeypatch.setattr(rescrubbing, "_PORTION", 2)
    keeping.choose("scrubbing", project=keeping.shop, rules=RULES)
    one = look(keeping)
    assert one.rows["errors"] == 3
    rescrubbing.confirm(one, by="alice")
    replace = keeping.store.replace
    calls = []

    def failing(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise StoreError("killed")
        replace(*arguments)

    monkeypatch.setattr(keeping.store, "replace", failing)
    with pytest.raises(StoreError):
        rescrubbing.work(keeping.house)
    rescrubbing.work(keeping.house)
    one.refresh_from_db()
    assert one.state == State.DONE
    assert one.rows["errors"] == 3
    assert SECRET not in json.dumps(bodies(keeping))


def test_many_rows_of_one_moment_are_all_read(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are."""
    monkeypatch.setattr(rescrubbing, "_PORTION", 2)
    now = int(time.time() * 1e6)
    for _ in range(5):
        keeping.put(STORED[2].table, keeping.shop, days_ago=0, comments=SECRET, timestamp=now)
    keeping.choose("scrubbing", project=keeping.shop, rules=RULES)
    assert look(keeping).rows == {"user_reports": 5}


def test_a_new_look_takes_the_place_of_the_last(keeping: Keeping) -> None:
    """But not of one that is being removed."""
    first = rescrubbing.ask(keeping.shop, by="alice")
    second = rescrubbing.ask(keeping.shop, by="bob")
    assert not Rescrub.objects.filter(pk=first.pk).exists()
    Rescrub.objects.filter(pk=second.pk).update(state=State.REMOVING)
    assert rescrubbing.ask(keeping.shop, by="alice").pk == second.pk
