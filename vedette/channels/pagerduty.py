"""PagerDuty, by Events API v2: the same `dedup_key` twice is the same incident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.channels import ChannelKind, Parcel, Receipt
from vedette.channels._http import post_json, said
from vedette.channels._words import about, cut, headline
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_URL = "https://events.pagerduty.com/v2/enqueue"
_ACTIONS = {"resolve": "resolve", "acknowledge": "acknowledge"}
_SUMMARY = 1024


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """One event per alert, so that each resolves by itself."""
    url = settings.get("url") or _URL
    bodies = events(settings["routing_key"], parcel)
    answer = None
    for body in bodies:
        answer = post_json(fetcher, url, body)
    return Receipt(
        status=answer.status if answer else 202, answer=said(answer) if answer else "nothing to say"
    )


def events(routing_key: str, parcel: Parcel) -> list[dict[str, Any]]:
    """The events of a message; one about no alert stands for itself."""
    content = parcel.content
    action = _ACTIONS.get(content.kind, "trigger")
    if not content.alerts:
        summary = headline(content, most=_SUMMARY)
        return [_event(routing_key, "trigger", content.thread, summary, content.level, {}, [])]
    return [
        _event(
            routing_key,
            action,
            f"vedette-alert-{part.id}",
            cut(part.title, _SUMMARY),
            part.level,
            {"about": about(part), "project": part.project, "rule": part.rule, **dict(part.facts)},
            [
                {"href": url, "text": text}
                for text, url in (
                    ("Alert", part.url),
                    ("Issue", part.issue_url),
                    *((f"Event {event[:8]}", url) for event, url in part.samples),
                )
                if url
            ],
        )
        for part in content.alerts
    ]


def _event(
    routing_key: str,
    action: str,
    key: str,
    summary: str,
    level: str,
    details: dict[str, Any],
    links: list[dict[str, str]],
) -> dict[str, Any]:
    body: dict[str, Any] = {"routing_key": routing_key, "event_action": action, "dedup_key": key}
    if action == "trigger":
        body["payload"] = {
            "summary": summary,
            "source": details.get("project") or "vedette",
            "severity": level,
            "class": details.get("rule", ""),
            "custom_details": details,
        }
        body["links"] = links
        body["client"] = "Vedette"
    return body


CHANNEL = ChannelKind(
    name="pagerduty",
    label="PagerDuty",
    help="the integration key of a service (Events API v2)",
    fields=(
        Field(name="routing_key", label="Integration key", is_secret=True),
        Field(
            name="url", label="Address", is_needed=False, help=f"default: {_URL}", is_address=True
        ),
    ),
    deliver=deliver,
    is_deduplicated=True,
    tells_each=True,
    limits={"summary": 1024, "dedup_key": 255},
)
