"""Keeps the state of an issue here and there in step, whichever side was changed.

A link remembers the state that each side had when they were last compared. A call of the
tracker's webhook only says that there is something to compare: the state is always asked for, so
that calls that come late, twice or from elsewhere change nothing.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from vedette import clock
from vedette.accounts.models import AuditEntry
from vedette.alerts import acting
from vedette.alerts.content import base_url
from vedette.alerts.models import Alert, AlertState
from vedette.issues.models import Issue, Status
from vedette.issues.status import set_status
from vedette.trackers.hosts import RemoteIssue, Session, TrackerHost
from vedette.trackers.markup import Markup
from vedette.trackers.models import LinkState, Tracker, TrackerLink

OPEN, CLOSED = "open", "closed"
_LEAST_SECONDS = 600
_HEARD_SECONDS = 6 * 3600
_SECONDS_A_LINK = 2  # so that a tracker is asked at most 1,800 times an hour


def our_state(link: TrackerLink) -> str:
    """The state here; empty for an archived issue, which is neither."""
    if link.issue is not None:
        states = {Status.RESOLVED.value: CLOSED, Status.UNRESOLVED.value: OPEN}
        return states.get(link.issue.status, "")
    if link.alert is not None:
        return CLOSED if link.alert.state == AlertState.OVER else OPEN
    return ""


def note_remote(link: TrackerLink, remote: RemoteIssue) -> None:
    """Take over what is shown of it."""
    link.url = remote.url[:2000]
    link.title, link.status = remote.title[:400], remote.status[:100]
    link.theirs = OPEN if remote.is_open else CLOSED


def keep_in_step(link: TrackerLink, host: TrackerHost, session: Session) -> None:
    """Compare both sides, and carry the change of one over to the other."""
    known_ours, known_theirs = link.ours, link.theirs
    note_remote(link, host.read(session, link.key))
    ours = our_state(link)
    we_changed = ours not in ("", known_ours)
    they_changed = link.theirs != known_theirs
    if we_changed and link.theirs != ours:
        if _may_push(link.tracker, ours):
            host.turn(session, link.key, ours == OPEN, _words(link, ours, host.markup))
            note_remote(link, host.read(session, link.key))
    elif they_changed and ours not in ("", link.theirs) and link.tracker.follows:
        _follow(link)
    _save(link)


def interval_of(tracker: Tracker) -> timedelta:
    """When a link is compared again if nothing is heard of it."""
    heard = tracker.heard_at is not None and clock.now() - tracker.heard_at < timedelta(days=7)
    count = TrackerLink.objects.filter(tracker=tracker, state=LinkState.LINKED).count()
    least = _HEARD_SECONDS if heard else _LEAST_SECONDS
    return timedelta(seconds=max(least, count * _SECONDS_A_LINK))


def note_call(tracker: Tracker, keys: list[str]) -> int:
    """A signed call names these issues: they are compared soon. Returns how many are linked."""
    now = clock.now()
    Tracker.objects.filter(pk=tracker.pk).update(heard_at=now)
    named = Q()
    for key in keys:
        named |= Q(key__iexact=key)
    rows = TrackerLink.objects.filter(named, tracker=tracker, state=LinkState.LINKED)
    return rows.update(due_at=now, tries=0) if keys else 0


def _may_push(tracker: Tracker, ours: str) -> bool:
    return tracker.closes if ours == CLOSED else tracker.reopens


def _words(link: TrackerLink, ours: str, markup: Markup) -> str:
    """What is said beside the change there."""
    if link.issue is not None:
        name, address = link.issue.short_name, f"{base_url()}/issues/{link.issue.pk}/"
    else:
        name, address = f"Alert #{link.alert_id}", f"{base_url()}/alerts/{link.alert_id}/"
    if ours == CLOSED:
        word = "was resolved" if link.issue is not None else "is over"
        return f"{name} {word} in Vedette: {address}"
    release = link.issue.last_release if link.issue is not None else ""
    where = f" in the release {markup.code(release)}" if release else ""
    return f"{name} is open again in Vedette{where}: {address}"


def _follow(link: TrackerLink) -> None:
    """Do here what was done there, unless somebody has changed it here meanwhile."""
    tracker = link.tracker
    word = "closed" if link.theirs == CLOSED else "opened again"
    why = f"{link.key} was {word} in {tracker.name}"
    with transaction.atomic():
        if link.issue is not None:
            _follow_issue(link, link.issue, why)
        elif link.alert_id is not None and link.theirs == CLOSED:
            alert = Alert.objects.select_related("rule__project", "project").get(pk=link.alert_id)
            acting.resolve([alert], None, why)
    if link.issue is not None:
        link.issue.refresh_from_db(fields=["status"])
    if link.alert is not None:
        link.alert.refresh_from_db(fields=["state"])


def _follow_issue(link: TrackerLink, known: Issue, why: str) -> None:
    status = Status.RESOLVED if link.theirs == CLOSED else Status.UNRESOLVED
    issue = Issue.objects.select_for_update(of=("self",)).get(pk=known.pk)
    if issue.status != known.status:
        return
    if set_status([link.project], [issue.pk], status):
        AuditEntry.objects.create(
            organization=link.tracker.organization,
            who=link.tracker.name,
            address="",
            what=f"{known.short_name} is {status.value}: {why}"[:400],
        )


def _save(link: TrackerLink) -> None:
    TrackerLink.objects.filter(pk=link.pk).update(
        url=link.url,
        title=link.title,
        status=link.status,
        theirs=link.theirs,
        ours=our_state(link) or link.ours,
        tries=0,
        last_error="",
        due_at=clock.now() + interval_of(link.tracker),
        held_by="",
        held_until=None,
    )
