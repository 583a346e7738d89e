"""Opsgenie, and what speaks its Alert API: the `alias` makes an alert that comes twice one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from vedette.channels import ChannelKind, Parcel, Receipt
from vedette.channels._http import post_json, said
from vedette.channels._words import about, cut, headline
from vedette.connections import Field
from vedette.outgoing.fetcher import Fetcher

_URL = "https://api.opsgenie.com"
_PRIORITIES = {"critical": "P1", "warning": "P3"}
_MESSAGE = 130
_DESCRIPTION = 15_000


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """Create or close an alert for each."""
    base = (settings.get("url") or _URL).rstrip("/")
    headers = {"authorization": f"GenieKey {settings['key']}"}
    answer = None
    for path, body in requests(parcel):
        answer = post_json(fetcher, base + path, body, headers)
    return Receipt(
        status=answer.status if answer else 202, answer=said(answer) if answer else "nothing to say"
    )


def requests(parcel: Parcel) -> list[tuple[str, dict[str, Any]]]:
    """Path and body of each request."""
    content = parcel.content
    if not content.alerts:
        title = headline(content, most=_MESSAGE)
        return [("/v2/alerts", {"message": title, "alias": content.thread, "source": "Vedette"})]
    found: list[tuple[str, dict[str, Any]]] = []
    for part in content.alerts:
        alias = f"vedette-alert-{part.id}"
        if content.kind == "resolve":
            found.append((f"/v2/alerts/{quote(alias)}/close?identifierType=alias", _CLOSED))
            continue
        description = "\n".join([*about(part), part.url, part.runbook])
        body = {
            "message": cut(part.title, _MESSAGE),
            "alias": alias,
            "description": cut(description, _DESCRIPTION),
            "priority": _PRIORITIES.get(part.level, "P3"),
            "source": "Vedette",
            "entity": cut(part.project, 512),
            "details": {name: cut(value, 500) for name, value in part.facts},
        }
        found.append(("/v2/alerts", body))
    return found


_CLOSED = {"source": "Vedette"}

CHANNEL = ChannelKind(
    name="opsgenie",
    label="Opsgenie",
    help="an API key; also for services that speak its Alert API",
    fields=(
        Field(name="key", label="API key", is_secret=True),
        Field(
            name="url",
            label="Address",
            is_needed=False,
            help="default: https://api.opsgenie.com",
            is_address=True,
        ),
    ),
    deliver=deliver,
    is_deduplicated=True,
    tells_each=True,
    limits={"message": 130, "alias": 512, "description": 15_000},
)
