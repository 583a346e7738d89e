"""What the pages of issues and alerts show of trackers."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from vedette.access.actions import Action
from vedette.trackers.hosts import hosts
from vedette.trackers.models import LinkState, Tracker, TrackerLink
from vedette.trackers.opening import Subject, links_of, trackers_for
from vedette.web.access import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One linked issue. `why` is what holds it back; `tone` colours its state."""

    link: TrackerLink
    words: str
    tone: str
    why: str
    is_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksView:
    """The links of an issue or an alert, and where new ones are made. Addresses end in a slash."""

    rows: list[LinkRow]
    trackers: list[tuple[Tracker, str, str]]
    address: str
    may_change: bool
    is_waiting: bool


def make_links(viewer: Viewer, subject: Subject) -> LinksView:
    """The links, for whoever may see the issue or alert."""
    action = Action.TRIAGE if subject.issue is not None else Action.CHANGE_ALERTS
    may_change = viewer.may(action, subject.project)
    address = address_of(subject)
    known = trackers_for(subject.project, with_those_off=True)
    rows = [_row(link) for link in links_of(subject)] if known else []
    usable = [one for one in known if may_change and one.is_enabled and one.kind in hosts()]
    return LinksView(
        rows=rows,
        trackers=[(one, hosts()[one.kind].label, f"{address}{one.pk}/new/") for one in usable],
        address=address,
        may_change=may_change,
        is_waiting=any(row.is_waiting for row in rows),
    )


def address_of(subject: Subject) -> str:
    """Where the links of an issue or alert are shown and changed."""
    if subject.issue is not None:
        return reverse("issue-trackers", args=[subject.issue.pk])
    assert subject.alert is not None
    return reverse("alert-trackers", args=[subject.alert.pk])


def _row(link: TrackerLink) -> LinkRow:
    tracker = link.tracker
    why = link.last_error
    if tracker.broken_at is not None and link.state != LinkState.FAILED:
        why = f"{tracker.name} is broken: {tracker.broken_why}"
    words, tone = link.status or link.theirs, ""
    if link.state == LinkState.WAITING:
        words, tone = ("being looked up" if link.key else "being opened"), "warn"
    elif link.state == LinkState.FAILED:
        words, tone = "failed", "bad"
    elif link.theirs == "closed":
        tone = "good"
    return LinkRow(
        link=link,
        words=words,
        tone=tone,
        why=why,
        is_waiting=link.state == LinkState.WAITING,
    )
