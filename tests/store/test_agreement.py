"""Questions made up at random: both engines, the conditions asked of single rows and the
definition give the same answer."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store import brute
from tests.store.engines import TEXTS, Engine, as_dicts
from tests.store.test_expressions import ask
from vedette.store import query as q
from vedette.store.rowwise import predicate
from vedette.store.table import Rows

WHOLE_NUMBERS = st.integers(-6, 6)
DECIMALS = st.sampled_from([-30.5, -0.25, 0.0, 0.5, 2.0, 59.125])
LITERALS = st.sampled_from([*TEXTS, "aa", "%", "ber"])
PATTERNS = st.text(alphabet="aAbB*\\\\%_ä.\n", max_size=5)
NUMBERS = st.recursive(
    st.one_of(
        st.sampled_from([q.Field("number"), q.Field("whole"), q.Tag("size", is_number=True)]),
        st.one_of(WHOLE_NUMBERS, DECIMALS).map(q.Constant),
    ),
    lambda inner: st.one_of(
        st.builds(q.call, st.sampled_from(["add", "subtract", "multiply", "divide"]), inner, inner),
        st.builds(q.call, st.just("histogram"), inner, st.sampled_from([0.5, 4]), WHOLE_NUMBERS),
    ),
    max_leaves=4,
)
WORDS = st.recursive(
    st.one_of(
        st.sampled_from([q.Field("text"), q.Tag("city"), q.Tag("size")]), LITERALS.map(q.Constant)
    ),
    lambda inner: st.one_of(
        st.builds(q.call, st.just("lower"), inner),
        st.builds(q.call, st.just("coalesce"), inner, inner),
        st.builds(q.call, st.just("joined"), LITERALS, inner, inner),
    ),
    max_leaves=3,
)
SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
SIMPLE = st.one_of(
    st.builds(q.Compare, NUMBERS, SIGNS, st.one_of(WHOLE_NUMBERS, DECIMALS)),
    st.builds(q.Compare, WORDS, SIGNS, LITERALS),
    st.builds(q.OneOf, WORDS, st.lists(LITERALS, max_size=3)),
    st.builds(q.OneOf, NUMBERS, st.lists(WHOLE_NUMBERS, max_size=3)),
    st.builds(q.Matches, WORDS, PATTERNS),
    st.builds(q.Contains, st.lists(WORDS, max_size=2), LITERALS),
    st.builds(q.Present, st.one_of(WORDS, NUMBERS)),
)
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds(q.Not, inner),
        st.builds(q.All, st.lists(inner, max_size=3)),
        st.builds(q.Either, st.lists(inner, max_size=3)),
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(condition=CONDITIONS)
def test_any_condition_means_the_same_everywhere(
    engine: Engine, things: Rows, condition: q.Condition
) -> None:
    """Nested as deep as they come."""
    found = ask(engine, {"p": q.Field("position")}, where=[condition], order_by=[q.Order("p")])
    wanted = [row["position"] for row in as_dicts(things) if brute.holds(condition, row)]
    assert [row[0] for row in found] == wanted
    single = predicate(condition)
    assert [row["position"] for row in as_dicts(things) if single(row)] == wanted
