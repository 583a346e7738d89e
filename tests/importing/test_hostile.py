"""What other products and files may say that is odd, endless or hostile, and what was before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.importing import others
from tests.importing.test_sources import api, read, reading
from vedette.accounts.models import Organization
from vedette.imports._client import Client
from vedette.imports._events import EventWriter
from vedette.imports._records import ImportFailed
from vedette.imports._taking import Taker
from vedette.outgoing.fetcher import Answer, Fetcher, Request
from vedette.projects.models import Project, ProjectKey


def test_what_was_removed_here_is_taken_anew(rollback: None, tmp_path: Path) -> None:
    """A project that is gone comes back with its issues and events, and so it does in another
    organisation: what was noted of the first import is not about them."""
    other = Organization.objects.create(slug="other", name="Other")
    with others.serving() as (base, _):

        def take(into: Organization | None) -> tuple[int, int]:
            name = into.slug if into else None
            words = api("glitchtip-api", base)
            records = reading("glitchtip-api", words, tmp_path, organization=name)
            with Unasked(tmp_path / "spool") as events:
                taken = Taker(into, events).take(records, source="glitchtip-api")
            return taken.made["issues"], taken.made["events"]

        assert take(None) == (1, 4)
        assert take(None) == (0, 0)
        Project.objects.get(slug="shop").delete()
        assert take(None) == (1, 4)
        ProjectKey.objects.all().delete()
        assert take(other) == (1, 4)


class Unasked(EventWriter):
    """Writes without asking the store, which knows nothing in these tests."""

    def flush(self) -> None:
        held, self._held = self._held, []
        self.written += len(held)


BAD = [
    ("members", {"role": "god"}),
    ("members", {"email": None}),
    ("keys", {"public_key": None}),
    ("keys", {"former_project_id": 2**70}),
    ("keys", {"works_until": "soon"}),
    ("issues", {"status": "odd"}),
    ("issues", {"first_seen": "then"}),
    ("issues", {"event_count": 2**70}),
    ("issues", {"groups": 5}),
    ("issues", {"value": ["x"] * 3, "first_seen": None}),
    ("errors", {"event_id": "../x"}),
    ("errors", {"timestamp": "then"}),
]


@pytest.mark.parametrize(("name", "changed"), BAD)
def test_what_cannot_be_taken_is_lost_alone(
    name: str, changed: dict[str, Any], rollback: None, tmp_path: Path
) -> None:
    """One bad line loses none of its neighbours, is counted, and ends no import."""
    folder = tmp_path / "out"
    others.write_export(folder, 3)
    member = {"email": "olga@example.com", "role": "member", "sees_all": True}
    (folder / "members.jsonl").write_text(json.dumps(member) + "\n")
    path = folder / f"{name}.jsonl"
    lines = path.read_text()
    bad = {**json.loads(lines.splitlines()[0]), **changed}
    if name == "issues":
        bad["groups"] = changed.get("groups", [{"group_id": 6, "key": "ac" * 16, "version": "1"}])
    if name == "keys" and changed.get("public_key", "") is not None:
        bad["public_key"] = "ce" * 16
    if name == "members":
        bad.setdefault("email", "bad@example.com")
    path.write_text("[" * 100_000 + "\n" + json.dumps(bad) + "\nnot JSON\n" + lines)
    with Unasked(tmp_path / "spool") as events:
        taken = Taker(None, events).take(read("vedette", [str(folder)], tmp_path), source="vedette")
    made = {"projects": 1, "keys": 1, "members": 1, "issues": 1, "events": 3}
    assert {one: taken.made[one] for one in made} == made
    assert sum(taken.lost.values()) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "sentry.projectkey", "fields": {"project": [1], "public_key": "x"}},
        {"model": "sentry.organizationmember", "fields": {"organization": 7, "user_id": {"a": 1}}},
        {"model": "sentry.organizationmemberteam", "fields": {"organizationmember": 2, "team": []}},
    ],
)
def test_a_file_of_sentry_may_hold_anything(
    changed: dict[str, Any], rollback: None, tmp_path: Path
) -> None:
    """Rows that refer to something odd are left out, the others are taken."""
    path = tmp_path / "sentry.json"
    rows = [*others.sentry_file(), {"pk": 99, **changed}]
    rows[1]["fields"]["flags"] = "many"
    path.write_text(json.dumps(rows))
    with EventWriter(tmp_path / "spool") as events:
        taken = Taker(None, events).take(read("sentry", [str(path)], tmp_path), source="sentry")
    assert (taken.made["projects"], taken.made["keys"]) == (2, 2)
    assert taken.made["members"] >= 1
    path.write_text('[{"model": "a", "pk": 1, "fields": {"x": ' + "[" * 100_000)
    with pytest.raises(ImportFailed, match="deeply"):
        read("sentry", [str(path)], tmp_path)


class Answers(Fetcher):
    """Answers a client as a server would that means no good."""

    def __init__(self, *answers: tuple[int, Any, dict[str, str]], url: str = "") -> None:
        super().__init__()
        self._answers = list(answers)
        self._url = url

    def fetch(self, request: Request) -> Answer:
        status, body, headers = self._answers[0]
        if len(self._answers) > 1:
            self._answers.pop(0)
        return Answer(
            status=status,
            headers=headers,
            body=json.dumps(body).encode(),
            is_cut=False,
            url=self._url or request.url,
            address="",
            seconds=0.0,
        )


def _next(cursor: str) -> dict[str, str]:
    return {"link": f'<http://a/>; rel="next"; results="true"; cursor="{cursor}"'}


def test_pages_without_end_come_to_one() -> None:
    """A list that leads back to a page, or goes on with empty ones, is no list."""
    circle = Client(Answers((200, [{"id": 1}], _next("same"))), "http://a", "")
    with pytest.raises(ImportFailed, match="in a circle"):
        list(circle.pages("/x"))
    empty = [(200, [], _next(str(number))) for number in range(1000)]
    with pytest.raises(ImportFailed, match="no end"):
        list(Client(Answers(*empty), "http://a", "").pages("/x"))
    following = {"next": "http://a/x?page=2", "results": [{"id": 1}, "no object"]}
    found = Client(Answers((200, following, {})), "http://a", "").results("/x")
    assert next(found) == {"id": 1}
    with pytest.raises(ImportFailed, match="in a circle"):
        list(found)


@pytest.mark.parametrize("told", ["nan", "inf", "-5", "1e400", "soon"])
def test_a_limit_that_is_no_number_is_waited_for_a_while(told: str) -> None:
    """Whatever a header says, the wait is a number within bounds."""
    waited: list[float] = []
    headers = {"retry-after": told, "x-sentry-rate-limit-reset": told}
    answers = Answers((429, {}, headers), (429, {}, {**headers, "retry-after": ""}), (200, 1, {}))
    assert Client(answers, "http://a", "", pause=waited.append).get("/x") == 1
    assert len(waited) == 2
    assert all(0 <= one <= 300 for one in waited)


def test_what_another_host_says_is_not_taken() -> None:
    """A redirect elsewhere ends the import with the address, for who imports to judge."""
    answers = Answers((200, [], {}), url="http://elsewhere.example/x")
    with pytest.raises(ImportFailed, match=r"leads to http://elsewhere\.example"):
        Client(answers, "http://a", "").get("/x")
