"""Searches of issues: what a pattern finds, and that no pattern holds anybody up."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.issues.scene import NOW, SHOP, Scene, scope_of
from vedette.issues import reading
from vedette.issues.filtering import issue_filter
from vedette.issues.models import Issue
from vedette.search import parse_issue_search, split_issue_search
from vedette.store.patterns import like, pieces
from vedette.web.deadline import TooSlow, database_deadline

HOSTILE = "firstRelease:*a*a*a*a*a*b"


def matching(query: str) -> list[int]:
    """The issues that the database finds for a search."""
    search = split_issue_search(parse_issue_search(query))
    found = Issue.objects.filter(issue_filter(search.issue))
    return sorted(found.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("query", "releases"),
    [
        ("firstRelease:shop@*", ["shop@1.0", "SHOP@2"]),
        ("firstRelease:*%*", ["50%_off"]),
        ("firstRelease:*_*", ["50%_off"]),
        ("firstRelease:*1*0", ["shop@1.0", "x1y0"]),
        ("firstRelease:a\\*b", ["a*b"]),
        ("firstRelease:*\\**", ["a*b"]),
        ("firstRelease:*\\t*", ["C:\\temp"]),
        ("firstRelease:x?y*", []),
        ("firstRelease:.*", []),
    ],
)
def test_a_pattern_finds_whole_texts(
    rollback: None, scene: Scene, query: str, releases: list[str]
) -> None:
    """`*` is anything, every other character itself, in any case of letters."""
    every = ["shop@1.0", "SHOP@2", "50%_off", "x1y0", "a*b", "C:\\temp", ""]
    for issue, release in zip(scene.issues, every, strict=False):
        Issue.objects.filter(pk=issue.pk).update(first_release=release)
    chosen = [
        issue.pk for issue, release in zip(scene.issues, every, strict=False) if release in releases
    ]
    rest = [issue.pk for issue in scene.issues[len(every) :]]
    assert [pk for pk in matching(query) if pk not in rest] == chosen


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(alphabet="aB*\\%_.ä\n", max_size=8), pattern=st.text("aB*\\%_.", max_size=8))
def test_like_means_what_the_pattern_means(text: str, pattern: str) -> None:
    """Compared with the definition, on SQLite's own LIKE; letters beyond ASCII keep their case."""
    database = sqlite3.connect(":memory:")
    ((found,),) = database.execute("SELECT ? LIKE ? ESCAPE '\\'", (text, like(pattern)))
    database.close()
    expression = ".*".join(re.escape(part) for part in pieces(pattern))
    wanted = re.fullmatch(expression, text, re.DOTALL | re.IGNORECASE | re.ASCII)
    assert bool(found) == bool(wanted)


def run(statement: str) -> list[Any]:
    """The rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@pytest.fixture
def many(scene: Scene) -> Scene:
    """20,000 issues whose text makes a backtracking matcher try everything."""
    Issue.objects.bulk_create(
        [
            Issue(
                project_id=SHOP,
                short_id=1000 + number,
                first_release="a" * 250,
                first_seen=NOW,
                last_seen=NOW,
            )
            for number in range(20_000)
        ],
        batch_size=2000,
    )
    return scene


@pytest.fixture
def steps() -> Iterator[list[int]]:
    """Counts SQLite's machine in thousands of steps."""
    counted = [0]

    def step() -> int:
        counted[0] += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(step, 1000)
    yield counted
    connection.connection.set_progress_handler(None, 0)


def test_stars_cost_one_pass_over_the_rows(many: Scene, steps: list[int]) -> None:
    """As many steps of the machine as any other text, and little CPU for each row."""
    matching("firstRelease:*zzz*")
    plain, steps[0] = steps[0], 0
    start = time.thread_time()
    assert matching(HOSTILE) == []
    assert steps[0] <= plain + 1
    assert time.thread_time() - start < 2  # a backtracking matcher needs a minute and more


def test_others_are_answered_meanwhile(many: Scene) -> None:
    """The database searches outside Python's lock: another thread goes on.

    Asked again where a busy machine gave that thread no turn at all.
    """
    ticks = 0
    is_done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not is_done.is_set():
            ticks += 1
            time.sleep(0)

    other = threading.Thread(target=tick)
    other.start()
    most = 0
    for _ in range(20):
        before = ticks
        page = reading.list_issues(scope_of(), query=HOSTILE)
        most = max(most, ticks - before)
        assert page.rows == []
        assert page.error == ""
        if most > 5:
            break
    is_done.set()
    other.join()
    assert most > 5, "with the lock held it would be one or two"


def test_a_request_to_the_database_ends_in_time(many: Scene) -> None:
    """It is cut off between two steps, said in words, and the connection goes on."""
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    with pytest.raises(TooSlow), database_deadline(0.05):
        run(endless)
    with database_deadline(60):
        assert Issue.objects.filter(first_release="a" * 250).count() == 20_000


def test_an_error_of_the_database_is_not_called_slow(rollback: None) -> None:
    """Only what ran out of time is."""
    from django.db import OperationalError

    def fail(*_: Any) -> None:
        raise OperationalError("disk I/O error")

    with pytest.raises(OperationalError, match="disk"), database_deadline(60):
        fail()
