"""Chains and groups of exceptions."""

from __future__ import annotations

from typing import Any

from tests.pipeline.grouping.builder import Json, apart, event, exception, frame, same

A, B = frame("a", "m"), frame("b", "m")
LIBRARY = frame("connect", "http", in_app=False)


def member(type_: str, identity: int, parent: int | None, *frames: Json, **more: Any) -> Json:
    """An exception of a group."""
    mechanism = {"type": "chained", "exception_id": identity, "parent_id": parent} | more
    return exception(type_, *frames, mechanism=mechanism)


def test_causes_tell_bugs_apart() -> None:
    """The same failure with another cause is another bug, also when the cause is a library's."""
    outer = exception("ShopError", A)
    assert apart(
        event("python", exception("TimeoutError", LIBRARY), outer),
        event("python", exception("NameResolutionError", LIBRARY), outer),
        event("python", exception("TimeoutError", B), outer),
    )


def test_retries_do_not_split() -> None:
    """A chain that repeats one exception (three tries, five tries) is one bug."""
    tried, outer = exception("TimeoutError", B), exception("ShopError", A)
    assert same(*(event("python", *[tried] * times, outer) for times in (1, 3, 5)))


def test_values_in_a_chain_do_not_matter() -> None:
    """Where there is a stack, what the messages say is data."""
    assert same(
        event("python", exception("E", A, value="order 1"), exception("F", B, value="for Alice")),
        event("python", exception("E", A, value="order 2"), exception("F", B, value="for Bob")),
    )


def test_the_members_of_a_group_count_as_a_set() -> None:
    """Which of two tasks failed first, and how many like it, is chance."""
    root = member("ExceptionGroup", 0, None, A, is_exception_group=True)
    one, two = member("KeyError", 1, 0, A), member("ValueError", 2, 0, B)
    assert same(
        event("python", one, two, root),
        event("python", two, one, root),
        event("python", one, two, one, two, root),
    )
    assert apart(event("python", one, two, root), event("python", one, root))


def test_cyclic_groups_end() -> None:
    """Members that name each other as parent are read like any others."""
    first = member("ExceptionGroup", 0, 1, A, is_exception_group=True)
    second = member("ExceptionGroup", 1, 0, B, is_exception_group=True)
    assert same(event("python", first, second), event("python", first, second))


def test_endless_chains_are_bounded() -> None:
    """Five thousand exceptions are read as the fifty nearest to the shown one."""
    many = [exception(f"E{number % 89}x", A) for number in range(5_000)]
    assert same(event("python", *many), event("python", *many[-50:]))


def test_synthetic_types_yield_to_the_stack() -> None:
    """A crash that one system calls SIGSEGV and another EXC_BAD_ACCESS is one crash."""
    assert same(
        *(
            event("native", exception(name, frame("ns::f"), mechanism={"synthetic": True}))
            for name in ("SIGSEGV", "EXC_BAD_ACCESS")
        )
    )


def test_untyped_go_errors_are_told_apart_by_their_message() -> None:
    """`errors.New` has no type, and its stack is that of the report."""
    report = frame("Report", "shop/log")
    assert apart(
        event("go", exception("*errors.errorString", report, value="no such order")),
        event("go", exception("*errors.errorString", report, value="cart is empty")),
    )
    assert same(
        event("go", exception("*errors.errorString", report, value="no such order 12")),
        event("go", exception("*errors.errorString", report, value="no such order 4711")),
    )


def test_stackless_exceptions_group_by_type_and_sentence() -> None:
    """Without a stack the message counts, without its data."""
    assert same(
        event("python", exception("DbError", value="row 12 is locked")),
        event("python", exception("DbError", value="row 99 is locked")),
    )
    assert apart(
        event("python", exception("DbError", value="row 12 is locked")),
        event("python", exception("DbError", value="row 12 is gone")),
        event("python", exception("DbWarning", value="row 12 is locked")),
    )
