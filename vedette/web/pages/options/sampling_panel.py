"""Beside the form of sampling: what arrives, what is kept of it, and what other rules would."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vedette.control.places import Place
from vedette.control.traffic import Estimate, Share, Volume, estimate, volumes
from vedette.store.errors import StoreError
from vedette.usage.standing import standings
from vedette.web.access import Viewer
from vedette.web.pages.options.filtering import within
from vedette.web.wording import exact_number

log = logging.getLogger("vedette.web")

_MANY = 100
_EXACT = 10
_DAYS = {"day": 1, "month": 31}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One rule in the preview."""

    line: str
    part: str
    keeps: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingPanel:
    """`said` is what arrives and is kept now, and what keeps within the limits; `would` what the
    rules that are tried would keep."""

    said: Sequence[str] = ()
    would: str = ""
    parts: Sequence[Part] = ()
    bound: str = ""
    problem: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)


def build(viewer: Viewer, place: Place, tried: Mapping[str, Any] | None) -> SamplingPanel:
    """The panel of a place, for what the viewer may see of it."""
    visible = within(viewer, place)
    try:
        held = volumes(visible)
        found = estimate(visible, tried["rules"]) if tried is not None else None
    except StoreError as error:
        log.warning("the volumes of traces cannot be told: %s", error)
        return SamplingPanel(problem=f"It cannot be told now what arrives: {error}")
    said = [*map(_volume, held), *_advice(viewer, place, held)]
    if tried is None:
        return SamplingPanel(said=said)
    if found is None:
        return SamplingPanel(said=said, would="Nothing began in the last week to try it on.")
    return SamplingPanel(
        said=said,
        would=_would(found, held),
        parts=[_part(one) for one in found.rules if one.line or one.part],
        bound="" if found.is_whole else "Only the most frequent names were looked at.",
    )


def _volume(one: Volume) -> str:
    text = f"{_number(one.arrived)} {one.kind}s a day arrived in the last week"
    if one.kept >= one.arrived:
        return f"{text}, and all were kept."
    return f"{text}; {_number(one.kept)} of them were kept ({_percent(one.kept / one.arrived)})."


def _advice(viewer: Viewer, place: Place, held: Sequence[Volume]) -> Iterator[str]:
    """How much may be kept of what arrives for each limit of this place to last."""
    arrived = {one.kind: one.arrived for one in held}
    for standing in standings([place.project] if place.project else viewer.projects):
        limit, budget = standing.budget.limit, standing.budget
        days = _DAYS.get(limit.period)
        mine = (place.level.value, _id_of(place)) == (budget.owner, budget.owner_id)
        if limit.category not in arrived or limit.is_bytes or days is None or not mine:
            continue
        words = f"{limit.most:,} {limit.category}s a {limit.period}"
        share = limit.most / days / arrived[limit.category]
        if share >= 1:
            yield f"At this rate the limit of {words} lasts with everything kept."
        else:
            yield (
                f"At this rate {_rounded(share)} keeps you under the limit of {words}: "
                f"end the rules with “{_rounded(share).replace(' ', '')}”."
            )


def _id_of(place: Place) -> int:
    if place.project is not None:
        return place.project.pk
    return place.organization.pk if place.organization is not None else 0


def _rounded(share: float) -> str:
    """Down, so that it is enough: `20 %`, `0.37 %`."""
    percent = share * _MANY
    digits = 0 if percent >= _EXACT else 2
    return f"{math.floor(percent * 10**digits) / 10**digits:g} %"


def _would(found: Estimate, held: Sequence[Volume]) -> str:
    words = f"These rules would keep about {_percent(found.share)} of what begins"
    kept = [f"{_number(one.arrived * found.share)} {one.kind}s" for one in held]
    return f"{words}: {' and '.join(kept)} a day." if kept else f"{words}."


def _part(one: Share) -> Part:
    return Part(
        line=one.line or "what no rule fits",
        part=_percent(one.part),
        keeps=_percent(one.keeps),
    )


def _number(value: float) -> str:
    return exact_number(round(value)) if value >= 1 or value == 0 else "less than 1"


def _percent(share: float) -> str:
    return f"{share * _MANY:.3g} %"
