"""Everything about one person is found across all kinds, removed, and receipted."""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest

from tests.storage.keeping import Keeping
from tests.storage.test_removal import bytes_left
from vedette import clock, items
from vedette.accounts.models import AuditEntry, Organization
from vedette.issues.models import Issue
from vedette.items import IDENTITIES
from vedette.items._persons import rows_of_person
from vedette.items.session import SESSIONS
from vedette.loops import removals
from vedette.projects.models import Project
from vedette.spool.meta import Meta, encode_meta
from vedette.spool.segment import Record
from vedette.storage.forgetting import ask_to_forget, confirm, is_digest_of, receipt
from vedette.storage.models import Forgetting
from vedette.wire.envelope import build_envelope

EVE = {"id": "eve-77", "email": "Eve@Example.com", "username": "eve", "ip_address": "203.0.113.7"}
BOB = {"id": "bob-12", "email": "bob@example.com", "username": "bob", "ip_address": "203.0.113.8"}
VALUES = {"id": "eve-77", "email": "eve@example.com", "username": "eve", "ip": "203.0.113.7"}
TABLES = ("errors", "spans", "sessions", "attachments", "feedback", "kept_items")


def send(keeping: Keeping, user: dict[str, str], kind: str = "LampError") -> None:
    """All that an application reports of one person."""
    event_id, project = secrets.token_hex(16), keeping.shop.pk
    event: dict[str, Any] = {
        "event_id": event_id,
        "user": user,
        "exception": {"values": [{"type": kind, "value": "out"}]},
    }
    report = {"event_id": event_id, "email": user["email"], "name": user["username"],
              "comments": "It broke."}  # fmt: skip
    feedback = {"contexts": {"feedback": {"message": "x", "contact_email": user["email"]}}}
    session = {"sid": secrets.token_hex(16), "did": user["id"], "status": "ok", "init": True,
               "started": clock.now().isoformat(), "attrs": {"release": "a@1"}}  # fmt: skip
    parts: list[tuple[dict[str, object], object]] = [
        ({"type": "event"}, event),
        ({"type": "user_report"}, report),
        ({"type": "session"}, session),
        ({"type": "attachment", "filename": "a.txt"}, f"a file of {user['id']}"),
    ]
    write(keeping, event_id, parts, project)
    write(keeping, secrets.token_hex(16), [({"type": "log"}, feedback)], project)
    trace = {"trace_id": secrets.token_hex(16), "span_id": secrets.token_hex(8)}
    now = clock.timestamp()
    transaction = {"event_id": secrets.token_hex(16), "type": "transaction", "transaction": "GET /",
                   "user": user, "contexts": {"trace": trace}, "spans": [],
                   "start_timestamp": now - 1, "timestamp": now}  # fmt: skip
    write(keeping, str(transaction["event_id"]), [({"type": "transaction"}, transaction)], project)


def write(
    keeping: Keeping, event_id: str, parts: list[tuple[dict[str, object], object]], project: int
) -> None:
    """Spool an envelope."""
    found = [
        (header, body.encode() if isinstance(body, str) else json.dumps(body).encode())
        for header, body in parts
    ]
    keeping.spool(build_envelope({"event_id": event_id}, found), project=project)


def counts(keeping: Keeping) -> dict[str, int]:
    return {name: len(keeping.rows(name, "position")) for name in TABLES}


def turn(one: Forgetting) -> Forgetting:
    one.refresh_from_db()
    return one


def forget(keeping: Keeping, kind: str) -> Forgetting:
    """From the question to the receipt."""
    one = ask_to_forget(keeping.organization, kind, VALUES[kind], by="alice@example.com")
    removals.run(keeping.house)
    assert turn(one).state == "found"
    assert confirm(one)
    removals.run(keeping.house)
    assert turn(one).state == "removing"
    clock.turn(120)
    removals.run(keeping.house)
    clock.turn(0)
    return turn(one)


def test_all_of_a_person_goes_and_nobody_elses(keeping: Keeping) -> None:
    """By the id: rows of every table, files with their bytes, and what was sent beside."""
    send(keeping, EVE)
    send(keeping, BOB)
    keeping.work()
    assert set(counts(keeping).values()) == {2}
    one = forget(keeping, "id")
    left = counts(keeping)
    assert left == dict.fromkeys(TABLES, 1) | {"kept_items": 2}  # a mail address is no id
    assert one.removed == dict.fromkeys(
        ("events", "spans", "sessions", "attachments", "feedback"), 1
    )
    assert bytes_left(keeping) == {b"a file of bob-12"}
    assert Issue.objects.get().event_count == 1


@pytest.mark.parametrize("kind", ["email", "username", "ip"])
def test_a_person_is_found_by_whatever_is_known(keeping: Keeping, kind: str) -> None:
    """Mail addresses in whatever case, also in bodies that no column tells of."""
    send(keeping, EVE)
    send(keeping, BOB, "DoorError")
    keeping.work()
    one = forget(keeping, kind)
    assert counts(keeping)["errors"] == counts(keeping)["spans"] == 1
    assert counts(keeping)["feedback"] == counts(keeping)["attachments"] == 1
    assert counts(keeping)["kept_items"] == (1 if kind == "email" else 2)
    assert one.removed["events"] == 1
    assert [issue.type for issue in Issue.objects.all()] == ["DoorError"]


