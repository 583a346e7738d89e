"""The header, the tags and the completion, by brute force over the events."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from tests.issues.scene import FOREIGN, NOW, START, Scene, scope_of
from vedette.issues import reading

SCOPES = (
    scope_of(),
    scope_of(environments=("production",)),
    scope_of(start=START + timedelta(hours=5, seconds=1), end=NOW - timedelta(hours=9)),
)


@pytest.mark.parametrize("scope", SCOPES, ids=range(len(SCOPES)))
def test_the_header_counts_events_and_users(scene: Scene, scope: reading.Scope, size: None) -> None:
    """The same whether the history is small enough to be fetched or not."""
    for issue in scene.mine:
        events = scene.of(issue, scope)
        found = reading.summarize(issue, scope)
        assert found.event_count == len(events)
        assert found.user_count == len({row["user_number"] for row in events} - {None})
        width = int((found.series[1].start - found.series[0].start).total_seconds())
        bars = Counter(row["timestamp"] // 1_000_000 // width * width for row in events)
        assert {int(bar.start.timestamp()): bar.count for bar in found.series if bar.count} == bars
        assert found.series[0].start <= scope.period.start < found.series[1].start


@pytest.mark.parametrize("scope", SCOPES, ids=range(len(SCOPES)))
@pytest.mark.parametrize("top", [1, 5, 1000])
def test_the_shares_of_a_tag_are_of_all_its_values(
    scene: Scene, scope: reading.Scope, top: int
) -> None:
    """Also of values that are not among those shown; ties by the value."""
    for issue in scene.mine:
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for row in scene.of(issue, scope):
            for key, value in row["tags"]:
                counts[key][value] += 1
        found = reading.tag_distributions(issue, scope, top=top)
        assert {tag.key for tag in found} == set(counts)
        for tag in found:
            held = counts[tag.key]
            ordered = sorted(held.items(), key=lambda one: (-one[1], one[0]))[:top]
            assert (tag.total, tag.distinct) == (held.total(), len(held))
            assert [(one.value, one.count) for one in tag.top] == ordered
            for one in tag.top:
                assert one.percent == pytest.approx(100 * one.count / held.total())


def test_completion_offers_what_is_there(scene: Scene) -> None:
    """Keys with their tags, values with their shares of all that fit, nothing foreign."""
    scope = scope_of()
    assert "city" in reading.suggest_keys(scope, "ci")
    assert "is" in reading.suggest_keys(scope, "i")
    counts = Counter(value for row in scene.within(scope) for _, value in row["tags"])
    serials = {value: n for value, n in counts.items() if value.startswith("s")}
    found = reading.suggest_values(scope, "serial", "s")
    assert len(found) == 20
    for one in found:
        assert one.count == serials[one.value]
        assert one.percent == pytest.approx(100 * one.count / sum(serials.values()))
    assert [one.value for one in reading.suggest_values(scope, "is", "unres")] == ["unresolved"]
    for key in ("timestamp", "age", "message*", "tags[", 'tags["x y"]', "", "\\", "(("):
        reading.suggest_values(scope, key, "*\\")
    assert reading.suggest_values(scope_of(1), "city", "") == []


def test_environments_are_those_of_the_projects(scene: Scene) -> None:
    """Without the empty one."""
    assert reading.list_environments(scope_of(FOREIGN).visible) == ["production", "staging"]
    assert reading.list_environments(scope_of(1).visible) == []
