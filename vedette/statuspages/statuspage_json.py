"""The JSON of a page in the shapes of Statuspage's public API, version 2.

Source: the public documentation of Statuspage's status API (`/api/v2/summary.json` and beside it).
It knows no unknown state: such a component is `operational` there, with `is_known` beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from vedette.statuspages.shapes import ComponentShape, GroupShape, IncidentShape, Picture
from vedette.statuspages.states import BADNESS, Condition, Impact

Json = dict[str, Any]
_MOST: Final = 50


def documents(picture: Picture) -> dict[str, Json]:
    """By the name of the file below `api/v2/`."""
    page = {"page": _page(picture)}
    status = {
        "status": {"indicator": picture.overall.indicator, "description": picture.overall.words}
    }
    components = _components(picture)
    lasting = [_incident(one, picture) for one in picture.open_incidents]
    under_way = [_incident(one, picture) for one in picture.under_way]
    upcoming = [_incident(one, picture) for one in picture.upcoming]
    incidents = [one for one in picture.incidents if not one.is_scheduled][:_MOST]
    scheduled = [one for one in picture.incidents if one.is_scheduled][:_MOST]
    all_scheduled = {"scheduled_maintenances": [_incident(one, picture) for one in scheduled]}
    return {
        "summary.json": {
            **page,
            "components": components,
            "incidents": lasting,
            "scheduled_maintenances": [*under_way, *upcoming],
            **status,
        },
        "status.json": {**page, **status},
        "components.json": {**page, "components": components},
        "incidents.json": {**page, "incidents": [_incident(one, picture) for one in incidents]},
        "incidents/unresolved.json": {**page, "incidents": lasting},
        "scheduled-maintenances.json": {**page, **all_scheduled},
        "scheduled-maintenances/upcoming.json": {**page, "scheduled_maintenances": upcoming},
        "scheduled-maintenances/active.json": {**page, "scheduled_maintenances": under_way},
    }


def stamp(moment: datetime | None) -> str | None:
    """ISO 8601 with milliseconds."""
    return moment.isoformat(timespec="milliseconds") if moment else None


def _page(picture: Picture) -> Json:
    return {
        "id": picture.key,
        "name": picture.title,
        "url": picture.address.rstrip("/"),
        "time_zone": picture.zone,
        "updated_at": stamp(picture.now),
    }


def _components(picture: Picture) -> list[Json]:
    made: list[Json] = []
    for group in picture.groups:
        if group.key:
            made.append(_group(group, picture))
        made += [_component(one, picture) for one in group.components]
    return made


def _component(one: ComponentShape, picture: Picture) -> Json:
    return {
        "id": one.key,
        "name": one.name,
        "status": _status(one.condition),
        "is_known": one.condition is not Condition.UNKNOWN and not one.stood.is_last_known,
        "created_at": stamp(one.created_at),
        "updated_at": stamp(picture.now),
        "position": one.position,
        "description": one.description or None,
        "showcase": bool(one.days),
        "start_date": one.created_at.date().isoformat(),
        "group_id": one.group or None,
        "page_id": picture.key,
        "group": False,
        "only_show_if_degraded": False,
    }


def _group(group: GroupShape, picture: Picture) -> Json:
    worst = max((one.condition for one in group.components), key=BADNESS.__getitem__)
    return {
        "id": group.key,
        "name": group.name,
        "status": _status(worst),
        "created_at": stamp(group.created_at),
        "updated_at": stamp(picture.now),
        "position": group.position,
        "description": None,
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "page_id": picture.key,
        "group": True,
        "only_show_if_degraded": False,
        "components": [one.key for one in group.components],
    }


def _incident(one: IncidentShape, picture: Picture) -> Json:
    affected = [known for known in picture.components if known.key in _keys(one.affected)]
    made: Json = {
        "id": one.key,
        "name": one.title,
        "status": one.status,
        "created_at": stamp(one.published_at),
        "updated_at": stamp(one.changed_at),
        "monitoring_at": stamp(_first(one, "monitoring")),
        "resolved_at": stamp(one.resolved_at),
        "impact": "maintenance" if one.is_scheduled else str(one.impact or Impact.NONE),
        "shortlink": f"{picture.address}incidents/{one.key}/",
        "started_at": stamp(one.began_at),
        "page_id": picture.key,
        "incident_updates": [
            {
                "id": update.key,
                "status": update.status,
                "body": update.text,
                "incident_id": one.key,
                "created_at": stamp(update.at),
                "updated_at": stamp(update.at),
                "display_at": stamp(update.at),
                "affected_components": None,
                "deliver_notifications": True,
                "custom_tweet": None,
                "tweet_id": None,
            }
            for update in one.updates
        ],
        "components": [_component(known, picture) for known in affected],
    }
    if one.is_scheduled:
        made["scheduled_for"] = stamp(one.scheduled_for)
        made["scheduled_until"] = stamp(one.scheduled_until)
    return made


def _status(condition: Condition) -> str:
    return str(Condition.OPERATIONAL if condition is Condition.UNKNOWN else condition)


def _keys(affected: Sequence[tuple[str, str, Condition]]) -> set[str]:
    return {key for key, _, _ in affected}


def _first(one: IncidentShape, status: str) -> datetime | None:
    return min((update.at for update in one.updates if update.status == status), default=None)