def test_an_issue_says_nothing_of_who_was_forgotten(keeping: Keeping) -> None:
    """Its title is that of the newest event that is left, also where the person's was newer;
    a longer name that holds theirs stays."""
    values = ("out for steve@example.com.", "out for Eve@Example.com")
    for number, (user, value) in enumerate(zip((BOB, EVE), values, strict=True)):
        event_id = secrets.token_hex(16)
        event = {
            "event_id": event_id,
            "timestamp": clock.timestamp() - 60 + number,
            "user": user,
            "exception": {"values": [{"type": "LampError", "value": value}]},
            "fingerprint": ["lamp"],
        }
        write(keeping, event_id, [({"type": "event"}, event)], keeping.shop.pk)
        keeping.work()
    assert Issue.objects.get().value == values[1]
    forget(keeping, "email")
    issue = Issue.objects.get()
    assert (issue.value, issue.event_count) == (values[0], 1)


def test_nothing_goes_before_it_is_confirmed(keeping: Keeping) -> None:
    """What would go is told first, and other organisations are left alone."""
    send(keeping, EVE)
    keeping.work()
    before = counts(keeping)
    other = Organization.objects.create(name="Bank", slug="other")
    Project.objects.create(organization=other, name="b", slug="b")
    for organization in (keeping.organization, other):
        ask_to_forget(organization, "id", "eve-77", by="alice@example.com")
    removals.run(keeping.house)
    removals.run(keeping.house)
    assert counts(keeping) == before
    mine, theirs = Forgetting.objects.order_by("pk")
    assert mine.found["events"] == 1
    assert theirs.found == {}


def test_it_goes_on_after_a_kill(keeping: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the receipt tells all that went, also before."""
    send(keeping, EVE)
    send(keeping, BOB)
    keeping.work()
    one = ask_to_forget(keeping.organization, "id", "eve-77", by="alice@example.com")
    removals.run(keeping.house)
    confirm(one)
    calls = []
    delete = keeping.store.delete

    def killed(*arguments: Any) -> int:
        calls.append(arguments)
        if len(calls) == 3:
            raise SystemExit
        return delete(*arguments)

    monkeypatch.setattr(keeping.store, "delete", killed)
    with pytest.raises(SystemExit):
        removals.run(keeping.house)
    keeping.restart()
    keeping.work()
    removals.run(keeping.house)
    clock.turn(120)
    removals.run(keeping.house)
    clock.turn(0)
    assert turn(one).state == "done"
    assert one.removed["events"] == one.removed["attachments"] == one.removed["sessions"] == 1
    assert counts(keeping)["errors"] == 1


def test_what_waited_in_the_spool_goes_too(keeping: Keeping) -> None:
    """It was received before, and is digested while the person is being forgotten."""
    send(keeping, EVE)
    keeping.work()
    one = ask_to_forget(keeping.organization, "id", "eve-77", by="alice@example.com")
    removals.run(keeping.house)
    send(keeping, EVE)
    confirm(one)
    removals.run(keeping.house)
    keeping.work()
    assert counts(keeping)["errors"] == 1
    clock.turn(120)
    removals.run(keeping.house)
    assert turn(one).state == "removing"
    clock.turn(240)
    removals.run(keeping.house)
    clock.turn(0)
    assert turn(one).state == "done"
    assert counts(keeping)["errors"] == 0
    assert one.removed["events"] == 2


def test_the_receipt_proves_and_tells_nothing_else(keeping: Keeping) -> None:
    """Counts, time and who asked; the person only by a digest, also in the log and database."""
    send(keeping, EVE)
    keeping.work()
    one = forget(keeping, "email")
    assert str(one.identity) == ""
    told = receipt(one)
    entry = AuditEntry.objects.get()
    assert entry.who == told["asked_by"] == "alice@example.com"
    assert entry.after["events"] == told["removed"]["events"] == 1
    assert is_digest_of(told["digest"], "email", "eve@example.com")
    assert not is_digest_of(told["digest"], "email", "bob@example.com")
    held = json.dumps(
        [told, entry.after, entry.what, Forgetting.objects.values().get()], default=str
    )
    assert "eve@" not in held.lower()


def test_dead_letters_go(keeping: Keeping) -> None:
    """What could not be digested names people as well."""
    for user in (EVE, BOB):
        body = json.dumps({"user": user}).encode()
        record = Record(
            0, 10 + len(user["id"]) + len(body), encode_meta(Meta(keeping.shop.pk, 1.0)), body
        )
        keeping.dead.put(user["username"], record, ValueError("bad"))
    one = forget(keeping, "email")
    assert one.removed == {"dead letters": 1}
    assert [held.body for _, held in keeping.dead.records()] == [json.dumps({"user": BOB}).encode()]


def test_every_column_that_names_people_is_declared() -> None:
    """A new kind that names people is found with the others."""
    named = {"user_id", "user_email", "user_username", "user_ip", "email", "remote_address"}
    known = {
        table.name for identity in IDENTITIES for table, _ in rows_of_person(identity, "someone")
    }
    for table in items.tables():
        if named & {column.name for column in table.columns}:
            assert table.name in known, f"{table.name} names people and does not say where"
    assert SESSIONS.name in known
