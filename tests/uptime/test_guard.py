"""The probe's guard: a failure of our own network is nobody else's."""

from __future__ import annotations

from vedette.uptime.guard import Guard


def _fails(guard: Guard, hosts: range, now: float = 0.0, *, was_up: bool = True) -> bool:
    """Whether any of them raised the alarm."""
    return any(guard.saw(now, [f"h{one}"], has_failed=True, was_up=was_up) for one in hosts)


def _well(guard: Guard, hosts: range, now: float = 0.0) -> None:
    for one in hosts:
        guard.saw(now, [f"h{one}"], has_failed=False, was_up=True)


def test_a_mass_of_hosts_at_once_raises_the_alarm() -> None:
    """More than 60 %, and five at least."""
    guard = Guard()
    _well(guard, range(4))
    assert not _fails(guard, range(10, 16))
    assert _fails(guard, range(16, 17))
    assert guard.is_closed


def test_few_or_one_host_or_what_was_down_before_raise_none() -> None:
    """Four of four; twenty monitors of one host; ten that had been down anyway."""
    guard = Guard()
    assert not _fails(guard, range(4))
    for _ in range(20):
        assert not guard.saw(0.0, ["h1"], has_failed=True, was_up=True)
    assert not _fails(Guard(), range(10), was_up=False)


def test_failures_of_an_hour_are_no_mass() -> None:
    """They have to come within one interval."""
    guard = Guard()
    assert not any(
        guard.saw(one * 100.0, [f"h{one}"], has_failed=True, was_up=True) for one in range(20)
    )


def test_the_alarm_ends_when_a_canary_answers() -> None:
    """Then what was not believed is looked at again, and believed."""
    guard = Guard()
    guard.looked(0.0, {"gateway": True, "far": True})
    assert _fails(guard, range(5), 10.0)
    assert not guard.looked(10.1, {"gateway": False, "far": False})
    assert guard.is_closed
    assert guard.wants_canaries(15.2)
    assert guard.looked(15.2, {"gateway": True, "far": False})
    assert not guard.is_closed
    assert not _fails(guard, range(5), 16.0), "this time it is believed"


def test_silent_canaries_raise_the_alarm_by_themselves() -> None:
    """All of those that have answered before; one alone does not, nor one that never did."""
    guard = Guard()
    guard.looked(0.0, {"gateway": True, "far": True, "never": False})
    guard.looked(5.0, {"gateway": False, "far": True, "never": False})
    assert not guard.is_closed
    guard.looked(10.0, {"gateway": False, "far": False, "never": False})
    assert guard.is_closed


def test_without_a_canary_a_mass_failure_is_believed() -> None:
    """Nothing tells otherwise: silence about a real one would be worse."""
    guard = Guard()
    assert _fails(guard, range(5))
    assert guard.looked(0.1, {"never": False})
    assert not guard.is_closed


def test_canaries_are_asked_more_often_while_it_matters() -> None:
    """Each minute, and each five seconds under alarm."""
    guard = Guard()
    guard.looked(0.0, {"far": True})
    assert not guard.wants_canaries(59.0)
    assert guard.wants_canaries(60.0)
    guard.looked(60.0, {"far": False})
    assert guard.wants_canaries(65.0)


def test_canaries_that_are_known_to_answer_count_at_once() -> None:
    """A start in a dead network makes nothing red."""
    guard = Guard(proven={"gateway"})
    guard.looked(0.0, {"gateway": False})
    assert guard.is_closed
