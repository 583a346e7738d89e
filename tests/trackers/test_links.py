"""Issues in GitHub, GitLab and Jira: opened once, linked, and kept in step with those here."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.reactions.seen import event
from tests.sink import Reply
from tests.trackers.fakes import KEYS, TOKEN, FakeTracker
from vedette import clock

WISH = {"title": "Lamps fall", "body": "They fell.", "labels": ["bug"]}
RULE = """
channels:
  - {id: bugs-in, name: Bugs, kind: tracker, tracker: bugs}
rules:
  - {name: New, project: shop, source: issue, measure: {edge: first_seen}, levels: critical,
     notify: [bugs-in]}
"""


def open_one(tracker: Any, issue: Any) -> Any:
    from vedette.trackers.opening import Subject, open_issue

    return open_issue(tracker, Subject.of_issue(issue), WISH, None)


def resolve(issue: Any, status: str = "resolved") -> None:
    from vedette.issues.models import Status
    from vedette.issues.status import set_status

    set_status([issue.project], [issue.pk], Status(status))


def test_the_tracker_is_tested(tracker: Any, fetcher: Any) -> None:
    """Its answer names the place where issues go."""
    from vedette.trackers.testing import probe

    assert "can be reached" in probe(tracker, fetcher)


def test_an_issue_is_opened_there(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, kind: str
) -> None:
    """With what the person wrote, and known here by its key, address and state."""
    link = open_one(tracker, issue)
    work()
    link.refresh_from_db()
    assert (link.state, link.key, link.theirs) == ("linked", KEYS[kind], "open")
    assert link.url.startswith("http")
    assert fake.issues[1]["title"] == "Lamps fall"
    assert "They fell." in str(fake.issues[1])
    work()
    assert len(fake.issues) == 1


def test_an_answer_that_is_lost_opens_no_second_issue(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, wait: Any, kind: str
) -> None:
    """It was opened, and nobody heard so: the next try finds it by the marker."""
    fake.is_deaf = True
    link = open_one(tracker, issue)
    work()
    link.refresh_from_db()
    assert link.state == "waiting"
    assert "502" in link.last_error
    fake.is_deaf = False
    wait(minutes=5)
    work()
    link.refresh_from_db()
    assert (link.state, link.key) == ("linked", KEYS[kind])
    assert len(fake.issues) == 1


@pytest.mark.parametrize("is_before", [True, False])
def test_a_process_that_dies_opens_no_second_issue(
    tracker: Any,
    issue: Any,
    work: Any,
    fake: FakeTracker,
    wait: Any,
    fetcher: Any,
    monkeypatch: pytest.MonkeyPatch,
    is_before: bool,
) -> None:
    """Killed before the request or after it: another opens or finds it when the lease is over."""
    from vedette.trackers import working

    link = open_one(tracker, issue)

    class Killed(BaseException):
        pass

    def fetch(request: Any) -> Any:
        answer = None if is_before else fetcher.fetch(request)
        if request.method == "POST" or is_before:
            raise Killed
        return answer

    dying = type("Dying", (), {"fetch": staticmethod(fetch)})()
    with pytest.raises(Killed):
        working.work_due(dying)
    work()
    assert len(fake.issues) == (0 if is_before else 1)
    wait(minutes=5)
    work()
    link.refresh_from_db()
    assert link.state == "linked"
    assert len(fake.issues) == 1


def test_an_issue_that_is_there_is_linked(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, kind: str
) -> None:
    """By its key or its address; twice is refused, and so is what is nowhere."""
    from vedette.trackers.opening import Subject, link_existing, unlink

    link = open_one(tracker, issue)
    work()
    link.refresh_from_db()
    address = link.url
    unlink(link)
    assert fake.is_open()
    subject = Subject.of_issue(issue)
    if kind == "github":
        address = address.replace("github.example", "127.0.0.1")
    linked = link_existing(tracker, subject, address, None)
    work()
    linked.refresh_from_db()
    assert (linked.state, linked.title) == ("linked", "Lamps fall")
    with pytest.raises(ValueError, match="linked already"):
        link_existing(tracker, subject, KEYS[kind], None)
    with pytest.raises(ValueError, match=r"write its address|is no issue"):
        link_existing(tracker, subject, "https://elsewhere.example/x", None)
    lost = link_existing(tracker, subject, KEYS[kind][:-1] + "7", None)
    work()
    lost.refresh_from_db()
    assert lost.state == "failed"
    assert "404" in lost.last_error


def test_resolved_here_is_closed_there_and_what_comes_back_is_opened(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, domain: Any
) -> None:
    """With words beside it; nothing bounces back."""
    open_one(tracker, issue)
    work()
    resolve(issue)
    work()
    assert not fake.is_open()
    assert "was resolved in Vedette" in fake.comments[-1]
    work()
    issue.refresh_from_db()
    assert issue.status == "resolved"
    domain.apply([event(issue.project, 1, clock.timestamp() + 5)], writer="w", position=2)
    issue.refresh_from_db()
    assert issue.status == "unresolved"
    work()
    assert fake.is_open()
    assert "open again" in fake.comments[-1]


def test_closed_there_is_resolved_here_by_polling(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, wait: Any
) -> None:
    """At the next poll; opened there again, it is unresolved here."""
    open_one(tracker, issue)
    work()
    fake.turn(1, is_open=False)
    work()
    issue.refresh_from_db()
    assert issue.status == "unresolved"
    wait(minutes=11)
    work()
    issue.refresh_from_db()
    assert issue.status == "resolved"
    assert not fake.comments
    fake.turn(1, is_open=True)
    wait(minutes=11)
    work()
    issue.refresh_from_db()
    assert issue.status == "unresolved"


def test_switches_keep_each_side_as_it_is(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, wait: Any
) -> None:
    """Nothing is closed, opened or resolved against the settings."""
    type(tracker).objects.update(closes=False, reopens=False, follows=False)
    open_one(tracker, issue)
    work()
    resolve(issue)
    work()
    assert fake.is_open()
    resolve(issue, "unresolved")
    work()
    fake.turn(1, is_open=False)
    wait(minutes=11)
    work()
    issue.refresh_from_db()
    assert issue.status == "unresolved"
    assert not fake.is_open()


def test_an_archived_issue_is_neither_closed_nor_resolved(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, wait: Any
) -> None:
    """Archived is a decision of this side alone."""
    open_one(tracker, issue)
    work()
    resolve(issue, "ignored")
    work()
    assert fake.is_open()
    fake.turn(1, is_open=False)
    wait(minutes=11)
    work()
    issue.refresh_from_db()
    assert issue.status == "ignored"


def test_a_rule_opens_an_issue_once(
    tracker: Any,
    project: Any,
    domain: Any,
    make: Any,
    work: Any,
    fetcher: Any,
    fake: FakeTracker,
    wait: Any,
) -> None:
    """With the link, the place and the figures; said again, resolved, back: the same issue."""
    from vedette.alerts.delivery import deliver_due
    from vedette.alerts.grouping import repeat_due
    from vedette.issues.models import Issue

    make(RULE)
    domain.apply([event(project, 1, clock.timestamp())], writer="w", position=1)
    while deliver_due(fetcher):
        pass
    work()
    assert "LampError: fell" in fake.issues[1]["title"]
    text = str(fake.issues[1])
    assert "shop.shelf" in text
    assert "SHOP-1 in Vedette" in text
    wait(hours=5)
    repeat_due(clock.now())
    while deliver_due(fetcher):
        pass
    work()
    assert len(fake.issues) == 1
    issue = Issue.objects.select_related("project").get()
    resolve(issue)
    work()
    assert not fake.is_open()


@pytest.mark.parametrize(
    ("reply", "state", "is_broken"),
    [
        (Reply(401, b'{"message": "Bad credentials"}'), "waiting", True),
        (Reply(403, b'{"message": "Resource not accessible"}'), "waiting", True),
        (Reply(404, b'{"message": "Not Found"}'), "failed", False),
        (Reply(422, b'{"message": "Validation Failed"}'), "failed", False),
        (Reply(429, b"{}", {"retry-after": "77"}), "waiting", False),
        (Reply(500, b"oops"), "waiting", False),
    ],
)
def test_refusals_are_shown_and_told_apart(
    tracker: Any,
    issue: Any,
    work: Any,
    fake: FakeTracker,
    wait: Any,
    make: Any,
    reply: Reply,
    state: str,
    is_broken: bool,
) -> None:
    """A token breaks the tracker, a wrong draft the wish, a pause is kept; health names it.

    People hear that a tracker is broken by a channel that works.
    """
    from vedette.alerts.models import OutboxMessage
    from vedette.trackers.health import problems
    from vedette.trackers.models import Tracker

    make("channels: [{id: ops, name: Ops, kind: email, to: ops@example.com}]")
    fake.fail = [reply]
    link = open_one(tracker, issue)
    work()
    link.refresh_from_db()
    assert OutboxMessage.objects.filter(kind="notice").count() == is_broken
    held = Tracker.objects.get()
    assert (link.state, held.broken_at is not None) == (state, is_broken)
    assert str(reply.status) in (held.broken_why if is_broken else link.last_error)
    assert bool(problems()) == is_broken
    assert TOKEN not in link.last_error + held.broken_why
    if reply.status == 429:
        wait(seconds=70)
        work()
        assert not fake.issues
        wait(seconds=20)
        work()
        assert len(fake.issues) == 1


def test_a_tracker_that_never_answers_is_named_by_health(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, wait: Any
) -> None:
    """The wish waits; after a day it is given up, and can be tried again."""
    from vedette.trackers.health import problems
    from vedette.trackers.opening import try_again

    fake.fail = [Reply(500)] * 400
    link = open_one(tracker, issue)
    work()
    wait(minutes=6)
    work()
    assert problems() == ["issues wait to be opened in the tracker bugs"]
    wait(hours=25)
    work()
    link.refresh_from_db()
    assert link.state == "failed"
    fake.fail = []
    try_again(link)
    work()
    link.refresh_from_db()
    assert link.state == "linked"


def signed(kind: str, secret: str, number: int) -> tuple[dict[str, str], bytes]:
    """A call of the tracker's webhook."""
    body: dict[str, Any] = {
        "github": {
            "action": "closed",
            "issue": {"number": number},
            "repository": {"full_name": "lantern/shop"},
        },
        "gitlab": {
            "object_kind": "issue",
            "object_attributes": {"iid": number},
            "project": {"path_with_namespace": "lantern/shop"},
        },
        "jira": {"webhookEvent": "jira:issue_updated", "issue": {"key": f"SHOP-{number}"}},
    }[kind.removesuffix("-server")]
    data = json.dumps(body).encode()
    code = "sha256=" + hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()
    headers = {
        "github": {"X-Hub-Signature-256": code, "X-GitHub-Event": "issues"},
        "gitlab": {"X-Gitlab-Token": secret},
        "jira": {"X-Hub-Signature": code},
    }[kind.removesuffix("-server")]
    return headers, data


