"""Rules over transactions and spans: they fire beyond their threshold and are quiet at it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.test_required import NOON, changes, happens, row, rule
from vedette.rules.counting import counter_of
from vedette.rules.written import RuleProblems, read_rule, write_rule

SLOW = """
source: transaction
per: [transaction]
measure: {percentile: 95}
window: 5m
levels: {warning: ">1s", critical: ">2s"}
guard: off
"""
SLOWER = SLOW.replace('{warning: ">1s", critical: ">2s"}', '{critical: ">3000ms"}')
FAILS = """
source: transaction
per: [transaction]
measure: {ratio: "is_failed:true"}
window: 5m
levels: {warning: ">2%", critical: ">5%"}
guard: off
"""
FAILS_BY_OP = FAILS.replace("source: transaction", "source: span").replace("[transaction]", "[op]")
ONE_OP = """
source: span
filter: "op:hms.connect"
measure: {ratio: "is_failed:true"}
window: 5m
levels: {critical: ">5%"}
"""


def spans(number: int, **values: Any) -> list[dict[str, Any]]:
    """So many segments, within ten seconds from noon."""
    held = {
        "is_segment": True, "is_failed": False, "duration": 10.0,
        "transaction": "/pay", "op": "http.server", **values,
    }  # fmt: skip
    found = [row(NOON + at * 9 / number, **held) for at in range(number)]
    for one in found:
        del one["group_id"], one["level"]
    return found


@pytest.mark.parametrize(
    ("slow", "milliseconds", "wanted"),
    [
        (5, 5000.0, []),
        (6, 1000.0, []),
        (6, 1000.5, ["warning"]),
        (6, 2000.0, ["warning"]),
        (6, 2000.5, ["critical"]),
    ],
)
def test_a_percentile_of_durations(slow: int, milliseconds: float, wanted: list[str]) -> None:
    """Five of a hundred may take however long; the sixth decides, beyond the threshold only."""
    rows = spans(100 - slow) + spans(slow, duration=milliseconds)
    found = [level for change, level in changes(happens(rule(SLOW), rows)) if change == "fired"]
    assert found == wanted


@pytest.mark.parametrize(("milliseconds", "count"), [(3000.0, 0), (3000.1, 1)])
def test_three_thousand_milliseconds(milliseconds: float, count: int) -> None:
    """Seconds and milliseconds are the same measure."""
    rows = spans(94) + spans(6, duration=milliseconds)
    assert len([one for one in changes(happens(rule(SLOWER), rows)) if one[0] == "fired"]) == count


def test_each_transaction_is_an_alert_of_its_own_and_spans_within_are_none() -> None:
    """What is fast does not hide what is slow; a slow query is no transaction."""
    rows = spans(500, transaction="/") + spans(20, duration=4000.0)
    rows += spans(100, transaction="/b", is_segment=False, duration=9000.0)
    found = happens(rule(SLOW), rows)
    assert [one.key for one in found if one.change.value == "fired"] == [("/pay",)]


@pytest.mark.parametrize("text", [FAILS, FAILS_BY_OP])
@pytest.mark.parametrize(
    ("failed", "wanted"), [(2, []), (3, ["warning"]), (5, ["warning"]), (6, ["critical"])]
)
def test_a_share_that_fails(text: str, failed: int, wanted: list[str]) -> None:
    """By transaction and by op."""
    rows = spans(100 - failed) + spans(failed, is_failed=True)
    found = [level for change, level in changes(happens(rule(text), rows)) if change == "fired"]
    assert found == wanted


def test_few_prove_nothing() -> None:
    """Three of nineteen slow ones are no evidence; with the guard a hundred of a thousand are."""
    guarded = rule(SLOW.replace("guard: off", ""))
    assert happens(guarded, spans(16) + spans(3, duration=5000.0)) == []
    assert happens(guarded, spans(94) + spans(6, duration=5000.0)) == []
    found = changes(happens(guarded, spans(900) + spans(100, duration=5000.0)))
    assert found == [("fired", "critical")]


def test_the_failures_of_one_op() -> None:
    """The words of the search of spans; other ops do not count."""
    rows = spans(900, op="db") + spans(60, op="hms.connect")
    rows += spans(40, op="hms.connect", is_failed=True, is_segment=False)
    assert changes(happens(rule(ONE_OP), rows)) == [("fired", "critical")]
    assert happens(rule(ONE_OP), [one | {"op": "db"} for one in rows]) == []


def test_durations_are_searched_with_their_units() -> None:
    """As in the search of spans."""
    text = 'source: span\nfilter: "duration:>1s"\nmeasure: count\nwindow: 1m\nlevels: ">2"'
    assert happens(rule(text), spans(2, duration=1001.0) + spans(9, duration=1000.0)) == []
    assert changes(happens(rule(text), spans(3, duration=1001.0)))[0] == ("fired", "critical")


def test_a_measurement_is_of_those_that_have_it() -> None:
    """Attributes are texts; what is no number, or is not there, is not measured."""
    text = SLOW.replace("{percentile: 95}", "{percentile: 75, of: measurements.lcp}")
    quick = spans(3, tags=[("measurements.lcp", "900")])
    slow = spans(1, tags=[("measurements.lcp", "1000.5")])
    odd = spans(20) + spans(20, tags=[("measurements.lcp", "soon")])
    assert happens(rule(text), quick + slow + odd) == []
    assert changes(happens(rule(text), quick[:2] + slow + odd))[0] == ("fired", "warning")
    assert rule(text).how.unit(rule(text).options) == "ms"
    cls = rule(text.replace("lcp", "cls").replace('s"', '"'))
    assert cls.how.unit(cls.options) == ""


def test_users_of_slow_pages() -> None:
    """Each counts once."""
    text = 'source: transaction\nfilter: "duration:>=2s"\nmeasure: {unique: user}\nwindow: 5m\n'
    made = rule(text + 'levels: ">2"')
    rows = [one | {"user_number": at % 2} for at, one in enumerate(spans(50, duration=2000.0))]
    assert happens(made, rows) == []
    assert changes(happens(made, [*rows, *spans(1, duration=2000.0, user_number=7)]))


@pytest.mark.parametrize("text", [SLOW, SLOWER, FAILS, FAILS_BY_OP, ONE_OP])
def test_what_is_written_is_read_back(text: str) -> None:
    """Without the table, which the source knows."""
    made = rule(text)
    assert read_rule(write_rule(made)) == made
    assert "table" not in str(write_rule(made)["measure"])
    assert counter_of(made).table == "spans"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"measure": {"percentile": 95, "of": "span.description"}}, "measure"),
        ({"measure": {"percentile": 95, "of": "timestamp"}}, "measure"),
        ({"measure": "crash_free"}, "measure"),
        ({"measure": {"edge": "any"}, "levels": "critical"}, "measure"),
        ({"measure": {"ratio": "is_failed:maybe"}}, "measure"),
        ({"per": ["issue"]}, "per"),
        ({"filter": "duration:>never"}, "filter"),
    ],
)
def test_what_spans_do_not_have_is_refused(change: dict[str, Any], path: str) -> None:
    """With the place of the mistake."""
    held = {"name": "R", "source": "span", "measure": {"percentile": 95}, "window": "5m"}
    with pytest.raises(RuleProblems) as found:
        read_rule({**held, "levels": {"critical": ">50%"}, **change})
    assert path in {one.path for one in found.value.problems}
