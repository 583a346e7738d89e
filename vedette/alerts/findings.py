"""Rules about code audits: an alert while what an audit newly found is neither fixed nor accepted.

There is one open alert of a rule at a time: what the next audits find is told with it. The first
audit of a project tells nothing, because all that it finds has been there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from vedette import clock
from vedette.alerts.counters import write_key
from vedette.alerts.models import Alert, AlertRule, AlertState
from vedette.alerts.rules import LiveRule, live_rules
from vedette.alerts.telling import Tidings
from vedette.audit.finding import Severity
from vedette.audits.models import AuditFinding, FindingState

_KEY: Final = write_key(("audit",))
_MOST_NAMED: Final = 3
_MOST_HELD: Final = 1000
_TITLE: Final = 400


def react(project_id: int, new: Sequence[AuditFinding], *, commit: str) -> None:
    """Tell what is new, and end what is over; within the transaction of the change."""
    rules = [
        live
        for live in live_rules()
        if live.project_id == project_id and live.rule.source == "finding"
    ]
    if not rules:
        return
    now = clock.now()
    tidings = Tidings(now)
    for live in rules:
        least = Severity[live.rule.options.at_least.upper()]
        mine = [one for one in new if one.severity >= least]
        alert = _open_alert(live)
        if mine:
            _tell(live, alert, mine, commit, tidings, now)
        elif alert is not None and not _open_ones(alert):
            _end(alert, tidings, now)
    tidings.finish()


def _open_alert(live: LiveRule) -> Alert | None:
    rows = Alert.objects.filter(rule_id=live.id, key=_KEY).exclude(state=AlertState.OVER)
    return rows.select_related("rule__project", "project").first()


def _open_ones(alert: Alert) -> list[int]:
    """Those of the findings it tells that nobody has fixed or accepted."""
    rows = AuditFinding.objects.filter(
        project_id=alert.project_id,
        pk__in=alert.evidence.get("findings", []),
        state=FindingState.OPEN,
    )
    return list(rows.order_by("-severity", "pk").values_list("pk", flat=True))


def _tell(
    live: LiveRule,
    alert: Alert | None,
    new: Sequence[AuditFinding],
    commit: str,
    tidings: Tidings,
    now: datetime,
) -> None:
    """A new alert, or once more with what has come to it."""
    what = "fired" if alert is None else "again"
    held = _open_ones(alert) if alert is not None else []
    if alert is None:
        alert = _begun(live, now)
    text = _words(new, commit)
    alert.since, alert.value = now, float(len(held) + len(new))
    alert.title = f"{alert.project.name}: {text}"[:_TITLE]
    alert.evidence = {
        "findings": [*(one.pk for one in new), *held][:_MOST_HELD],
        "commit": commit,
        "text": text,
    }
    alert.save()
    tidings.note(alert, what, is_snoozed=live.is_snoozed, text=text)


def _words(new: Sequence[AuditFinding], commit: str) -> str:
    """`2 new findings at 1a2b3c4d5e6f: … (src/a.ts:12); …`."""
    noun = "finding" if len(new) == 1 else "findings"
    first = sorted(new, key=lambda one: (-one.severity, one.path, one.line))[:_MOST_NAMED]
    named = "; ".join(f"{one.what} ({place_of(one)})" for one in first)
    more = f"; and {len(new) - len(first)} more" if len(new) > len(first) else ""
    return f"{len(new)} new {noun} at {commit[:12]}: {named}{more}"


def place_of(one: AuditFinding) -> str:
    """`src/a.ts:12`; the project where no file is meant."""
    if not one.path:
        return "the project"
    return f"{one.path}:{one.line}" if one.line else one.path


def _begun(live: LiveRule, now: datetime) -> Alert:
    rule = AlertRule.objects.select_related("project").get(pk=live.id)
    labels: dict[str, Any] = {"rule": live.slug, "project": rule.project.slug}
    return Alert(
        rule=rule,
        project=rule.project,
        key=_KEY,
        labels={**live.labels, **labels},
        level=next(iter(live.rule.levels)),
        state=AlertState.FIRING,
        began_at=now,
        fired_at=now,
        since=now,
    )


def _end(alert: Alert, tidings: Tidings, now: datetime) -> None:
    alert.state, alert.over_at, alert.since = AlertState.OVER, now, now
    alert.save(update_fields=["state", "over_at", "since"])
    tidings.note(alert, "resolved", text="all of it is fixed or accepted")
