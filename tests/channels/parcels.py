"""Messages of every kind, small and as large as they come."""

from __future__ import annotations

from vedette.channels import Parcel
from vedette.channels._content import AlertPart, Content

BASE = "https://vedette.example.com"
LINKS = {name: f"{BASE}/alerts/act/{name}-token/" for name in ("acknowledge", "resolve", "silence")}


def part(number: int = 1, *, length: int = 0, **values: object) -> AlertPart:
    """One alert; `length` makes its texts that long."""
    made: dict[str, object] = {
        "id": number,
        "title": "Too many errors: OrderError: no <stock> & *lamp*" + "x" * length,
        "level": "critical",
        "state": "firing",
        "project": "Shop",
        "rule": "Too many errors",
        "url": f"{BASE}/alerts/{number}/",
        "began": 1_767_268_800.0,
        "fired": 1_767_268_810.0,
        "figure": "63 events",
        "condition": "count >50 over 1 hour" + "y" * length,
        "facts": [("environment", "production"), ("error type", "OrderError" + "z" * length)],
        "samples": [("a" * 32, f"{BASE}/issues/7/events/{'a' * 32}/")],
        "issue_url": f"{BASE}/issues/7/",
        "runbook": "# Look at the till\n\n- [ ] restart it",
    }
    return AlertPart(**{**made, **values})  # type: ignore[arg-type]


def parcel(kind: str = "trigger", *, alerts: int = 1, length: int = 0, more: int = 0) -> Parcel:
    """A message."""
    parts = [
        part(
            number + 1,
            length=length,
            over=1_767_269_400.0 if kind == "resolve" else None,
            state="over" if kind == "resolve" else "firing",
        )
        for number in range(alerts)
    ]
    content = Content(
        kind=kind,
        title=parts[0].title if len(parts) == 1 else f"Too many errors: {len(parts)} alerts",
        level="critical",
        thread="alerts-3",
        project="shop",
        organization="lantern",
        at=1_767_268_812.0,
        alerts=parts,
        more=more,
        url=f"{BASE}/alerts/",
        note="This is a test." if kind == "test" else "",
    )
    return Parcel(
        content=content,
        identity="vedette-3-1",
        links=LINKS if kind in ("trigger", "update", "repeat") else {},
    )


EVERY = {
    "trigger": parcel(),
    "update": parcel("update", alerts=3),
    "repeat": parcel("repeat"),
    "resolve": parcel("resolve"),
    "test": parcel("test"),
    "storm": parcel(alerts=10, more=490),
    "long": parcel(alerts=10, length=3000, more=3),
}
