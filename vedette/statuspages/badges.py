"""Badges as SVG, drawn from the figures of a page: its state, uptime, response times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

from vedette.statuspages import words
from vedette.statuspages.states import Condition
from vedette.statuspages.xml_text import allowed

KINDS: Final = ("status", "uptime-24h", "uptime-7d", "uptime-30d", "uptime-90d", "response")
CONTENT_TYPE: Final = "image/svg+xml"
_WIDTH: Final = 6.6  # of a character of 11 px on average
# White text on each of them has a contrast of at least 4.5.
_COLOURS: Final = {
    "good": "#1a7444",
    "blue": "#1a63b8",
    "yellow": "#8f5a00",
    "orange": "#a84b0b",
    "red": "#c42b1c",
    "grey": "#5d6675",
}
_OF_CONDITIONS: Final = {
    Condition.OPERATIONAL: "good",
    Condition.UNDER_MAINTENANCE: "blue",
    Condition.DEGRADED: "yellow",
    Condition.PARTIAL_OUTAGE: "orange",
    Condition.MAJOR_OUTAGE: "red",
    Condition.UNKNOWN: "grey",
}
_OF_INDICATORS: Final = {
    "none": "good",
    "maintenance": "blue",
    "minor": "yellow",
    "major": "orange",
    "critical": "red",
}


def badge(figures: Mapping[str, Any], path: str) -> bytes | None:
    """The badge at `badge/status.svg` or `badge/<component>/uptime-30d.svg`, below `badge/`.

    None for one that is not there.
    """
    *component, name = path.removesuffix(".svg").split("/")
    if not path.endswith(".svg") or name not in KINDS or len(component) > 1:
        return None
    if component:
        held = figures["components"].get(component[0])
        return _of_component(held, name) if held else None
    if name == "status":
        return draw(figures["title"], figures["words"], _OF_INDICATORS[figures["indicator"]])
    return _of_page(figures, name)


def paths_of(figures: Mapping[str, Any]) -> list[str]:
    """Every badge that there is."""
    names = [f"{kind}.svg" for kind in KINDS]
    return names + [f"{key}/{name}" for key in figures["components"] for name in names]


def draw(label: str, value: str, colour: str) -> bytes:
    """Label and value side by side."""
    label, value = allowed(label)[:40], allowed(value)[:40]
    left, right = _wide(label), _wide(value)
    title = escape(f"{label}: {value}", {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{title}"><title>{title}</title>'
        f'<rect width="{left + right}" height="20" rx="3" fill="#3a414d"/>'
        f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-{right - 3}z" '
        f'fill="{_COLOURS[colour]}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" '
        'text-anchor="middle">'
        f'<text x="{left / 2}" y="14" textLength="{left - 12}">{escape(label)}</text>'
        f'<text x="{left + right / 2}" y="14" textLength="{right - 12}">{escape(value)}</text>'
        "</g></svg>"
    ).encode()


def _of_component(held: Mapping[str, Any], name: str) -> bytes:
    if name == "status":
        condition = Condition(held["condition"])
        return draw(held["name"], words.CONDITIONS[condition], _OF_CONDITIONS[condition])
    if name == "response":
        known = held["p95"]
        said = f"P95 {words.milliseconds(known)}" if known is not None else "no data"
        return draw(f"{held['name']} response", said, "blue" if known is not None else "grey")
    span = name.removeprefix("uptime-")
    return _uptime(f"{held['name']} uptime {span}", held["uptimes"].get(span))


def _of_page(figures: Mapping[str, Any], name: str) -> bytes:
    held = figures["components"].values()
    if name == "response":
        known = [one["p95"] for one in held if one["p95"] is not None]
        said = f"P95 {words.milliseconds(max(known))}" if known else "no data"
        return draw(f"{figures['title']} response", said, "blue" if known else "grey")
    span = name.removeprefix("uptime-")
    shares = [share for one in held if (share := one["uptimes"].get(span)) is not None]
    mean = sum(shares) / len(shares) if shares else None
    return _uptime(f"{figures['title']} uptime {span}", mean)


def _uptime(label: str, share: float | None) -> bytes:
    if share is None:
        return draw(label, "no data", "grey")
    colour = "good" if share >= 0.999 else "yellow" if share >= 0.98 else "red"
    return draw(label, words.percent(share), colour)


def _wide(text: str) -> int:
    return round(len(text) * _WIDTH) + 12
