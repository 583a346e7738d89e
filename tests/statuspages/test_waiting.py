"""Hundreds of pages that render themselves take a share of a core, and nobody's words wait."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette import clock
from vedette.accounts.models import Organization
from vedette.statuspages import turning
from vedette.statuspages.keeping import touch
from vedette.statuspages.models import StatusPage
from vedette.statuspages.turning import Turner
from vedette.statuspages.waiting import Waiting


def turn(waiting: Waiting, now: float, seconds: float) -> list[int]:
    """The pages of one turn, of which each takes so long."""
    done = []
    for page in waiting.next_ones(now):
        done.append(page)
        waiting.took(now, seconds)
    return done


def test_what_changed_goes_first_and_what_waits_longest() -> None:
    """Each once; a page that waits and changes then moves forward."""
    waiting = Waiting()
    for now, page in enumerate((5, 3, 9)):
        waiting.add(page, float(now), is_changed=False)
    waiting.add(7, 3.0, is_changed=True)
    waiting.add(9, 4.0, is_changed=True)
    waiting.add(5, 5.0, is_changed=False)
    assert turn(waiting, 10.0, 0.0) == [7, 9, 5, 3]
    assert turn(waiting, 11.0, 0.0) == []


@given(st.lists(st.floats(0.001, 2.0), min_size=1, max_size=60), st.floats(0.2, 3.0), st.booleans())
def test_no_more_than_its_share_is_taken(
    takes: list[float], interval: float, is_changed: bool
) -> None:
    """Over any time but for the page that is begun last and a second that was saved."""
    waiting, spent, now = Waiting(), 0.0, 0.0
    share = 0.5 if is_changed else 0.05
    for page in range(len(takes)):
        waiting.add(page, 0.0, is_changed=is_changed)
    done: list[int] = []
    while len(done) < len(takes):
        for page in waiting.next_ones(now):
            waiting.took(now, takes[page])
            spent += takes[page]
            done.append(page)
        assert spent <= share * (now + 1.0) + 2.0
        now += interval
    assert done == list(range(len(takes)))


def test_what_is_written_waits_for_no_other_page(
    rollback: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of forty pages that take long a turn renders a few; one that somebody changes is next."""
    organization = Organization.objects.create(slug="lantern", name="Lantern")
    pages = [
        StatusPage.objects.create(organization=organization, slug=f"page-{n}", title=f"Page {n}")
        for n in range(40)
    ]
    ticks = count(step=0.4)
    monkeypatch.setattr(turning.time, "thread_time", lambda: float(next(ticks)))
    turner, now = Turner(tmp_path, lambda _page: {}), clock.timestamp()
    assert turner.turn(now) == 40, "nobody has seen them yet"
    assert 1 <= turner.turn(now + 70) < 5
    touch(pages[-1])
    turner.turn(now + 70.5)
    held = StatusPage.objects.get(pk=pages[-1].pk)
    assert held.rendered_revision == held.revision
