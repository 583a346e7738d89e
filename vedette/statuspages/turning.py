"""The loop's work: which pages to render now, what to draft, what to let begin and end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import OperationalError
from django.db.models import F

from vedette.statuspages import drafting, maintenance
from vedette.statuspages.keeping import renew
from vedette.statuspages.models import StatusPage
from vedette.statuspages.reading import seen_by_monitor
from vedette.statuspages.shapes import Pace
from vedette.statuspages.snapshot import Snapshots
from vedette.statuspages.waiting import Waiting

log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 5.0
_RESTS: Final = 20.0  # times as long as a page takes: what flaps costs a twentieth of a core
_AGAIN_SECONDS: Final = 30.0  # a page that failed is tried again
Paces = Callable[[StatusPage], Mapping[int, Pace]]


class _Failures:
    """What went wrong with single pages: it keeps no other waiting, and is told in the end."""

    def __init__(self) -> None:
        self._first: Exception | None = None

    @contextmanager
    def of(self, page: StatusPage) -> Iterator[None]:
        """Work on one page. A database that is away concerns them all and is raised."""
        try:
            yield
        except OperationalError:
            raise
        except Exception as error:
            log.exception("the status page %s failed; it is tried again", page.slug)
            self._first = self._first or error

    def tell(self) -> None:
        """Raise the first, if there was any."""
        if self._first is not None:
            raise self._first


class Turner:
    """Remembers when each page was rendered, of which states of its monitors."""

    def __init__(self, data: Path, paces: Paces) -> None:
        self._snapshots = Snapshots(data)
        self._paces = paces
        self._rendered: dict[int, float] = {}
        self._rests_until: dict[int, float] = {}
        self._seen: dict[int, int] = {}
        self._tried: dict[int, float] = {}  # pages that were not rendered, and when
        self._waiting = Waiting()
        self._looked = float("-inf")

    def turn(self, now: float) -> int:
        """One turn at a steady time; returns how many pages were rendered, or tried.

        Raises what went wrong with a page after all others had their turn.
        """
        failures = _Failures()
        done = self._renew_written(now, failures)
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._look(now, failures)
        for pk in self._waiting.next_ones(now):
            page = StatusPage.objects.filter(pk=pk).first()
            if page is None or self._is_resting(pk, now):
                continue
            began = time.thread_time()
            with failures.of(page):
                self._renew(page, now)
            self._waiting.took(now, time.thread_time() - began)
            done += 1 + self._renew_written(now, failures)
        failures.tell()
        return done

    def _renew_written(self, now: float, failures: _Failures) -> int:
        """Render what people have changed, which waits for nothing; returns how many pages."""
        done = 0
        for page in StatusPage.objects.exclude(rendered_revision=F("revision")).order_by("pk"):
            if self._is_resting(page.pk, now):
                continue
            with failures.of(page):
                self._renew(page, now)
            done += 1
        return done

    def _is_resting(self, pk: int, now: float) -> bool:
        """Whether it failed a moment ago."""
        return now - self._tried.get(pk, float("-inf")) < _AGAIN_SECONDS

    def _look(self, now: float, failures: _Failures) -> None:
        """Whose time has come, or whose monitors stand otherwise than when it was rendered."""
        public = []
        for page in StatusPage.objects.order_by("pk"):
            if page.is_public:
                public.append(page.slug)
            if now - self._rendered.get(page.pk, float("-inf")) >= EVERY_SECONDS:
                self._waiting.add(page.pk, now, is_changed=False)
            with failures.of(page):
                if self._has_changed(page, now):
                    self._waiting.add(page.pk, now, is_changed=True)
        self._snapshots.keep_only(public)

    def _has_changed(self, page: StatusPage, now: float) -> bool:
        """Whether visitors are to see something new; what is due by the clock is said here."""
        seen = seen_by_monitor(page)
        is_said = maintenance.turn(page)
        is_said = drafting.turn(page, seen) or is_said
        known = hash(tuple((key, tuple(held)) for key, held in sorted(seen.items())))
        is_other = self._seen.get(page.pk) != known
        if not is_said and not (is_other and now >= self._rests_until.get(page.pk, now)):
            return False
        self._seen[page.pk] = known
        return True

    def _renew(self, page: StatusPage, now: float) -> None:
        began = time.thread_time()
        self._tried[page.pk] = now
        paces = self._paces(page) if page.shows_response else {}
        files = renew(page, paces)
        del self._tried[page.pk]
        self._waiting.remove(page.pk)
        self._rendered[page.pk] = now
        self._rests_until[page.pk] = now + _RESTS * (time.thread_time() - began)
        # others may have been rendered since the list was read, and this one closed meanwhile
        if StatusPage.objects.filter(pk=page.pk, is_public=True).exists():
            self._snapshots.write(page.slug, files)
