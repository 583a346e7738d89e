"""The trail of what happened before the error, newest first, so that it begins at the error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from vedette.web.pages.issue.payload import Payload, mapping, moment, text, values
from vedette.web.remarks import Remarks
from vedette.web.values import Budget, Entry, Shown, show_entries, show_value
from vedette.web.wording import duration

MOST_CRUMBS = 100
_HTTP_KEYS = ("method", "url", "status_code", "http.method", "http.query", "http.fragment")
_ICONS = {
    "http": "globe",
    "navigation": "compass",
    "query": "database",
    "ui": "mouse-pointer-click",
    "user": "user",
    "error": "circle-x",
    "exception": "circle-x",
    "warning": "triangle-alert",
    "debug": "bug",
    "info": "info",
    "system": "cpu",
    "session": "activity",
    "transaction": "waypoints",
    "console": "terminal",
    "log": "terminal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """One step. `before` says how long before the error it was, `kind` is what it filters by."""

    kind: str
    icon: str
    category: str
    level: str
    headline: str
    status: str
    status_tone: str
    message: Shown | None
    data: list[Entry]
    at: datetime | None
    clock: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The newest crumbs, the kinds among them with their counts, and how many are left out."""

    crumbs: list[Crumb]
    kinds: list[tuple[str, int]]
    left_out: int


def make_trail(payload: Payload, budget: Budget, happened: datetime) -> Trail:
    """The trail, bounded to the hundred steps nearest the error."""
    held = [
        (mapping(value), remarks)
        for value, remarks in values(payload, "breadcrumbs")
        if isinstance(value, dict)
    ]
    timed = [(moment(crumb.get("timestamp")), crumb, remarks) for crumb, remarks in held]
    latest = datetime.max.replace(tzinfo=UTC)
    timed.sort(key=lambda row: row[0] or latest)
    kept = timed[-MOST_CRUMBS:][::-1]
    crumbs = [_make_crumb(crumb, marks, budget, at, happened) for at, crumb, marks in kept]
    counts: dict[str, int] = {}
    for crumb in crumbs:
        counts[crumb.kind] = counts.get(crumb.kind, 0) + 1
    kinds = sorted(counts.items(), key=lambda pair: -pair[1])
    return Trail(crumbs=crumbs, kinds=kinds, left_out=len(held) - len(kept))


def _make_crumb(
    held: Payload, remarks: Remarks, budget: Budget, at: datetime | None, happened: datetime
) -> Crumb:
    kind, data = _kind(held), mapping(held.get("data"))
    headline, status = _http(data) if kind == "http" else _navigation(data), ""
    if kind == "http":
        status = text(data.get("status_code") or data.get("http.response.status_code"))
        data = {key: value for key, value in data.items() if key not in _HTTP_KEYS}
    elif headline:
        data = {key: value for key, value in data.items() if key not in ("from", "to")}
    message = held.get("message")
    return Crumb(
        kind=kind,
        icon=_ICONS.get(kind, "git-commit-horizontal"),
        category=text(held.get("category")) or kind,
        level=text(held.get("level")) or "info",
        headline=headline,
        status=status,
        status_tone=status_tone(status),
        message=show_value(message, remarks.at("message"), budget) if message else None,
        data=show_entries(data, remarks.at("data"), budget),
        at=at,
        clock=f"{at.astimezone(UTC):%H:%M:%S}.{at.microsecond // 1000:03d}" if at else "",
        before=_before(at, happened),
    )


def status_tone(status: str) -> str:
    """The hue of an HTTP status."""
    tones = {"2": "good", "3": "", "4": "warn", "5": "bad"}
    return tones.get(status[:1], "") if status.isdigit() else ""


def _kind(held: Payload) -> str:
    kind, category = text(held.get("type")), text(held.get("category"))
    if kind and kind != "default":
        return kind[:32]
    family = category.partition(".")[0]
    if family in ("fetch", "xhr", "httplib", "requests"):
        return "http"
    return family[:32] if family in _ICONS else "log" if held.get("message") else "default"


def _http(data: Payload) -> str:
    method = text(data.get("method") or data.get("http.method"))
    return " ".join(part for part in (method, text(data.get("url"))) if part)


def _navigation(data: Payload) -> str:
    start, end = text(data.get("from")), text(data.get("to"))
    return f"{start} → {end}" if start or end else ""


def _before(at: datetime | None, happened: datetime) -> str:
    if at is None:
        return ""
    seconds = (happened - at).total_seconds()
    if abs(seconds) < 0.0005:
        return "0 ms"
    return f"{'−' if seconds > 0 else '+'}{duration(abs(seconds))}"
