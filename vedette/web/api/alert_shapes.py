"""Alerts, their history and their messages as the API gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from vedette.accounts.models import User
from vedette.alerts.content import base_url, condition_of, figure_of
from vedette.alerts.deliveries import Delivery, deliveries_of
from vedette.alerts.models import Alert, Silence


def alert_shape(alert: Alert) -> dict[str, Any]:
    """One alert of a list. Needs what `vedette.alerts.reading.alerts_of` loads."""
    return {
        "id": str(alert.pk),
        "title": alert.title,
        "level": alert.level,
        "state": alert.state,
        "rule": {
            "id": f"{alert.rule.project.slug}/{alert.rule.slug}",
            "name": alert.rule.name,
            "owner": _person(alert.rule.owner),
        },
        "project": {"id": str(alert.project_id), "slug": alert.project.slug},
        "issue": str(alert.issue_id) if alert.issue_id else None,
        "labels": alert.labels,
        "value": alert.value,
        "figure": figure_of(alert),
        "condition": condition_of(alert),
        "count": alert.count,
        "dateStarted": _time(alert.began_at),
        "dateFired": _time(alert.fired_at),
        "dateEnded": _time(alert.over_at),
        "acknowledgedBy": _person(alert.acknowledged_by),
        "dateAcknowledged": _time(alert.acknowledged_at),
        "closedAs": alert.closed_as or None,
        "url": f"{base_url()}/alerts/{alert.pk}/",
    }


def whole_alert_shape(alert: Alert) -> dict[str, Any]:
    """One alert with its evidence, history and messages."""
    return {
        **alert_shape(alert),
        "evidence": alert.evidence,
        "history": [
            {
                "date": _time(entry.at),
                "what": entry.what,
                "level": entry.level or None,
                "value": entry.value,
                "by": _person(entry.by),
                "note": entry.note,
            }
            for entry in alert.entries.select_related("by").order_by("at", "pk")[:500]
        ],
        "deliveries": [_delivery_shape(one) for one in deliveries_of(alert)],
    }


def silence_shape(silence: Silence) -> dict[str, Any]:
    """One silence."""
    return {
        "id": str(silence.pk),
        "matchers": silence.matchers,
        "dateStarted": _time(silence.starts_at),
        "dateEnded": _time(silence.ends_at),
        "reason": silence.reason,
        "by": _person(silence.by),
    }


def _delivery_shape(delivery: Delivery) -> dict[str, Any]:
    return {
        "channel": delivery.channel.slug,
        "kind": delivery.kind,
        "state": delivery.state,
        "dateCreated": _time(delivery.created_at),
        "dateSent": _time(delivery.sent_at),
        "isFallback": delivery.is_fallback,
        "tries": [
            {
                "date": _time(one.at),
                "seconds": one.seconds,
                "status": one.status,
                "answer": one.answer,
                "isDone": one.is_done,
            }
            for one in delivery.tries
        ],
    }


def _person(user: User | None) -> dict[str, str] | None:
    return {"id": str(user.pk), "name": str(user), "email": user.email} if user else None


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
