"""Issues as Sentry's API gives them (protocol, section 5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from vedette.accounts.models import Organization
from vedette.issues.categories import category_of, is_problem, names_of, type_of
from vedette.issues.models import Issue, Recovery
from vedette.issues.shapes import Bucket, TagDistribution
from vedette.pipeline.grouping import Title
from vedette.projects.models import Project
from vedette.releases.models import Resolution


def time_text(moment: datetime) -> str:
    """ISO 8601 with a Z, which strict clients insist on."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def organization_shape(organization: Organization) -> dict[str, Any]:
    """An organisation."""
    return {
        "id": str(organization.pk),
        "slug": organization.slug,
        "name": organization.name,
        "dateCreated": time_text(organization.created_at),
        "status": {"id": "active", "name": "active"},
        "isEarlyAdopter": False,
        "require2FA": False,
        "requireEmailVerification": False,
        "features": [],
        "avatar": {"avatarType": "letter_avatar", "avatarUuid": None},
    }


def project_shape(project: Project, environments: Sequence[str] = ()) -> dict[str, Any]:
    """A project, with the environments that it was heard of from."""
    return {
        "id": str(project.pk),
        "slug": project.slug,
        "name": project.name,
        "platform": project.platform or None,
        "dateCreated": time_text(project.created_at),
        "firstEvent": time_text(project.first_event_at) if project.first_event_at else None,
        "status": "active",
        "features": [],
        "team": None,
        "teams": [],
        "environments": list(environments),
        "isBookmarked": False,
        "isMember": True,
        "hasAccess": True,
        "organization": organization_shape(project.organization),
    }


def issue_shape(
    issue: Issue,
    *,
    count: int,
    users: int,
    stats: list[Bucket] | None = None,
    stats_period: str = "24h",
    resolution: Resolution | None = None,
    recovery: Recovery | None = None,
) -> dict[str, Any]:
    """An issue; `count` is a text, as in Sentry. `resolution` is that of a resolved
    one, `recovery` of one that was resolved by itself."""
    project = issue.project
    shape: dict[str, Any] = {
        "id": str(issue.pk),
        "shortId": issue.short_name,
        "title": issue.title,
        "culprit": issue.culprit,
        "permalink": f"{settings.CONFIG.base_url}/issues/{issue.pk}/",
        "logger": issue.logger or None,
        "level": issue.level,
        "status": issue.status,
        "statusDetails": _status_details(resolution, recovery),
        "substatus": issue.substatus if issue.status != "resolved" else None,
        "isPublic": False,
        "platform": issue.platform or "other",
        "project": {
            "id": str(project.pk),
            "name": project.name,
            "slug": project.slug,
            "platform": project.platform or "",
        },
        "type": _type(issue),
        "metadata": metadata(issue),
        "numComments": 0,
        "assignedTo": None,
        "isBookmarked": False,
        "isSubscribed": False,
        "subscriptionDetails": None,
        "hasSeen": True,
        "annotations": [],
        "issueType": type_of(issue),
        "issueCategory": category_of(issue),
        "priority": issue.priority,
        "isUnhandled": issue.is_unhandled,
        "count": str(count),
        "userCount": users,
        "firstSeen": time_text(issue.first_seen),
        "lastSeen": time_text(issue.last_seen),
        "lifetime": {
            "count": str(issue.event_count),
            "firstSeen": time_text(issue.first_seen),
            "lastSeen": time_text(issue.last_seen),
        },
        "firstRelease": _release(issue.first_release),
        "lastRelease": _release(issue.last_release),
    }
    if stats is not None:
        points = [[int(bucket.start.timestamp()), bucket.count] for bucket in stats]
        shape["stats"] = {stats_period: points}
    return shape


def tag_shape(tag: TagDistribution) -> dict[str, Any]:
    """A tag of an issue with its most frequent values."""
    return {
        "key": tag.key,
        "name": tag.key.replace(".", " ").replace("_", " ").title(),
        "uniqueValues": tag.distinct,
        "totalValues": tag.total,
        "topValues": [
            {
                "key": tag.key,
                "name": value.value,
                "value": value.value,
                "count": value.count,
                "query": f'{tag.key}:"{value.value}"',
            }
            for value in tag.top
        ],
    }


def _status_details(resolution: Resolution | None, recovery: Recovery | None) -> dict[str, Any]:
    if recovery is not None:
        return {"autoResolved": True, "reason": recovery.words, "actor": None}
    if resolution is None:
        return {}
    actor = resolution.actor
    person = {"id": str(actor.pk), "name": str(actor), "email": actor.email} if actor else None
    if resolution.release is None:
        return {"inNextRelease": True, "actor": person}
    return {"inRelease": resolution.release.version, "actor": person}


def _type(issue: Issue) -> str:
    if issue.event_type in ("error", "default", "csp"):
        return issue.event_type
    return "generic"


def metadata(named: Issue | Title) -> dict[str, str]:
    """The parts of what an issue or an event is called, in Sentry's shape."""
    if isinstance(named, Issue) and is_problem(named):
        title, value = names_of(named)
        return {"title": title, "value": value}
    if not named.type:
        return {"title": named.title if isinstance(named, Issue) else named.text}
    held = {
        "type": named.type,
        "value": named.value,
        "filename": named.filename,
        "function": named.function,
    }
    return {name: value for name, value in held.items() if value}


def _release(version: str) -> dict[str, str] | None:
    return {"version": version, "shortVersion": version} if version else None
