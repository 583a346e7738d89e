"""Rules over windows where keys are many, issues were merged, and clocks go wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.alerts.test_live import BEGIN, held, issues_of, project
from tests.rules.test_required import row
from vedette.items.event import ERRORS
from vedette.store.duck import DuckStore
from vedette.store.table import Rows

__all__ = ["held", "project"]

NOW = BEGIN + 600


def rule_of(project: Any, text: str) -> Any:
    import yaml

    from vedette.alerts.models import AlertRule
    from vedette.rules.written import read_rule, write_rule

    made = read_rule({"name": "R", **yaml.safe_load(text)})
    return AlertRule.objects.create(project=project, slug="r", body=write_rule(made))


def keep(store: DuckStore, rows: list[dict[str, Any]]) -> None:
    kept = Rows(ERRORS)
    for position, one in enumerate(rows, 1):
        kept.add({**one, "writer": "w", "position": position, "tags": dict(one["tags"])})
    store.append([kept], writer="w", end=len(rows) + 1)


def test_at_most_two_hundred_fire_also_where_they_have_to_last(
    held: DuckStore, project: Any, tmp_path: Path
) -> None:
    """What waits to fire is counted as well."""
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.models import Alert

    rule_of(
        project,
        'per: ["tag:city"]\nmeasure: count\nwindow: 5m\nlevels: {warning: ">0"}\nfor: 20s',
    )
    keep(
        held, [row(NOW - 5, project_id=project.pk, tags=[("city", f"c{at}")]) for at in range(250)]
    )
    for tick in (0, 10, 20, 30):
        evaluate(NOW + tick)
    assert Alert.objects.filter(state="firing").count() == 200
    assert Alert.objects.count() == 200


def test_users_of_a_merged_issue_are_counted_over_all_its_groups(
    held: DuckStore, project: Any, tmp_path: Path
) -> None:
    """Six here and six there of whom one is the same are eleven."""
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.models import Alert
    from vedette.issues.models import IssueKey

    issues_of(project)
    first, second = IssueKey.objects.order_by("group_id")[:2]
    IssueKey.objects.filter(pk=second.pk).update(issue=first.issue)
    users = [(1, user) for user in range(1, 7)] + [(2, user) for user in range(6, 12)]
    rule = rule_of(
        project,
        'per: [issue]\nmeasure: {unique: user}\nwindow: 5m\nlevels: {warning: ">11"}',
    )
    keep(
        held,
        [
            row(NOW - 5, project_id=project.pk, group_id=group, user_number=user)
            for group, user in users
        ],
    )
    evaluate(NOW)
    assert not Alert.objects.exists()
    rule.delete()
    rule_of(
        project,
        'per: [issue]\nmeasure: {unique: user}\nwindow: 5m\nlevels: {warning: ">10"}',
    )
    evaluate(NOW + 10)
    assert Alert.objects.get().value == 11


def test_what_waits_to_fire_waits_from_now_if_the_clock_is_set_back(
    held: DuckStore, project: Any, tmp_path: Path
) -> None:
    """Not for the hour by which it was."""
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.models import Alert

    rule_of(project, 'measure: count\nwindow: 5m\nlevels: {warning: ">0"}\nfor: 20s')
    keep(held, [row(at, project_id=project.pk) for at in (NOW - 5, NOW + 3600)])
    evaluate(NOW + 3610)
    assert Alert.objects.get().state == "pending"
    for tick in (0, 10, 20):
        evaluate(NOW + tick)
    assert Alert.objects.get().state == "firing"


def test_a_stop_of_the_product_is_no_silence(
    held: DuckStore, project: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    """Nothing could be sent meanwhile; a whole window that nobody sent anything in is silence."""
    from vedette import clock
    from vedette.alerts.models import Alert
    from vedette.alerts.ticking import take_turn

    moment = [NOW]
    monkeypatch.setattr(clock, "timestamp", lambda: float(moment[0]))
    rule_of(project, 'measure: count\nwindow: 5m\nlevels: {critical: "<1"}')
    keep(held, [row(NOW - 5, project_id=project.pk)])
    take_turn(tmp_path, 6)
    moment[0] += 3600
    for _ in range(29):
        take_turn(tmp_path, 6)
        moment[0] += 10
    assert not Alert.objects.exists()
    for _ in range(3):
        take_turn(tmp_path, 6)
        moment[0] += 10
    assert Alert.objects.get().state == "firing"


def test_what_has_no_value_for_a_key_is_no_alert_of_its_own(
    held: DuckStore, project: Any, tmp_path: Path
) -> None:
    """A spike of one error type is none of the events that have no error type."""
    from vedette.alerts.evaluation import evaluate
    from vedette.alerts.models import Alert

    rule_of(project, 'per: ["tag:kind"]\nmeasure: spike\nwindow: 5m\nlevels: {warning: ">=3"}')
    bare = [row(NOW - 5, project_id=project.pk, tags=[]) for _ in range(40)]
    tagged = [row(NOW - 5, project_id=project.pk, tags=[("kind", "E")]) for _ in range(40)]
    keep(held, [*bare, *tagged])
    evaluate(NOW)
    assert [one.key for one in Alert.objects.all()] == ['["E"]']
