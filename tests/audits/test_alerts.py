"""Rules about findings: told once, with what comes to them, until nothing of it is open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.audited import COMMITS, document, sent
from vedette.alerts.findings import react
from vedette.alerts.models import Alert, AlertEntry, AlertRule
from vedette.audit.document import Document
from vedette.audits import acting
from vedette.audits.models import AuditFinding
from vedette.audits.recording import record
from vedette.projects.models import Project
from vedette.rules.counting import counter_of
from vedette.rules.written import RuleProblems, read_rule, write_rule
from vedette.web.pages.alert_rules.presets import preset_named

OLD = sent("old", severity="urgent")
NEW = sent("new", severity="urgent")
SMALL = sent("small", severity="routine")
WHOLE: dict[str, Any] = {"name": "x", "source": "finding", "levels": "critical"}


def rule_about(project: Project, **entry: Any) -> None:
    """The preset, or with another measure."""
    preset = preset_named("finding")
    assert preset is not None
    rule = read_rule({**preset.entry, **entry})
    AlertRule.objects.create(
        project=project,
        slug="finding",
        body=write_rule(rule),
        counter=counter_of(rule).id,
        is_edge=rule.is_of_issues,
    )


def take(project: Project, sent_one: Document) -> None:
    """An audit as the API takes it."""
    taken = record(project, sent_one, by="")
    react(project.pk, taken.new, commit=sent_one.commit)


def told() -> list[str]:
    """What happened to alerts."""
    return list(AlertEntry.objects.order_by("pk").values_list("what", flat=True))


def test_a_new_urgent_finding_is_told_and_ends_when_it_is_fixed(shop: Project) -> None:
    """Nothing of the first audit, nothing that is less urgent, nothing twice."""
    rule_about(shop)
    take(shop, document(0, OLD))
    assert told() == []
    take(shop, document(1, OLD, NEW, SMALL))
    take(shop, document(1, OLD, NEW, SMALL))
    assert told() == ["fired"]
    title = Alert.objects.get().title
    assert title.startswith(f"Shop: 1 new finding at {COMMITS[1][:12]}: Every exception of `new()`")
    assert "(shop/till.py:7)" in title
    take(shop, document(2, OLD))
    assert told() == ["fired", "resolved"]


def test_what_comes_to_it_is_told_with_the_same_alert(shop: Project) -> None:
    """And it lasts until all of it is fixed or accepted."""
    rule_about(shop)
    take(shop, document(0))
    take(shop, document(1, OLD))
    take(shop, document(2, OLD, NEW))
    assert told() == ["fired", "again"]
    for name in ("old", "new"):
        acting.accept([AuditFinding.objects.get(function=name)], "known", None)
        react(shop.pk, [], commit="")
    assert told() == ["fired", "again", "resolved"]


def test_a_rule_says_from_which_severity_on(shop: Project) -> None:
    """Important ones, and what is more urgent."""
    rule_about(shop, measure={"found": "important"})
    take(shop, document(0))
    take(shop, document(1, SMALL, sent("middle")))
    assert [one.title.count("new finding") for one in Alert.objects.all()] == [1]
    assert "middle" in Alert.objects.get().title


def test_a_rule_that_means_nothing_is_refused() -> None:
    """An unknown severity, another measure, a filter, which findings do not have."""
    for wrong in ({"measure": {"found": "dreadful"}}, {"measure": "count"}, {"filter": "a"}):
        with pytest.raises(RuleProblems):
            read_rule({**WHOLE, "measure": "found", **wrong})
    assert read_rule({**WHOLE, "measure": "found"}).options.at_least == "urgent"
