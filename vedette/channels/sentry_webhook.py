"""A webhook in the shape that Sentry's own integrations send, for scripts written for those."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vedette.channels import ChannelKind, Parcel, Receipt
from vedette.channels._each import send_to_each
from vedette.channels._http import post, said
from vedette.connections import Field
from vedette.outgoing.fetcher import Answer, Fetcher

if TYPE_CHECKING:
    from vedette.channels._content import AlertPart

_SECONDS_DIGITS = 3


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """One request per alert, signed as Sentry signs (`Sentry-Hook-Signature`)."""
    parts = {str(part.id): part for part in parcel.content.alerts}
    answers: list[Answer] = []

    def send(name: str) -> None:
        part = parts[name]
        resource, body = payload(parcel, part)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "content-type": "application/json",
            "request-id": f"{parcel.identity}-{part.id}",
            "sentry-hook-resource": resource,
            "sentry-hook-timestamp": str(int(parcel.content.at)),
            "sentry-hook-signature": hmac.new(
                settings.get("secret", "").encode(), text, hashlib.sha256
            ).hexdigest(),
        }
        answers.append(post(fetcher, settings["url"], text, headers))

    send_to_each(parts, parcel, send)
    if not answers:
        return Receipt(answer="nothing to say")
    return Receipt(status=answers[-1].status, answer=said(answers[-1]))


def payload(parcel: Parcel, part: AlertPart) -> tuple[str, dict[str, Any]]:
    """`event_alert` for what happens once, `metric_alert` for windows."""
    content = parcel.content
    installation = {"installation": {"uuid": f"vedette-{content.organization}"}}
    actor = {"type": "application", "id": "vedette", "name": "Vedette"}
    if part.issue_url and not part.figure:
        event = {
            "event_id": part.samples[0][0] if part.samples else "",
            "title": part.title,
            "web_url": part.samples[0][1] if part.samples else part.issue_url,
            "issue_url": part.issue_url,
            "level": "error",
            "project": part.project,
            "tags": [[name, value] for name, value in part.facts],
            "timestamp": round(part.began, _SECONDS_DIGITS),
        }
        data: dict[str, Any] = {"event": event, "triggered_rule": part.rule}
        return "event_alert", {
            "action": "triggered", "data": data, "actor": actor, **installation
        }  # fmt: skip
    action = "resolved" if content.kind == "resolve" else part.level
    alert = {
        "id": str(part.id),
        "title": part.title,
        "status": {"critical": 20, "warning": 10, "resolved": 2}.get(action, 10),
        "date_started": round(part.began, _SECONDS_DIGITS),
        "date_closed": part.over,
        "alert_rule": {"name": part.rule, "query": part.condition, "projects": [part.project]},
    }
    data = {
        "metric_alert": alert,
        "description_title": part.title,
        "description_text": part.figure,
        "web_url": part.url,
    }
    return "metric_alert", {"action": action, "data": data, "actor": actor, **installation}


CHANNEL = ChannelKind(
    name="sentry_webhook",
    label="Webhook in Sentry's shape",
    help="event_alert and metric_alert as Sentry's integrations send them",
    fields=(
        Field(name="url", label="Address", is_address=True),
        Field(name="secret", label="Client secret", is_secret=True, is_needed=False),
    ),
    deliver=deliver,
    tells_each=True,
)
