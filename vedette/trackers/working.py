"""Carries out what links wait for: opens, reads, keeps in step; each until it is done.

A link is claimed by one conditional update with a lease before anything is asked, so that two
processes never both work on it, and the work of a process that dies is done by another. Before
an issue is opened, an earlier try that may have arrived is looked up by the marker.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, Subquery

from vedette import clock
from vedette.alerts.deliveries import without
from vedette.alerts.notices import send_notice
from vedette.connections.secrets import secrets_of, settings_of
from vedette.leases.taking import holder
from vedette.outgoing.fetcher import Fetcher
from vedette.trackers import syncing
from vedette.trackers.drafting import draft_of
from vedette.trackers.errors import AccessRefused, TrackerError, TrackerRefusal, Vanished
from vedette.trackers.hosts import RemoteIssue, Session, TrackerHost, hosts
from vedette.trackers.models import LinkState, Tracker, TrackerLink

log = logging.getLogger("vedette.trackers")

_LEASE = timedelta(seconds=90)  # longer than all requests of one step
_GIVE_UP = timedelta(hours=24)
_FIRST_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 900.0
_LONGEST_ASKED_SECONDS = 3600.0
_REFUSED_PAUSE = timedelta(hours=1)


def work_due(fetcher: Fetcher, now: datetime | None = None) -> int:
    """Work on what is due, one link a tracker, one after the other; returns how many.

    The product itself has `vedette.trackers.workers` do it side by side.
    """
    claimed = claim(now or clock.now())
    for link in claimed:
        work_on(link, fetcher)
    return len(claimed)


def wake_changed(now: datetime | None = None) -> int:
    """Links whose issue or alert has changed here are due at once; returns how many."""
    moment = now or clock.now()
    rows = TrackerLink.objects.filter(state=LinkState.LINKED, tries=0, due_at__gt=moment)
    issue_closed, alert_closed = Q(issue__status="resolved"), Q(issue=None, alert__state="over")
    issue_open = Q(issue__status="unresolved")
    alert_open = Q(issue=None, alert__isnull=False) & ~Q(alert__state="over")
    changed = Q(issue_closed | alert_closed, ours="open")
    changed |= Q(issue_open | alert_open, ours="closed")
    ids = list(rows.filter(changed).values_list("pk", flat=True)[:500])
    return TrackerLink.objects.filter(pk__in=ids).update(due_at=moment)


def session_of(tracker: Tracker, fetcher: Fetcher) -> Session:
    """What a host works with."""
    return Session(settings_of(tracker), fetcher)


def claim(
    now: datetime,
    *,
    besides: Collection[int] = (),
    only: Collection[int] | None = None,
    most: int | None = None,
) -> list[TrackerLink]:
    """The link of each tracker that has waited longest; those to be opened before the others.

    None of the trackers `besides`, `only` of some; at most so many.
    """
    free = Q(held_until=None) | Q(held_until__lt=now)
    asked = Q(tracker__paused_until=None) | Q(tracker__paused_until__lt=now)
    due = TrackerLink.objects.filter(
        free, asked, due_at__lte=now, tracker__is_enabled=True, tracker__broken_at=None
    ).filter(state__in=(LinkState.WAITING, LinkState.LINKED))
    longest = due.filter(tracker=OuterRef("pk")).order_by("-state", "due_at", "pk").values("pk")
    trackers = Tracker.objects.filter(is_enabled=True, broken_at=None).exclude(pk__in=besides)
    if only is not None:
        trackers = trackers.filter(pk__in=only)
    firsts = trackers.annotate(first=Subquery(longest[:1])).exclude(first=None)
    taken: list[int] = []
    for pk in firsts.order_by("first").values_list("first", flat=True):
        if most is not None and len(taken) >= most:
            break
        rows = TrackerLink.objects.filter(free, pk=pk)
        if rows.update(held_by=holder(), held_until=now + _LEASE):
            taken.append(pk)
    rows = TrackerLink.objects.filter(pk__in=taken).select_related(
        "tracker__organization", "project", "issue__project", "alert__rule", "alert__project"
    )
    return list(rows.order_by("pk"))


def work_on(link: TrackerLink, fetcher: Fetcher) -> None:
    """One try, and what came of it."""
    tracker = link.tracker
    host = hosts().get(tracker.kind)
    if host is None:
        _fail(link, f"there is no kind of tracker {tracker.kind!r}")
        return
    try:
        _step(link, host, session_of(tracker, fetcher))
    except TrackerError as error:
        _refused(link, host, error)
    except Exception as error:
        log.exception("the tracker %s failed with a link", tracker.slug)
        _refused(link, host, TrackerError(type(error).__name__))
    else:
        Tracker.objects.filter(pk=tracker.pk).update(worked_at=clock.now())


def _step(link: TrackerLink, host: TrackerHost, session: Session) -> None:
    if link.state == LinkState.LINKED:
        syncing.keep_in_step(link, host, session)
        return
    if link.key:
        _linked(link, host.read(session, link.key))
        return
    draft = draft_of(link, host)
    found = host.find(session, draft, link.created_at) if link.may_be_there else None
    if found is None:
        # Written first: should this process die now, the next one looks before it opens.
        TrackerLink.objects.filter(pk=link.pk).update(may_be_there=True)
        found = host.create(session, draft)
    _linked(link, found)


def _linked(link: TrackerLink, remote: RemoteIssue) -> None:
    """It is there: remembered with the state that both sides have now."""
    link.key, link.state = remote.key[:400], LinkState.LINKED
    syncing.note_remote(link, remote)
    link.ours = syncing.our_state(link) or link.ours
    link.draft, link.tries, link.last_error = {}, 0, ""
    link.due_at = clock.now() + syncing.interval_of(link.tracker)
    link.held_by, link.held_until = "", None
    try:
        with transaction.atomic():
            # A person may have taken it away while it was opened.
            rows = TrackerLink.objects.select_for_update().filter(pk=link.pk)
            if rows.exclude(state=LinkState.UNLINKED).exists():
                link.save()
    except IntegrityError:
        link.delete()  # the same issue is linked already


def _refused(link: TrackerLink, host: TrackerHost, error: TrackerError) -> None:
    """Later, or never, or nothing of this tracker until somebody mends it."""
    tracker = link.tracker
    words = without(list(secrets_of(tracker).values()), str(error))[:400]
    now = clock.now()
    if isinstance(error, AccessRefused):
        changed = Tracker.objects.filter(pk=tracker.pk, broken_at=None).update(
            broken_at=now, broken_why=words
        )
        if changed:
            title = f"The tracker {tracker.name} is broken"
            why = f"Issues are not opened there: {words}"
            send_notice(tracker.organization, title, why, about=f"tracker-{tracker.pk}")
        _put_off(link, now + timedelta(seconds=_FIRST_PAUSE_SECONDS), words)
        return
    if link.state == LinkState.WAITING:
        if isinstance(error, TrackerRefusal):
            _fail(link, words, was_refused=True)
            return
        if now - link.created_at > _GIVE_UP:
            _fail(link, f"given up after a day: {words}")
            return
    if isinstance(error, Vanished):
        _fail(link, f"it is not there any more: {words}")
        return
    if isinstance(error, TrackerRefusal):
        _put_off(link, now + _REFUSED_PAUSE, words)
        return
    pause = min(_FIRST_PAUSE_SECONDS * 2**link.tries, _LONGEST_PAUSE_SECONDS)
    if error.retry_after is not None:
        pause = min(error.retry_after, _LONGEST_ASKED_SECONDS)
        Tracker.objects.filter(pk=tracker.pk).update(paused_until=now + timedelta(seconds=pause))
    _put_off(link, now + timedelta(seconds=max(pause, host.settle_seconds)), words)


def _put_off(link: TrackerLink, due: datetime, words: str) -> None:
    TrackerLink.objects.filter(pk=link.pk).update(
        due_at=due, tries=link.tries + 1, last_error=words[:400], held_by="", held_until=None
    )


def _fail(link: TrackerLink, words: str, *, was_refused: bool = False) -> None:
    changes: dict[str, object] = {"state": LinkState.FAILED, "last_error": words[:400]}
    if was_refused:
        changes["may_be_there"] = False
    TrackerLink.objects.filter(pk=link.pk).update(**changes, held_by="", held_until=None)