def test_a_signed_call_brings_the_state_at_once(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, kind: str, client: Any
) -> None:
    """An unsigned one is refused; one that comes late changes nothing."""
    open_one(tracker, issue)
    work()
    fake.turn(1, is_open=False)
    page = f"/trackers/{tracker.pk}/hook/"
    for secret in ("wrong", ""):
        headers, data = signed(kind, secret, 1)
        answer = client.post(page, data, content_type="application/json", headers=headers)
        assert answer.status_code == 401
    work()
    issue.refresh_from_db()
    assert issue.status == "unresolved"
    headers, data = signed(kind, "hush", 1)
    answer = client.post(page, data, content_type="application/json", headers=headers)
    assert answer.status_code == 204
    work()
    issue.refresh_from_db()
    assert issue.status == "resolved"
    fake.turn(1, is_open=True)
    resolve(issue, "unresolved")
    work()
    client.post(page, data, content_type="application/json", headers=headers)
    work()
    issue.refresh_from_db()
    assert issue.status == "unresolved"
    assert fake.is_open()


def test_trackers_are_files(tracker: Any, make: Any, kind: str) -> None:
    """Exported without secrets, applied again without a change, refused with the line."""
    from vedette.configuration._exporting import as_yaml
    from vedette.configuration._files import FileMistakes
    from vedette.trackers.models import Tracker

    text = as_yaml(tracker.organization)
    assert "token: (set)" in text
    assert TOKEN not in text
    make(text)
    assert make(text) == []
    with pytest.raises(FileMistakes, match="there is no tracker nowhere"):
        make("channels:\n  - {name: X, kind: tracker, tracker: nowhere}")
    make("trackers: []", prune=True)
    assert not Tracker.objects.exists()


