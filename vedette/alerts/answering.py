"""A message in a chat shows at once what somebody did with its buttons."""

from __future__ import annotations

from vedette import clock
from vedette.alerts import content
from vedette.alerts.models import Alert, OutboxMessage

KIND = "acted"
_MOST_NOTE = 400


def show_done(message: OutboxMessage, words: str) -> None:
    """Change the message in place: its alerts as they are now, and what was done by whom."""
    ids = [part["id"] for part in message.content.get("alerts", ())]
    rows = Alert.objects.filter(pk__in=ids).select_related("rule", "project", "acknowledged_by")
    alerts = sorted(rows, key=lambda alert: ids.index(alert.pk))
    if message.group is None or not alerts:
        return
    now = clock.now()
    made = content.of_group(message.group, KIND, alerts, now)
    made |= {"note": words[:_MOST_NOTE], "title": message.content["title"]}
    if message.content.get("more"):
        made["more"] = message.content["more"]
    OutboxMessage.objects.create(
        organization_id=message.organization_id,
        channel=message.channel,
        group=message.group,
        kind=KIND,
        content=made,
        identity=f"{message.identity}-acted-{int(now.timestamp() * 1000)}"[:120],
        created_at=now,
        due_at=now,
    )
