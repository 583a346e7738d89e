"""Builds the facts that the reactions' tests speak of."""

from __future__ import annotations

from typing import Any

from vedette.facts import EventSeen


def event(project: Any, group: int, at: float, **fields: Any) -> EventSeen:
    """An event of a group."""
    values: dict[str, Any] = {
        "project_id": project.pk,
        "group_id": group,
        "key": f"{group:032x}",
        "version": "1",
        "event_id": f"{group:032x}",
        "first_seen": at,
        "last_seen": at,
        "event_type": "error",
        "type": "LampError",
        "value": "fell",
        "culprit": "shop.shelf",
        "filename": "shelf.py",
        "function": "put",
        "logger": "",
        "level": "error",
        "platform": "python",
        "is_unhandled": False,
        "first_release": "1.0",
        "last_release": "1.0",
        "environment": "production",
        "received": at,
    }
    return EventSeen(**{**values, **fields})
