"""Every rule of the requirement table: it fires beyond its threshold and is quiet at it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from vedette.rules.machine import Change
from vedette.rules.replaying import Happening, Replay
from vedette.rules.rule import Rule
from vedette.rules.written import read_rule, write_rule

NOON = 1_767_268_800
MICROSECONDS = 1_000_000


def rule(text: str) -> Rule:
    """A rule from YAML."""
    return read_rule({"name": "rule", **yaml.safe_load(text)})


def row(at: float, **values: Any) -> dict[str, Any]:
    """An error at a moment, received then."""
    moment = int(at * MICROSECONDS)
    return {
        "project_id": 1,
        "group_id": 7,
        "event_id": "0" * 32,
        "timestamp": moment,
        "received": moment,
        "level": "error",
        "tags": [],
        **values,
    }


def happens(made: Rule, rows: list[dict[str, Any]], *, seconds: int = 7200) -> list[Happening]:
    """What a rule does about rows that begin at noon."""
    ordered = sorted(rows, key=lambda one: one["received"])
    return list(Replay(made).run(ordered, NOON, NOON + seconds))


def spread(number: int, seconds: float, **values: Any) -> list[dict[str, Any]]:
    """So many rows, evenly over a time from noon."""
    return [row(NOON + at * seconds / number, **values) for at in range(number)]


def changes(found: list[Happening]) -> list[tuple[str, str]]:
    """Change and level of each."""
    return [(one.change.value, one.level) for one in found]


FIFTY = 'per: [issue]\nmeasure: count\nwindow: 1h\nlevels: {warning: ">50"}\nresolve: "<=40"'
RATE = """
filter: level:[error,fatal]
measure: {rate: minute}
window: 1m
levels: {warning: ">5", critical: ">10"}
resolve: "<=4"
keep_firing_for: 3m
"""
PATH = 'filter: "stack.filename:lib/auth/*"\nmeasure: count\nwindow: 1h\nlevels: {warning: ">10"}'
SHARE = """
measure: {ratio: "level:fatal"}
window: 10m
levels: {critical: ">5%"}
guard: off
"""
USERS = 'measure: {unique: user}\nwindow: 1h\nlevels: {warning: ">3"}'
SILENCE = 'measure: count\nwindow: 10m\nlevels: {critical: "<1"}'


def test_more_than_fifty_events_of_an_issue_in_an_hour() -> None:
    """Fifty are quiet, fifty-one are not, and it is over at forty, when they leave the window."""
    assert changes(happens(rule(FIFTY), spread(50, 3000))) == []
    found = happens(rule(FIFTY), spread(51, 3000))
    assert changes(found) == [("fired", "warning"), ("resolved", "warning")]
    assert found[0].value == 51


def test_events_of_two_issues_are_not_added_up() -> None:
    """Each key is an alert of its own."""
    rows = spread(40, 1000) + spread(40, 1000, group_id=8)
    assert happens(rule(FIFTY), rows) == []
    both = spread(51, 1000) + spread(51, 1000, group_id=8)
    fired = [one for one in happens(rule(FIFTY), both) if one.change is Change.FIRED]
    assert sorted(one.key for one in fired) == [("7",), ("8",)]


@pytest.mark.parametrize(
    ("number", "wanted"), [(5, []), (6, ["warning"]), (10, ["warning"]), (11, ["critical"])]
)
def test_errors_a_minute(number: int, wanted: list[str]) -> None:
    """More than five warn, more than ten are critical, within any minute."""
    found = happens(rule(RATE), spread(number, 9))
    assert [one.level for one in found if one.change is Change.FIRED] == wanted


def test_a_rate_escalates_the_same_alert_and_stays_for_three_minutes() -> None:
    """Warning, critical, warning again without a word, and one end."""
    rows = spread(7, 9) + [row(NOON + 20 + at) for at in range(7)]
    found = happens(rule(RATE), rows)
    assert changes(found)[:2] == [("fired", "warning"), ("raised", "critical")]
    assert changes(found)[-1][0] == "resolved"
    assert len([one for one in found if one.change is Change.RESOLVED]) == 1
    assert found[-1].at - found[0].at >= 180


def test_warnings_are_no_errors() -> None:
    """The filter decides what is counted."""
    assert happens(rule(RATE), spread(30, 9, level="warning")) == []


def test_errors_in_a_path() -> None:
    """Frames of the stack are searched as the search box does it."""
    stack = "module function lib/auth/token.py:7"
    assert happens(rule(PATH), spread(10, 600, stack=stack)) == []
    assert changes(happens(rule(PATH), spread(11, 600, stack=stack)))[0] == ("fired", "warning")
    assert happens(rule(PATH), spread(40, 600, stack="m f lib/credits/pay.py:7")) == []


def test_a_share_of_failures() -> None:
    """Exactly five of a hundred are quiet, six are not."""
    good = spread(95, 9)
    assert happens(rule(SHARE), good + spread(5, 9, level="fatal")) == []
    found = happens(rule(SHARE), good[:94] + spread(6, 9, level="fatal"))
    assert changes(found) == [("fired", "critical")]  # and held: no rows say nothing


def test_a_guard_waits_for_evidence() -> None:
    """One failure of three is no proof of anything; thirty of a hundred are."""
    guarded = rule(SHARE.replace("guard: off", "guard: {min_samples: 10, wilson: 0.95}"))
    few = spread(2, 9) + spread(1, 9, level="fatal")
    assert happens(guarded, few) == []
    assert changes(happens(rule(SHARE), few))[0] == ("fired", "critical")
    many = spread(70, 9) + spread(30, 9, level="fatal")
    assert changes(happens(guarded, many))[0] == ("fired", "critical")


def test_a_guarded_alert_ends_with_as_few_samples_as_it_has() -> None:
    """Five good ones of five are no proof that all is well, and reason enough to say so."""
    guarded = rule(SHARE.replace("guard: off", "guard: {min_samples: 10, wilson: 0.95}"))
    many = spread(70, 9) + spread(30, 9, level="fatal")
    few = [row(NOON + 700 + at) for at in range(5)]
    found = changes(happens(guarded, many + few))
    assert found == [("fired", "critical"), ("resolved", "critical")]


def test_users_are_counted_once() -> None:
    """Three users with many errors are three; a fourth fires."""
    rows = [row(NOON + at, user_number=at % 3) for at in range(60)]
    assert happens(rule(USERS), rows) == []
    assert changes(happens(rule(USERS), [*rows, row(NOON + 70, user_number=9)]))[0][0] == "fired"


def test_silence_is_told_and_ends() -> None:
    """No event for ten minutes; one event is the end of it."""
    rows = [*spread(60, 600), row(NOON + 3000)]
    found = happens(rule(SILENCE), rows, seconds=3600)
    assert changes(found)[-2:] == [("fired", "critical"), ("resolved", "critical")]
    assert found[-2].at == NOON + 1200
    assert found[-1].at == NOON + 3010


def test_late_events_count_when_they_happened() -> None:
    """A telephone that was away for hours sends fifty-one old errors: they were no burst now."""
    rows = [row(NOON + 10 + at) | {"timestamp": (NOON - 9000 + at) * 10**6} for at in range(99)]
    assert happens(rule(FIFTY), rows) == []


@pytest.mark.parametrize("text", [FIFTY, RATE, PATH, SHARE, USERS, SILENCE])
def test_what_is_written_is_read_back(text: str) -> None:
    """The form and the file say the same."""
    made = rule(text)
    assert read_rule(write_rule(made)) == made
