"""What a message says, for all channels alike: plain data that each channel puts in its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.conf import settings

from vedette.alerts.models import Alert, MessageGroup
from vedette.alerts.wording import when_of
from vedette.channels._content import AlertPart, Content
from vedette.rules.durations import in_words
from vedette.rules.sources import sources
from vedette.rules.written import RuleProblems, read_rule

MOST_SHOWN = 10
_TEXT = 1000


def of_group(
    group: MessageGroup, kind: str, alerts: Sequence[Alert], now: datetime
) -> dict[str, Any]:
    """A message about alerts of a group, as it is stored."""
    worst = "critical" if any(one.level == "critical" for one in alerts) else "warning"
    parts = [part_of(alert) for alert in alerts[:MOST_SHOWN]]
    made = Content(
        kind=kind,
        title=_title(kind, alerts),
        level=worst,
        thread=f"alerts-{group.pk}",
        project=alerts[0].project.slug if alerts else "",
        organization=group.organization.slug,
        at=now.timestamp(),
        alerts=parts,
        more=max(0, len(alerts) - MOST_SHOWN),
        url=f"{base_url()}/alerts/",
    )
    built: dict[str, Any] = msgspec.to_builtins(made)
    return built


def part_of(alert: Alert) -> AlertPart:
    """One alert. Needs its rule and project loaded."""
    base = base_url()
    issue = alert.labels.get("issue_id", "")
    samples = [_sample(one, base, issue) for one in alert.evidence.get("samples", ())]
    return AlertPart(
        id=alert.pk,
        title=alert.title,
        level=alert.level,
        state=alert.state,
        project=alert.project.name,
        rule=alert.rule.name,
        url=f"{base}/alerts/{alert.pk}/",
        began=alert.began_at.timestamp(),
        fired=alert.fired_at.timestamp() if alert.fired_at else None,
        over=alert.over_at.timestamp() if alert.over_at else None,
        figure=figure_of(alert),
        condition=condition_of(alert),
        facts=_facts(alert),
        samples=[one for one in samples if one[0]][:3],
        issue_url=f"{base}/issues/{issue}/" if issue else "",
        runbook=(alert.rule.runbook or str(alert.evidence.get("runbook") or ""))[:_TEXT],
        acknowledged_by=str(alert.acknowledged_by) if alert.acknowledged_by else "",
    )


def _sample(held: dict[str, Any], base: str, issue: str) -> tuple[str, str]:
    """Id and address of something that was counted: an event of an issue, or a trace."""
    event, trace = str(held.get("event") or ""), str(held.get("trace") or "")
    if trace:
        return event or trace, f"{base}/traces/{trace}/{trace_query(held)}"
    return event, f"{base}/issues/{issue}/events/{event}/" if issue else ""


def trace_query(sample: Mapping[str, Any]) -> str:
    """What leads from the page of a trace to the span of a sample."""
    at = sample.get("at")
    seconds = f"at={int(at / 1e6 if at > 1e12 else at)}&" if isinstance(at, int | float) else ""
    return f"?{seconds}span={sample.get('span') or ''}"


def figure_of(alert: Alert) -> str:
    """The value of an alert as people say it: `63 events`, `7.5 %`, `2.4 s`."""
    value = alert.value
    try:
        rule = read_rule(alert.rule.body)
    except RuleProblems:
        return "" if value is None else f"{value:g}"
    if rule.is_edge:
        return f"{alert.count} events" if alert.count > 1 else ""
    if value is None:
        return "no data"
    if rule.how.is_share:
        return f"{value * 100:.3g} %"
    noun = sources()[rule.source].noun[1]
    if rule.how.unit(rule.options) == "ms":
        return f"{value / 1000:.3g} s" if value >= 1000 else f"{value:.0f} ms"
    unit = {"count": noun, "unique": "users", "spike": "times the usual"}.get(rule.measure, "")
    if rule.measure == "rate":
        unit = f"a {rule.options.per}"
    if rule.measure == "value":
        unit = rule.how.unit(rule.options)
    return f"{value:,.4g} {unit}".strip()


def condition_of(alert: Alert) -> str:
    """What was crossed: `more than 50 events in 1 hour`, in the rule's own terms."""
    threshold = alert.evidence.get("threshold", "")
    try:
        rule = read_rule(alert.rule.body)
    except RuleProblems:
        return str(threshold)
    if rule.is_edge:
        return when_of(rule)
    words = f"{rule.measure} {threshold} over {in_words(rule.window)}"
    return f"{words} where {rule.filter}" if rule.filter else words


def base_url() -> str:
    """The public address of the installation, without a slash."""
    return str(settings.CONFIG.base_url).rstrip("/")


def _title(kind: str, alerts: Sequence[Alert]) -> str:
    if len(alerts) == 1:
        return alerts[0].title
    rules = {alert.rule.name for alert in alerts}
    if len(rules) == 1:
        return f"{rules.pop()}: {len(alerts)} alerts"
    return f"{len(alerts)} alerts of {alerts[0].project.name}" if alerts else kind


def _facts(alert: Alert) -> list[tuple[str, str]]:
    shown = [("in", alert.issue.culprit)] if alert.issue and alert.issue.culprit else []
    shown += [
        (name.replace("_", " "), value)
        for name, value in alert.labels.items()
        if value and name not in ("rule", "project", "issue_id", "issue_title")
    ]
    sample, bound = alert.evidence.get("sample"), alert.evidence.get("bound")
    if sample is not None:
        shown.append(("sample", f"{sample:,}"))
    if bound is not None:
        shown.append(("bound", f"{bound:.4g}"))
    return shown[:12]