def test_links_follow_an_issue_that_becomes_part_of_another(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, domain: Any, kind: str
) -> None:
    """The same issue there stays linked once, and is kept in step with the one that is left."""
    from vedette.issues.merging import merge
    from vedette.issues.models import Issue
    from vedette.trackers.models import TrackerLink
    from vedette.trackers.opening import Subject, link_existing

    open_one(tracker, issue)
    work()
    domain.apply([event(issue.project, 2, clock.timestamp())], writer="w", position=2)
    other = Issue.objects.select_related("project").exclude(pk=issue.pk).get()
    link_existing(tracker, Subject.of_issue(other), KEYS[kind], None)
    work()
    kept = merge(issue, other)
    link = TrackerLink.objects.get()
    assert link.issue_id == kept.pk
    resolve(Issue.objects.select_related("project").get())
    work()
    assert not fake.is_open()


def test_every_kind_of_tracker_is_tried_here() -> None:
    """A new file of the drawer needs a fake of what it talks to."""
    from tests.trackers.fakes import ENTRIES
    from vedette.trackers.hosts import hosts

    assert set(hosts()) == {str(entry.get("kind", name)) for name, entry in ENTRIES.items()}


def test_what_a_release_is_called_mentions_nobody(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, kind: str
) -> None:
    """`@scope/shop` is the name of a package, and of a team: it stands in code."""
    from vedette.issues.models import Issue

    open_one(tracker, issue)
    work()
    resolve(issue)
    work()
    Issue.objects.filter(pk=issue.pk).update(last_release="@lantern/shop [~ada] {{x}}")
    resolve(issue, "unresolved")
    work()
    said = fake.comments[-1]
    if kind.startswith("jira"):
        assert "{{@lantern/shop \\[\\~ada\\] \\{\\{x\\}\\}}}" in said
    else:
        assert "`@lantern/shop [~ada] {{x}}`" in said


def test_a_link_that_is_taken_away_while_it_is_opened_stays_away(
    tracker: Any, issue: Any, fake: FakeTracker, fetcher: Any
) -> None:
    """It is not there again once the tracker has answered."""
    from vedette.trackers.models import TrackerLink
    from vedette.trackers.opening import unlink
    from vedette.trackers.working import work_due

    link = open_one(tracker, issue)

    def fetch(request: Any) -> Any:
        answer = fetcher.fetch(request)
        if request.method == "POST":
            unlink(TrackerLink.objects.get(pk=link.pk))
        return answer

    work_due(type("Slow", (), {"fetch": staticmethod(fetch)})())
    assert not TrackerLink.objects.exists()


def test_a_title_in_gitlab_mentions_nobody(
    tracker: Any, issue: Any, work: Any, fake: FakeTracker, kind: str
) -> None:
    """There titles are read like texts."""
    if kind != "gitlab":
        pytest.skip("plain text elsewhere")
    from vedette.trackers.opening import Subject, open_issue

    open_issue(tracker, Subject.of_issue(issue), {**WISH, "title": "@all: lamps fall"}, None)
    work()
    assert "@all" not in fake.issues[1]["title"]
