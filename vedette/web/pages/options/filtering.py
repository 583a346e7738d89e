"""Beside the form of filters: what each dropped of late, and what they would have dropped."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from vedette.control.places import Place
from vedette.control.previewing import (
    HOURS,
    Dropped,
    Preview,
    Sampled,
    dropped_since,
    preview,
)
from vedette.filters import filters
from vedette.store.errors import StoreError
from vedette.store.visible import VisibleProjects
from vedette.web.access import Viewer
from vedette.web.wording import exact_number, plural

log = logging.getLogger("vedette.web")

_KINDS = {"event": "error", "transaction": "transaction", "span": "span"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One of what would have been dropped, and where it is shown; no address if nowhere."""

    at: datetime
    words: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Would:
    """What one filter would have dropped."""

    title: str
    said: str
    examples: Sequence[Example]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtering:
    """The panel. `said` is empty where nothing was tried, `problem` says why it cannot be."""

    notes: Mapping[str, str]
    said: str = ""
    bound: str = ""
    would: Sequence[Would] = ()
    problem: str = ""


def build(viewer: Viewer, place: Place, tried: Mapping[str, Any] | None) -> Filtering:
    """The panel of a place, for what the viewer may see of it."""
    visible = within(viewer, place)
    try:
        notes = _notes(visible)
    except StoreError as error:
        log.warning("what filters dropped cannot be counted: %s", error)
        notes = {}
    if tried is None:
        return Filtering(notes=notes)
    try:
        found = preview(visible, tried)
    except StoreError as error:
        log.warning("a preview of filters failed: %s", error)
        return Filtering(notes=notes, problem=f"It cannot be told now: {error}")
    return Filtering(
        notes=notes,
        said=_said(found),
        bound=_bound(found),
        would=[_would(one) for one in found.dropped],
    )


def within(viewer: Viewer, place: Place) -> VisibleProjects:
    """The projects of a place that the viewer may see."""
    if place.project is not None:
        return viewer.visible.only([place.project.pk])
    if place.organization is None:
        return viewer.visible
    owner = place.organization.pk
    return viewer.visible.only(one.pk for one in viewer.projects if one.organization_id == owner)


def _notes(visible: VisibleProjects) -> dict[str, str]:
    counts = dropped_since(visible)
    return {
        one.switch.name: _dropped(*counts[one.name])
        for one in filters().values()
        if one.name in counts
    }


def _dropped(in_day: int, a_day: float) -> str:
    return (
        f"Dropped {exact_number(in_day)} in {HOURS} hours, "
        f"{exact_number(round(a_day))} a day in the last week."
    )


def _said(found: Preview) -> str:
    span = f"In the last {HOURS} hours"
    if not found.total:
        return f"{span} nothing was stored that it could be tried on."
    if not found.sum:
        return f"{span} these filters would have dropped nothing of what was stored."
    return (
        f"{span} these filters would have dropped {exact_number(found.sum)} of "
        f"{exact_number(found.looked)} that were stored."
    )


def _bound(found: Preview) -> str:
    if found.is_whole:
        return ""
    return (
        f"Only the newest {exact_number(found.looked)} of {exact_number(found.total)} were looked "
        "at."
    )


def _would(one: Dropped) -> Would:
    counts = ", ".join(plural(one.counts[kind], noun) for kind, noun in _KINDS.items()
                       if one.counts[kind])  # fmt: skip
    return Would(title=one.title, said=counts, examples=[_example(held) for held in one.samples])


def _example(one: Sampled) -> Example:
    address = ""
    if one.issue_id is not None:
        address = reverse("event", args=[one.issue_id, one.event_id])
    elif one.trace_id:
        address = reverse("trace", args=[one.trace_id])
    return Example(at=one.at, words=one.words, address=address)
