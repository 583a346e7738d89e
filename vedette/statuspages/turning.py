"""The loop's work: which pages to render now, what to draft, what to let begin and end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from django.db.models import F

from vedette.statuspages import drafting, maintenance
from vedette.statuspages.keeping import renew
from vedette.statuspages.models import StatusPage
from vedette.statuspages.reading import seen_by_monitor
from vedette.statuspages.shapes import Pace
from vedette.statuspages.snapshot import Snapshots

EVERY_SECONDS: Final = 60.0
LOOK_SECONDS: Final = 5.0
_RESTS: Final = 20.0  # times as long as a page takes: what flaps costs a twentieth of a core
Paces = Callable[[StatusPage], Mapping[int, Pace]]


class Turner:
    """Remembers when each page was rendered, of which states of its monitors."""

    def __init__(self, data: Path, paces: Paces) -> None:
        self._snapshots = Snapshots(data)
        self._paces = paces
        self._rendered: dict[int, float] = {}
        self._rests_until: dict[int, float] = {}
        self._seen: dict[int, int] = {}
        self._looked = float("-inf")

    def turn(self, now: float) -> int:
        """One turn at a steady time; returns how many pages were rendered."""
        due = set(
            StatusPage.objects.exclude(rendered_revision=F("revision")).values_list("pk", flat=True)
        )
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            due |= self._look(now)
        for page in StatusPage.objects.filter(pk__in=due).order_by("pk"):
            self._renew(page, now)
        return len(due)

    def _look(self, now: float) -> set[int]:
        """Whose time has come, or whose monitors stand otherwise than when it was rendered."""
        due = set()
        public = []
        for page in StatusPage.objects.order_by("pk"):
            if page.is_public:
                public.append(page.slug)
            seen = seen_by_monitor(page)
            changed = maintenance.turn(page)
            changed = drafting.turn(page, seen) or changed
            known = hash(tuple((key, tuple(held)) for key, held in sorted(seen.items())))
            is_old = now - self._rendered.get(page.pk, float("-inf")) >= EVERY_SECONDS
            is_other = self._seen.get(page.pk) != known
            if changed or is_old or (is_other and now >= self._rests_until.get(page.pk, now)):
                self._seen[page.pk] = known
                due.add(page.pk)
        self._snapshots.keep_only(public)
        return due

    def _renew(self, page: StatusPage, now: float) -> None:
        began = time.thread_time()
        paces = self._paces(page) if page.shows_response else {}
        files = renew(page, paces)
        if page.is_public:
            self._snapshots.write(page.slug, files)
        self._rendered[page.pk] = now
        self._rests_until[page.pk] = now + _RESTS * (time.thread_time() - began)
