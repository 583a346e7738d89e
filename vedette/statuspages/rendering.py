"""Every file of a page, made of one picture of it: pages, feeds, JSON, styles.

Links are relative, so that the same bytes serve below `/status/<slug>/`, at a domain of its own
and in the snapshot that a plain web server hands out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.template import Context, Engine

from vedette.lying_text import plain_text
from vedette.statuspages import feeds, words
from vedette.statuspages.bars import Bar, bar_of, path_of, told_of_days
from vedette.statuspages.colours import accent_css
from vedette.statuspages.days import DAYS, first_of
from vedette.statuspages.prose import as_html
from vedette.statuspages.shapes import ComponentShape, IncidentShape, Picture
from vedette.statuspages.states import Condition
from vedette.statuspages.statuspage_json import documents

_FOLDER: Final = Path(__file__).parent / "templates"
_RECENT: Final = timedelta(days=14)
_MOST_MONTHS: Final = 24
FIGURES: Final = "_figures"  # what badges are made of; no address of its own
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class File:
    """What an address answers."""

    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A component on the page."""

    shape: ComponentShape
    tone: str
    words: str
    note: str
    uptime: str
    up_path: str
    is_up_throughout: bool
    bars: list[Bar]
    told: str
    pace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An incident on a page."""

    shape: IncidentShape
    when: str
    affected: str
    status: str
    impact: str
    updates: list[tuple[str, str, str, str]]  # status, its word, when, HTML


def files_of(picture: Picture) -> dict[str, File]:
    """By the path below the page's address; a folder's page ends with a slash, the first is ''."""
    made = {"style.css": _file("css", _style(picture))}
    if picture.logo:
        suffix, body = picture.logo
        made[f"logo.{suffix}"] = File(_TYPES[suffix], body)
    told = {one.key: _told(one, picture) for one in picture.incidents}  # Markdown is read once
    made[""] = _html("index.html", picture, "", **_index(picture, told))
    for path, document in documents(picture).items():
        made[f"api/v2/{path}"] = _file("json", json.dumps(document, ensure_ascii=False))
    made["history.rss"] = _file("rss", feeds.rss(picture))
    made["history.atom"] = _file("atom", feeds.atom(picture))
    made |= _history(picture, told)
    for one in picture.incidents:
        context = {"one": told[one.key], "title": one.title}
        made[f"incidents/{one.key}/"] = _html("incident.html", picture, "../../", **context)
    made[FIGURES] = _file("json", json.dumps(_figures(picture)))
    return made


def _history(picture: Picture, told: Mapping[str, _Told]) -> dict[str, File]:
    """A page for each month with something to tell; the first shows the newest."""
    by_month: dict[str, list[IncidentShape]] = {}
    zone = ZoneInfo(picture.zone)
    for one in picture.incidents:
        by_month.setdefault(f"{one.began_at.astimezone(zone):%Y-%m}", []).append(one)
    names = sorted(by_month, reverse=True)[:_MOST_MONTHS]
    months = [(name, _month(name), len(by_month[name])) for name in names]
    made = {}
    newest: dict[str, Any] = {"months": months, "chosen": names[0] if names else "", "base": ""}
    newest["month"] = months[0][1] if months else ""
    said = [told[one.key] for one in by_month[names[0]]] if names else []
    made["history/"] = _html("history.html", picture, "../", told=said, **newest)
    for name in names:
        said = [told[one.key] for one in by_month[name]]
        context: dict[str, Any] = {"months": months, "chosen": name, "base": "../", "told": said}
        context["month"] = _month(name)
        made[f"history/{name}/"] = _html("history.html", picture, "../../", **context)
    return made


def _index(picture: Picture, told: Mapping[str, _Told]) -> dict[str, Any]:
    recent = [
        one
        for one in picture.incidents
        if not one.is_open and (one.resolved_at or one.began_at) > picture.now - _RECENT
    ]
    return {
        "overall": picture.overall,
        "announcement": as_html(picture.announcement) if picture.announcement else "",
        "lasting": [told[one.key] for one in picture.open_incidents],
        "under_way": [told[one.key] for one in picture.under_way],
        "upcoming": [told[one.key] for one in picture.upcoming],
        "recent": [told[one.key] for one in recent],
        "groups": [
            (group, _group_tone(group.components), [_row(one, picture) for one in group.components])
            for group in picture.groups
        ],
        "written": words.moment(picture.now, picture.zone),
        "stamp": picture.now.isoformat(timespec="seconds"),
        "whole": path_of(range(DAYS)),
    }


def _row(one: ComponentShape, picture: Picture) -> _Row:
    tones = [words.tone_of(share) for share in one.days]
    first = first_of(picture.now.timestamp())
    bars = [
        bar_of(number, tone, one.days[number], first)
        for number, tone in enumerate(tones)
        if tone not in ("up", "none")
    ]
    ups = [number for number, tone in enumerate(tones) if tone == "up"]
    pace = one.pace if picture.shows_response else None
    return _Row(
        shape=one,
        tone=one.condition.value,
        words=words.CONDITIONS[one.condition],
        note=_note(one),
        uptime=words.percent(one.uptimes.get("90d")),
        up_path="" if len(ups) == DAYS else path_of(ups),
        is_up_throughout=len(ups) == DAYS,
        bars=bars,
        told=told_of_days(one.days, tones, one, first),
        pace=f"P50 {words.milliseconds(pace.p50)}, P95 {words.milliseconds(pace.p95)}"
        if pace
        else "",
    )


def _note(one: ComponentShape) -> str:
    if one.condition is Condition.UNKNOWN:
        return "Nothing is known of it just now."
    return "As last known: a part of it is not watched just now." if one.stood.is_last_known else ""


def _told(one: IncidentShape, picture: Picture) -> _Told:
    zone = picture.zone
    if one.scheduled_for is not None:
        when = words.moment(one.scheduled_for, zone)
        if one.scheduled_until is not None:
            when += f" – {_end(one.scheduled_for, one.scheduled_until, zone)}"
    else:
        when = words.moment(one.began_at, zone)
        if one.resolved_at is not None:
            lasted = (one.resolved_at - one.began_at).total_seconds()
            when += f", lasted {words.lasting(lasted)}"
    return _Told(
        shape=one,
        when=when,
        affected=", ".join(name for _, name, _ in one.affected),
        status=words.STATUSES.get(one.status, one.status),
        impact="Maintenance" if one.is_scheduled else words.IMPACTS[one.impact],
        updates=[
            (
                update.status,
                words.STATUSES.get(update.status, update.status),
                words.moment(update.at, zone),
                as_html(update.text),
            )
            for update in one.updates
        ],
    )


def _end(start: datetime, end: datetime, zone: str) -> str:
    """Without the day where it is the same."""
    at, until = start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone))
    return f"{until:%H:%M}" if at.date() == until.date() else words.moment(end, zone)


def _group_tone(components: Sequence[ComponentShape]) -> str:
    bad = [one for one in components if one.condition is not Condition.OPERATIONAL]
    return f"{len(bad)} of {len(components)} not operational" if bad else ""


def _month(name: str) -> str:
    return f"{datetime.strptime(name, '%Y-%m'):%B %Y}"  # noqa: DTZ007 - a month has no zone


def _figures(picture: Picture) -> dict[str, Any]:
    made = {
        one.key: {
            "name": one.name,
            "condition": one.condition.value,
            "uptimes": dict(one.uptimes),
            "p50": one.pace.p50 if one.pace and picture.shows_response else None,
            "p95": one.pace.p95 if one.pace and picture.shows_response else None,
        }
        for one in picture.components
    }
    return {
        "title": picture.title,
        "indicator": picture.overall.indicator,
        "words": picture.overall.words,
        "components": made,
    }


def _style(picture: Picture) -> str:
    own = accent_css(picture.accent)
    return "\n".join(part for part in (_read("style.css"), own, picture.css) if part)


def page_of(template: str, about: object, up: str, *, logo: str = "", **context: Any) -> bytes:
    """A page of a template. `about` has title and is_public; `up` leads to the first page."""
    frame = {"picture": about, "up": up, "home": up or "./", "logo": logo and f"{up}{logo}"}
    made: str = _engine().get_template(template).render(Context({**frame, **context}))
    return plain_text(made).encode()


def _html(template: str, picture: Picture, up: str, **context: Any) -> File:
    logo = f"logo.{picture.logo[0]}" if picture.logo else ""
    return File(_TYPES["html"], page_of(template, picture, up, logo=logo, **context))


def _file(kind: str, text: str) -> File:
    return File(_TYPES[kind], text.encode())


@cache
def _read(name: str) -> str:
    return (_FOLDER / name).read_text()


@cache
def _engine() -> Engine:
    return Engine(
        dirs=[str(_FOLDER)],
        loaders=[
            ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])
        ],
    )
