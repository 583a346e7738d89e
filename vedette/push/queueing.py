"""From messages about alerts and issues to browsers of the people whom they concern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from vedette.accounts.models import User
from vedette.alerts.models import PersonalSettings
from vedette.alerts.muting import next_moment
from vedette.channels._content import Content
from vedette.channels._words import about, cut, headline
from vedette.push.models import PushMessage, PushSubscription

_MOST_TITLE = 150
_MOST_BODY = 500


def queue(
    users: Iterable[User],
    settings: Mapping[int, PersonalSettings],
    organization_id: int,
    content: Content,
    identity: str,
    now: datetime,
) -> int:
    """A message for each browser of these people, after their quiet hours; returns how many."""
    rows = PushSubscription.objects.filter(user__in=list(users)).order_by("pk")
    shown = shown_of(content)
    subject = {"alerts": [{"id": one.id} for one in content.alerts], "project": content.project}
    made = []
    for one in rows:
        held = settings.get(one.user_id)
        made.append(
            PushMessage(
                subscription=one,
                organization_id=organization_id,
                identity=identity,
                content=shown,
                about=subject,
                is_urgent=content.level == "critical",
                created_at=now,
                due_at=next_moment(held.quiet, now) if held is not None else now,
            )
        )
    PushMessage.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def shown_of(content: Content) -> dict[str, str]:
    """What a browser shows: title, a few lines, where a click leads, what it replaces."""
    part = content.alerts[0] if len(content.alerts) == 1 else None
    lines = [content.note] if content.note else []
    if part is not None:
        lines += about(part)
    else:
        lines += [one.title for one in content.alerts[:3]]
    address = (part.url or part.issue_url) if part is not None else content.url
    return {
        "title": cut(headline(content), _MOST_TITLE),
        "body": cut("\n".join(line for line in lines if line), _MOST_BODY),
        "url": address,
        "tag": content.thread,
    }
