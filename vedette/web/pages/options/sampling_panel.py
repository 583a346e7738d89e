"""Beside the form of sampling: what arrives, what is kept of it, and what other rules would."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vedette.control.places import Place
from vedette.control.traffic import Estimate, Share, Volume, estimate, volumes
from vedette.store.errors import StoreError
from vedette.web.access import Viewer
from vedette.web.pages.options.filtering import within
from vedette.web.wording import exact_number

log = logging.getLogger("vedette.web")

_MANY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One rule in the preview."""

    line: str
    part: str
    keeps: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingPanel:
    """`said` is what arrives and is kept now; `would` what the rules that are tried would keep."""

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
    said = [_volume(one) for one in held]
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
