"""Trackers are worked with side by side: one that hangs keeps no other waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.sink import Received, Reply, Sink
from tests.trackers.fakes import ENTRIES, FAKES, TOKEN
from vedette import clock
from vedette.loops import tracker_links


@pytest.fixture
def organization(database: Path) -> Iterator[Any]:
    """One that is really there, for other threads see nothing of a transaction."""
    from vedette.accounts.models import Organization

    made = Organization.objects.create(slug="hanging", name="Hanging")
    yield made
    made.delete()


def connect(organization: Any, name: str, kind: str, url: str) -> Any:
    from vedette.configuration import Author
    from vedette.configuration._writing import the_kind, write
    from vedette.trackers.models import Tracker

    entry = {"id": name, "name": name, "kind": kind, "url": url, "token": TOKEN, **ENTRIES[kind]}
    assert write(organization, the_kind("trackers"), entry, Author()) == []
    return Tracker.objects.get(slug=name)


def test_a_tracker_that_hangs_keeps_no_other_waiting(organization: Any) -> None:
    """Two issues are opened in the one while the other has not answered yet."""
    from vedette.issues.models import Issue
    from vedette.projects.creation import create_project
    from vedette.trackers.models import TrackerLink
    from vedette.trackers.opening import Subject, open_issue

    project = create_project(organization, "Shop", "python")
    opened, linked = threading.Event(), threading.Event()
    gitlab = FAKES["gitlab"]()

    def hang(_received: Received) -> Reply:
        opened.wait(30)
        return Reply(503)

    def answer(received: Received) -> Reply:
        reply = gitlab(received)
        if len(gitlab.issues) == 2:
            linked.set()
        return reply

    with Sink(hang) as slow, Sink(answer) as quick:
        gitlab.url = quick.url
        hanging = connect(organization, "hangs", "github", slow.url)
        works = connect(organization, "works", "gitlab", quick.url)
        for number, tracker in enumerate((hanging, works, works), 1):
            now = clock.now()
            issue = Issue.objects.create(
                project=project, short_id=number, first_seen=now, last_seen=now
            )
            wish = {"title": "No lamp", "body": "Look"}
            open_issue(tracker, Subject.of_issue(issue), wish, None)
        house: Any = SimpleNamespace(config=SimpleNamespace(outgoing_networks="127.0.0.0/8"))
        ended = threading.Event()

        def turns() -> None:
            while not ended.wait(0.1):
                tracker_links.LOOP.run(house)

        worker = threading.Thread(target=turns)
        worker.start()
        try:
            assert linked.wait(10)
            assert not opened.is_set()
        finally:
            opened.set()
            ended.set()
            worker.join(30)
            for _ in range(300):
                if not TrackerLink.objects.exclude(held_until=None).exists():
                    break
                threading.Event().wait(0.1)
