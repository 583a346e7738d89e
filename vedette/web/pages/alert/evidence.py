"""Why an alert fired: the figure against its threshold, how sure that is, and what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from vedette.alerts.content import figure_of, trace_query
from vedette.alerts.models import Alert
from vedette.alerts.wording import levels_of, threshold_words, when_of
from vedette.audits.models import AuditFinding
from vedette.issues.models import IssueKey
from vedette.monitors.models import Monitor
from vedette.rules.rule import Rule
from vedette.rules.sources import sources
from vedette.rules.thresholds import threshold_of
from vedette.rules.written import RuleProblems, read_rule
from vedette.web.findings import excerpt_of, pairs

_MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An event or a span that was counted; `address` is empty if an event's issue is gone."""

    event: str
    address: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The facts; `said` is the sentence above them, `sure` what the guard did."""

    when: str
    levels: list[tuple[str, str]]
    figure: str
    said: str
    sure: str
    query: str
    start: datetime | None
    end: datetime | None
    samples: list[Sample]
    monitor_id: int = 0
    monitor_name: str = ""
    found: list[tuple[str, str]] = field(default_factory=list)
    excerpt: str = ""
    audited: list[AuditFinding] = field(default_factory=list)


def rule_of(alert: Alert) -> Rule | None:
    """The rule as it is now; None if it cannot be read any more."""
    try:
        return read_rule(alert.rule.body)
    except RuleProblems:
        return None


def make_evidence(alert: Alert) -> Evidence:
    """All of it, from what was kept when the alert was confirmed."""
    held: Mapping[str, Any] = alert.evidence if isinstance(alert.evidence, dict) else {}
    rule = rule_of(alert)
    figure = figure_of(alert)
    return Evidence(
        when=when_of(rule) if rule else "",
        levels=levels_of(rule) if rule else [],
        figure=figure,
        said=_said(alert, rule, figure, held),
        sure=_sure(rule, held),
        query=str(held.get("query") or ""),
        start=_moment(held.get("start")),
        end=_moment(held.get("end")),
        samples=_samples(alert, held),
        audited=_audited(alert, held),
        **_of_monitor(alert, held),
    )


def _audited(alert: Alert, held: Mapping[str, Any]) -> list[AuditFinding]:
    """The findings of an audit that it tells, whatever has become of them."""
    ids = held.get("findings")
    if not isinstance(ids, list):
        return []
    rows = AuditFinding.objects.filter(project=alert.project_id, pk__in=ids)
    return list(rows.order_by("-severity", "path", "line")[:_MOST_FINDINGS])


def _of_monitor(alert: Alert, held: Mapping[str, Any]) -> dict[str, Any]:
    """The monitor, if it is about one that is there, and what its probe found."""
    named = held.get("monitor") or _sampled_monitor(held)
    rows = Monitor.objects.filter(project=alert.project_id, pk=named or 0)
    monitor = rows.first()
    if monitor is None:
        return {}
    found = held.get("found") if isinstance(held.get("found"), dict) else {}
    return {
        "monitor_id": monitor.pk,
        "monitor_name": monitor.name,
        "found": pairs(found or {}),
        "excerpt": excerpt_of(found or {}),
    }


def _sampled_monitor(held: Mapping[str, Any]) -> int | None:
    """The monitor of which all sampled checks are."""
    samples = [one for one in held.get("samples") or () if isinstance(one, dict)]
    found = {one.get("monitor") for one in samples}
    (number,) = found if len(found) == 1 else (None,)
    return number if isinstance(number, int) else None


def _said(alert: Alert, rule: Rule | None, figure: str, held: Mapping[str, Any]) -> str:
    """`63 events: more than 50 is critical`."""
    if rule is not None and rule.is_edge and sources()[rule.source].is_told:
        return str(held.get("text") or held.get("reason") or when_of(rule))
    if rule is not None and rule.is_edge:
        return f"{alert.count:,} events so far" if alert.count > 1 else "It happened once so far"
    text = str(held.get("threshold") or "")
    try:
        return f"{figure}: {threshold_words(threshold_of(text))} is {alert.level}"
    except ValueError:
        return figure


def _sure(rule: Rule | None, held: Mapping[str, Any]) -> str:
    """Sample size and bound, and why they decide."""
    sample, bound = held.get("sample"), held.get("bound")
    if rule is None or sample is None or rule.is_edge:
        return ""
    if rule.measure == "spike":
        usual = f"; {bound:.4g} are usual at this hour" if bound is not None else ""
        return f"{sample:,} in the window{usual}."
    if not rule.how.needs_guard:
        return ""
    noun = sources()[rule.source].noun[1]
    if rule.guard is None:
        return f"Of {sample:,} {noun}. The guard is off: so few can show this by chance."
    shown = f"{bound * 100:.3g} %" if bound is not None and bound <= 1 else f"{bound}"
    return (
        f"Of {sample:,} {noun}. With {rule.guard.wilson * 100:g} % confidence the true share is at "
        f"least {shown}, which is beyond the threshold as well: this is no chance."
    )


def _samples(alert: Alert, held: Mapping[str, Any]) -> list[Sample]:
    rows = [one for one in held.get("samples") or () if isinstance(one, dict)]
    rows = [one for one in rows if one.get("event") or one.get("trace")]
    groups = {int(one["group"]) for one in rows if str(one.get("group", "")).lstrip("-").isdigit()}
    keys = IssueKey.objects.filter(project=alert.project_id, group_id__in=groups)
    issues = {str(group): issue for group, issue in keys.values_list("group_id", "issue_id")}
    return [
        Sample(
            event=str(one.get("event") or one["trace"]),
            address=_address(one, issues),
            at=_moment(one.get("at")),
        )
        for one in rows
    ]


def _address(sample: Mapping[str, Any], issues: Mapping[str, int]) -> str:
    issue = issues.get(str(sample.get("group")))
    if issue and sample.get("event"):
        return reverse("event", args=[issue, sample["event"]])
    if not sample.get("trace"):
        return ""
    return reverse("trace", args=[sample["trace"]]) + trace_query(sample)


def _moment(seconds: object) -> datetime | None:
    """Seconds since 1970, or microseconds as the store has them."""
    if isinstance(seconds, datetime):
        return seconds if seconds.tzinfo else seconds.replace(tzinfo=UTC)
    if not isinstance(seconds, int | float):
        return None
    return datetime.fromtimestamp(seconds / 1e6 if seconds > 1e12 else seconds, UTC)
