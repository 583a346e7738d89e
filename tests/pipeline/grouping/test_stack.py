"""Stacks of any shape: recursion, overflows, holes, excess."""

from __future__ import annotations

from tests.pipeline.grouping.builder import apart, crash, event, exception, frame, key, same
from vedette.pipeline.grouping import Variant, explain

A, B, C = frame("a", "m"), frame("b", "m"), frame("c", "m")


def test_recursion_depth_does_not_matter() -> None:
    """A function that calls itself three or seven times is one bug."""
    assert same(*(crash("python", A, *[B] * depth) for depth in (1, 2, 3, 7)))


def test_mutual_recursion_is_folded() -> None:
    """Two functions that call each other are one cycle, however often they go round."""
    assert same(crash("python", A, *[B, C] * 2), crash("python", A, *[B, C] * 9))
    assert apart(crash("python", A, B, C), crash("python", A, C, B))


def test_a_function_may_stand_twice_without_recursion() -> None:
    """A return to the same function with something between is not folded away."""
    assert apart(crash("python", A, B, A, C), crash("python", A, C))


def test_where_an_overflow_broke_does_not_matter() -> None:
    """After a stack overflow only the loop counts, not the entrance nor the last frame."""
    assert same(
        crash("python", A, *[B, C] * 40, type_="RecursionError"),
        crash("python", *[C, B] * 30, type_="RecursionError"),
        crash("python", *[C, B] * 30, C, frame("len", "m"), type_="RecursionError"),
    )
    assert apart(
        crash("python", *[B, C] * 40, type_="RecursionError"),
        crash("python", *[B, A] * 40, type_="RecursionError"),
    )


def test_long_stacks_are_bounded() -> None:
    """Ten thousand frames cost no more than 250, and the crash is what counts."""
    frames = [frame(f"f_{number % 977}", "m", lineno=number) for number in range(10_000)]
    explained = explain(crash("python", *frames)).exceptions[0]
    assert len(explained.frames) == 10_000
    assert sum(one.contributes for one in explained.frames) == 100
    assert explained.frames[-1].contributes
    assert "too far" in explained.frames[0].reason


def test_null_and_empty_frames_are_stepped_over() -> None:
    """Holes in a stack are nothing to group by and nothing to fall over."""
    assert same(crash("python", None, A, None, frame(), B), crash("python", A, B))


def test_a_stack_of_holes_is_no_stack() -> None:
    """When no frame says anything, type and value count."""
    sent = crash("python", None, frame(), None)
    assert explain(sent).variant is Variant.EXCEPTION
    assert same(sent, event("python", exception("Error")))


def test_marks_decide_over_guesses() -> None:
    """Where one frame is marked as application code, the unmarked ones are not."""
    unmarked = frame("run", "__main__", filename="gen.py", in_app=None)
    assert same(crash("python", unmarked, A), crash("python", A))


def test_a_cause_with_a_stack_speaks_for_a_stackless_exception() -> None:
    """A cause with a stack makes the chain readable although the shown exception has none."""
    bare = exception("Outer")
    assert apart(
        event("python", exception("Inner", A), bare), event("python", exception("Inner", B), bare)
    )


def test_thread_stacks_group_events_without_exceptions() -> None:
    """A watchdog's event carries only threads: the crashed one counts."""
    threads = [
        {"id": 1, "stacktrace": {"frames": [B]}},
        {"id": 2, "crashed": True, "stacktrace": {"frames": [A]}},
    ]
    assert same(
        event("python", threads={"values": threads}),
        event("python", threads=list(reversed(threads))),
        event("python", stacktrace={"frames": [A]}),
    )
    assert key(event("python", threads={"values": threads[:1]})) != key(
        event("python", threads={"values": threads})
    )
