"""Spans in the order of a waterfall, whatever is missing or wrong."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from vedette.tracing.tree import Node, in_order, mark_critical


def node(name: str, parent: str = "", start: int = 0, end: int = 100, service: str = "a") -> Node:
    return Node(span_id=name, parent_id=parent, start=start, end=end, service=service)


def shape(nodes: list[Node]) -> list[tuple[str, int, int]]:
    return [(one.span_id, one.depth, one.size) for one in in_order(nodes)]


def test_parents_come_first_and_children_by_their_beginnings() -> None:
    nodes = [node("c", "b", 30), node("d", "a", 10), node("b", "a", 20), node("a")]
    assert shape(nodes) == [("a", 0, 3), ("d", 1, 0), ("b", 1, 1), ("c", 2, 0)]


def test_what_lacks_its_parent_is_a_root_and_said_to_be_an_orphan() -> None:
    found = in_order([node("a"), node("b", "lost", 5), node("c", "b", 6)])
    assert [(one.span_id, one.depth, one.is_orphan) for one in found] == [
        ("a", 0, False),
        ("b", 0, True),
        ("c", 1, False),
    ]


def test_a_span_that_came_twice_is_shown_once() -> None:
    assert shape([node("a"), node("a"), node("b", "a"), node("b", "a")]) == [
        ("a", 0, 1),
        ("b", 1, 0),
    ]


def test_circles_end() -> None:
    """Each is the other's parent, and one its own."""
    found = in_order([node("a", "b", 5), node("b", "a", 1), node("c", "c"), node("d", "a", 7)])
    assert {one.span_id for one in found} == {"a", "b", "c", "d"}
    assert found[0].span_id == "c"
    assert found[1].span_id == "b"
    assert found[1].is_orphan


def test_a_chain_deeper_than_anything_can_show() -> None:
    nodes = [node(str(at), str(at - 1) if at else "") for at in range(9000)]
    random.Random(1).shuffle(nodes)
    found = in_order(nodes)
    assert len(found) == 9000
    assert found[0].size == 8999
    assert max(one.depth for one in found) == 500


def test_another_clock() -> None:
    """Told of a child of another service only."""
    nodes = [
        node("a", "", 100_000, 900_000),
        node("b", "a", 60_000, 800_000, service="b"),
        node("c", "a", 60_000, 800_000),
        node("d", "a", 97_000, 800_000, service="b"),
    ]
    assert {one.span_id: one.skew for one in in_order(nodes)} == {
        "a": 0,
        "b": 40_000,
        "c": 0,
        "d": 0,
    }


def test_what_the_whole_waited_for() -> None:
    """The child that ends last, then the one that ended last before it began, and so on."""
    nodes = [
        node("root", "", 0, 100),
        node("early", "root", 0, 30),
        node("short", "root", 5, 20),
        node("late", "root", 40, 95),
        node("beside", "root", 45, 90),
        node("inner", "late", 50, 80),
        node("after", "root", 95, 130),
    ]
    found = in_order(nodes)
    assert mark_critical(found) == 100
    assert {one.span_id for one in found if one.is_critical} == {"root", "early", "late", "inner"}
    assert mark_critical([]) == 0


@given(
    st.lists(
        st.tuples(
            st.integers(0, 30), st.integers(0, 30), st.integers(0, 1000), st.integers(0, 1000)
        ),
        max_size=40,
    )
)
def test_every_span_once_whatever_is_sent(sent: list[tuple[int, int, int, int]]) -> None:
    """Sizes and depths agree with the order."""
    nodes = [
        node(str(name), str(parent) if parent else "", start, start + length)
        for name, parent, start, length in sent
    ]
    found = in_order(nodes)
    assert sorted(one.span_id for one in found) == sorted({one.span_id for one in nodes})
    for place, one in enumerate(found):
        below = found[place + 1 : place + 1 + one.size]
        assert all(other.depth > one.depth for other in below)
        after = found[place + 1 + one.size : place + 2 + one.size]
        assert all(other.depth <= one.depth for other in after)
    mark_critical(found)
