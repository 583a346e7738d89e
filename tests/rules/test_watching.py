"""A row is counted by exactly the counters whose condition it fulfils, however many there are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.engines import THINGS, as_dicts, random_rows
from tests.store.test_agreement import CONDITIONS
from vedette.facts import RowsCounted
from vedette.rules.counting import Counter
from vedette.rules.watching import Watcher
from vedette.store import query as q
from vedette.store.rowwise import predicate

ROWS = as_dicts(random_rows(THINGS, 3, 60))
EQUAL = st.builds(
    q.Compare, st.sampled_from([q.Field("text"), q.Tag("city")]), st.just("="),
    st.sampled_from(["a", "A", "b", "Äpfel", "Bern"]),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(conditions=st.lists(st.one_of(CONDITIONS, EQUAL), min_size=1, max_size=12))
def test_every_counter_sees_its_rows_once(conditions: list[q.Condition]) -> None:
    """Also those that are found by a value of the row, and those with equal conditions."""
    counters = [
        Counter(id=str(at), table="things", where=condition)
        for at, condition in enumerate(conditions)
    ]
    watcher = Watcher(counters)
    for row in ROWS:
        seen = [fact.counter for fact in watcher.see("things", row)]  # type: ignore[attr-defined]
        wanted = [one.id for one in counters if predicate(one.where)(row)]
        assert sorted(seen) == sorted(wanted)


def test_other_tables_are_not_looked_at() -> None:
    """A rule about errors does not count spans."""
    watcher = Watcher([Counter(id="1", table="errors", where=q.All([]))])
    assert list(watcher.see("spans", {"project_id": 1})) == []


def test_equal_facts_are_added_up() -> None:
    """Within one bucket of time and one key."""
    from vedette.facts import merged

    counter = Counter(id="1", table="errors", where=q.All([]), keys=(q.Field("level"),))
    row = {"project_id": 1, "timestamp": 1_000_000_000, "level": "error"}
    facts = [fact for _ in range(3) for fact in Watcher([counter]).see("errors", row)]
    (fact,) = merged(facts)
    assert isinstance(fact, RowsCounted)
    assert (fact.key, fact.bucket, fact.counts) == (("error",), 1000, [3])
