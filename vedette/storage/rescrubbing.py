"""What is stored is scrubbed by the present rules: looked through and counted, then changed.

Portion by portion, so that a kill costs one portion, which is then done again: to change what
was changed does nothing. What is on its way meanwhile is scrubbed when it is digested.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from vedette import clock
from vedette.accounts.models import AuditEntry
from vedette.issues.models import Issue
from vedette.loops import _blobs
from vedette.pipeline.scrub import Scrubber
from vedette.projects.models import Project
from vedette.storage.deleting import EVER
from vedette.storage.models import Rescrub
from vedette.storage.row_scrub import STORED, RowScrub, Stored, scrubbed_texts
from vedette.store import query as q
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects

if TYPE_CHECKING:
    from vedette.loops import House

State = Rescrub.State
_PORTION = 500
_MOST_PORTION = 1 << 20
_TURN_SECONDS = 5.0
_ANY_DEAD = 1e-9  # what was changed must not be read from the disk any more
_KEPT = timedelta(days=30)
_ISSUE_TEXTS = ("value", "culprit")


def ask(project: Project, *, by: str, address: str = "") -> Rescrub:
    """Begin to look; what was found before is forgotten, what is being removed goes on."""
    going_on = Rescrub.objects.filter(project=project, state=State.REMOVING).first()
    if going_on is not None:
        return going_on
    with transaction.atomic():
        Rescrub.objects.filter(project=project).exclude(state=State.DONE).delete()
        return Rescrub.objects.create(project=project, by=by, address=address[:64])


def confirm(one: Rescrub, *, by: str, address: str = "") -> bool:
    """Let it be removed; False where it was not looked for yet, or is going already."""
    found = Rescrub.objects.filter(pk=one.pk, state=State.FOUND)
    return bool(
        found.update(
            state=State.REMOVING, place={}, looked=0, found={}, rows={}, by=by, address=address[:64]
        )
    )


def latest(project: Project) -> Rescrub | None:
    """The last look of a project, whatever became of it."""
    return Rescrub.objects.filter(project=project).order_by("-pk").first()


def work(house: House) -> None:
    """Go on with whatever waits, for some seconds. Raises StoreError, OSError."""
    until = time.monotonic() + _TURN_SECONDS
    waiting = Rescrub.objects.filter(state__in=(State.LOOKING, State.REMOVING))
    for one in waiting.select_related("project").order_by("pk"):
        if not _go_on(house, one, until):
            return
    Rescrub.objects.filter(state=State.DONE, finished_at__lt=clock.now() - _KEPT).delete()


def _go_on(house: House, one: Rescrub, until: float) -> bool:
    """Whether it came to its end."""
    settings = house.owner.settings("")
    own = settings.projects.get(one.project_id) if settings is not None else None
    scrubber = Scrubber(own.scrub) if own is not None else None
    tables: list[str] = one.place.get("left", [stored.table.name for stored in STORED])
    if scrubber is None:
        tables = []
    while tables:
        stored = next(held for held in STORED if held.table.name == tables[0])
        assert scrubber is not None
        at = one.place.get("at", -EVER)
        reached = _portion(house, one, stored, scrubber, at)
        if reached is None:
            tables = tables[1:]
        one.place = {"left": tables, "at": -EVER if reached is None else reached}
        one.save(update_fields=["place", "looked", "found", "rows"])
        if time.monotonic() > until and tables:
            return False
    if scrubber is not None:
        _issues(one, scrubber)
    _finish(house, one)
    return True


def _portion(house: House, one: Rescrub, stored: Stored, scrubber: Scrubber, at: int) -> int | None:
    """The rows from a moment on; the moment from which the next are read, None at the end."""
    scrub = RowScrub(stored, scrubber, house.blobs.get, house.blobs.put)
    rows, reached = _rows(house, one.project_id, stored, at)
    changed: list[dict[str, Any]] = []
    found: Counter[str] = Counter(one.found)
    for row in rows:
        changes, rules = scrub.of(row, is_written=one.state == State.REMOVING)
        if changes:
            changed.append({**row, **changes})
            found.update(rules)
    one.looked += len(rows)
    one.found = dict(found)
    if changed:
        name = stored.table.name
        one.rows = {**one.rows, name: one.rows.get(name, 0) + len(changed)}
        if one.state == State.REMOVING:
            _replace(house, stored, one.project_id, changed)
    return reached


def _rows(
    house: House, project_id: int, stored: Stored, at: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Rows in the order of time from a moment on: all of the moments that they are of."""
    limit = _PORTION
    while True:
        select = q.Select(
            projects=VisibleProjects.of_system().only([project_id]),
            table=stored.table.name,
            columns={column.name: q.Field(column.name) for column in stored.table.all_columns},
            order_by=[q.Order("timestamp")],
            start=at,
            end=EVER,
            limit=limit,
        )
        rows = house.store.query(select).dicts()
        if len(rows) < limit:
            return rows, None
        last = rows[-1]["timestamp"]
        whole = [row for row in rows if row["timestamp"] < last]
        if whole or limit >= _MOST_PORTION:
            return whole or rows, last if whole else last + 1
        limit *= 8


def _replace(house: House, stored: Stored, project_id: int, changed: list[dict[str, Any]]) -> None:
    times = [row["timestamp"] for row in changed]
    theirs = q.Compare(q.Field("project_id"), "=", project_id)
    if any(row.get("body_blob") for row in changed) or stored.has_body:
        _blobs.note_rows(house, [stored.table], theirs, min(times), max(times) + 1)
    rows = Rows(stored.table)
    for row in changed:
        rows.add(row)
    house.store.replace(stored.table.name, list(stored.keys), rows)


def _issues(one: Rescrub, scrubber: Scrubber) -> None:
    """The texts of the project's issues, which were taken from their events."""
    count = 0
    for issue in _texts_of_issues(one.project_id):
        changes, rules = scrubbed_texts(
            scrubber, {name: getattr(issue, name) for name in _ISSUE_TEXTS}
        )
        if not changes:
            continue
        count += 1
        one.found = dict(Counter(one.found) + rules)
        if one.state == State.REMOVING:
            Issue.objects.filter(pk=issue.pk).update(**changes)
    if count:
        one.rows = {**one.rows, "issues": count}


def _texts_of_issues(project_id: int) -> Iterator[Issue]:
    rows = Issue.objects.filter(project=project_id).only("pk", *_ISSUE_TEXTS)
    yield from rows.order_by("pk").iterator(chunk_size=_PORTION)


def _finish(house: House, one: Rescrub) -> None:
    one.finished_at, one.place = clock.now(), {}
    if one.state == State.LOOKING:
        one.state = State.FOUND if one.rows else State.DONE
        one.save()
        return
    house.store.rewrite(_ANY_DEAD)
    one.state = State.DONE
    with transaction.atomic():
        one.save()
        AuditEntry.objects.create(
            organization=one.project.organization,
            who=one.by,
            address=one.address,
            what=f"what is stored of {one.project.slug} was scrubbed by its present rules: "
            f"{sum(one.rows.values())} changed",
            before={},
            after=one.rows,
        )
