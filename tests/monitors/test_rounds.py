"""The prober's rounds, with real sockets on loopback and intervals of fractions of a second."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.monitors.rounds import FAST, Disk, definition, play, until
from tests.monitors.sample_probe import KIND
from vedette.monitors.prober.canaries import canaries_of
from vedette.monitors.prober.outbox import Outbox
from vedette.monitors.prober.rounds import Prober
from vedette.probing.around import Around
from vedette.probing.kinds import Probe
from vedette.probing.result import Outcome, Result
from vedette.uptime.policy import Policy


def test_a_closed_port_is_looked_at_again_soon_and_believed_after_three() -> None:
    """And an open one stays as it is; each result is in the spool with its numbers."""

    async def work(prober: Prober, disk: Disk) -> None:
        server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        prober.take_over([definition(1, address=f"127.0.0.1:{port}")])
        await until(lambda: disk.outcomes(1).count("ok") >= 2)
        server.close()
        await server.wait_closed()
        await until(lambda: disk.outcomes(1).count("fail") >= 3)
        await prober.doubts.close()

    disk = play(work, [])
    failed = [one for one in disk.checks if one.outcome == "fail"][:3]
    assert [one.attempt for one in failed][:2] == [0, 1]
    assert failed[2].due - failed[0].due < FAST.interval, "retries do not wait for the slot"
    assert {one.reason for one in failed} == {"refused"}
    assert sorted(one.due for one in disk.checks) == [one.due for one in disk.checks]


def test_a_clock_that_is_set_back_silences_nobody() -> None:
    """Nobody is told right after a start, for so long as that takes by a clock that is not set."""
    from vedette import clock

    async def work(prober: Prober, disk: Disk) -> None:
        await until(lambda: len(disk.checks) > 0)
        clock.turn(-3600)
        await until(lambda: disk.checks[-1].at < disk.checks[0].at - 3000)

    try:
        disk = play(work, [definition(1)])
    finally:
        clock.turn(0)
    held = disk.checks[-1].hold_until - disk.checks[-1].at
    assert 20 < held <= FAST.hold


def test_a_target_that_hangs_holds_nobody_up() -> None:
    """However many there are of it; one whose probe never ends is ended."""

    async def probe(around: Around) -> Result:
        if around.seconds > 1:
            await asyncio.sleep(60)
        return Result(outcome=Outcome.OK)

    slow = msgspec.structs.replace(FAST, timeout=30)
    definitions = [definition(one, slow) for one in range(50)] + [definition(99)]

    async def work(prober: Prober, disk: Disk) -> None:
        await until(lambda: disk.outcomes(99).count("ok") >= 3)

    disk = play(work, definitions, probe=probe)
    assert {one.monitor for one in disk.checks} == {99}


def test_without_a_network_nothing_is_down() -> None:
    """Canaries are silent: what fails says nothing. When they are back, all are looked at again,
    and what fails then is believed."""
    is_cut, is_dead = False, False

    async def probe(around: Around) -> Result:
        outcome = Outcome.FAIL if is_cut or is_dead else Outcome.OK
        return Result(outcome=outcome, reason="timeout" if is_cut else "")

    async def canary() -> bool:
        return not is_cut

    async def work(prober: Prober, disk: Disk) -> None:
        nonlocal is_cut, is_dead
        await until(lambda: all(disk.outcomes(one) for one in range(4)))
        is_cut = True
        await until(lambda: disk.outcomes(0)[-3:] == ["unknown"] * 3)
        assert all(disk.outcomes(one).count("fail") < 3 for one in range(4))
        assert prober.doubts.guard.is_closed
        is_cut = False
        prober.doubts.guard.looked_at = float("-inf")
        await until(lambda: disk.outcomes(0)[-1] == "ok")
        is_dead = True
        await until(lambda: disk.outcomes(0)[-3:] == ["fail"] * 3)

    play(work, [definition(one) for one in range(4)], probe=probe, canaries={"far": canary})


def test_a_mass_failure_is_believed_if_canaries_answer() -> None:
    """Eight of eight hosts: one result each is doubted at most, and it is told soon."""
    is_dead = False

    async def probe(around: Around) -> Result:
        return Result(outcome=Outcome.FAIL if is_dead else Outcome.OK)

    async def canary() -> bool:
        return True

    async def work(prober: Prober, disk: Disk) -> None:
        nonlocal is_dead
        await until(lambda: all(disk.outcomes(one) for one in range(8)))
        is_dead = True
        await until(lambda: all(disk.outcomes(one).count("fail") >= 3 for one in range(8)))

    disk = play(work, [definition(one) for one in range(8)], probe=probe, canaries={"far": canary})
    assert sum(disk.outcomes(one).count("unknown") for one in range(8)) <= 8


def test_settings_that_cannot_be_used_are_no_failure() -> None:
    """The owner hears why; nothing is down."""

    async def work(prober: Prober, disk: Disk) -> None:
        await until(lambda: bool(disk.outcomes(1)))

    disk = play(work, [definition(1, address="")])
    assert (disk.checks[0].outcome, disk.checks[0].reason) == ("unknown", "config_error")


def test_a_kind_that_breaks_over_settings_stops_no_other_monitor(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever its preparation raises, the prober looks at the others, and says what it is."""

    def prepare(settings: Any) -> Probe:
        if settings["address"] == "host-1:80":
            raise ZeroDivisionError

        async def probe(around: Around) -> Result:
            return Result(outcome=Outcome.OK, duration_ms=1.0)

        return probe

    async def go() -> Disk:
        disk, stopping = Disk(), asyncio.Event()
        prober = Prober(Outbox(disk), {"sample": replace(KIND, prepare=prepare)})
        prober.take_over([definition(1), definition(2)])
        rounds = asyncio.create_task(prober.run(stopping))
        async with asyncio.timeout(20):
            await until(lambda: bool(disk.outcomes(1) and disk.outcomes(2)))
        stopping.set()
        await rounds
        return disk

    disk = asyncio.run(go())
    assert set(disk.outcomes(2)) == {"ok"}
    assert {(one.outcome, one.reason) for one in disk.checks if one.monitor == 1} == {
        ("unknown", "internal")
    }
    assert "m1" in caplog.text


def test_a_prober_that_slept_says_nothing_and_asks_nobody() -> None:
    """Ten minutes: one result each that says so, no burst of probes."""
    asked = 0

    async def probe(around: Around) -> Result:
        nonlocal asked
        asked += 1
        return Result(outcome=Outcome.OK)

    policy = Policy(interval=60)
    count = 200

    async def work(prober: Prober, disk: Disk) -> None:
        await asyncio.sleep(0)
        before = asked
        prober._turn(asyncio.get_running_loop().time() + 600)
        await until(lambda: len(disk.checks) >= count)
        assert asked == before
        assert prober.lateness.missed == count

    disk = play(work, [definition(one, policy) for one in range(count)], probe=probe)
    assert {one.reason for one in disk.checks if one.outcome == "unknown"} == {"late"}


def test_what_the_disk_refuses_is_written_later(caplog: pytest.LogCaptureFixture) -> None:
    """And many results of a moment are few records; the log says once that the disk refuses."""

    async def work(prober: Prober, disk: Disk) -> None:
        for _ in range(3):
            await asyncio.gather(*(prober.look_now(one) for one in range(20)))
        await until(lambda: len(disk.checks) >= 60)

    async def probe(around: Around) -> Result:
        return Result(outcome=Outcome.OK)

    definitions = [definition(one, Policy()) for one in range(20)]
    disk = play(work, definitions, probe=probe, disk=Disk(refusals=2))
    assert disk.records < 20
    assert caplog.text.count("are not on disk yet") == 1


def test_one_that_is_taken_away_is_looked_at_no_more() -> None:
    """Paused or removed, also while a probe of it is under way."""

    async def probe(around: Around) -> Result:
        await asyncio.sleep(0.05)
        return Result(outcome=Outcome.OK)

    async def work(prober: Prober, disk: Disk) -> None:
        await until(lambda: bool(disk.outcomes(1)))
        looking = asyncio.create_task(prober.look_now(1))
        await asyncio.sleep(0.01)
        prober.take_over([definition(2)])
        seen = len(disk.outcomes(1))
        await looking
        await until(lambda: disk.outcomes(2).count("ok") >= 3)
        assert len(disk.outcomes(1)) == seen
        assert await prober.look_now(1) is None

    play(work, [definition(1)], probe=probe)


def test_canaries_are_who_answers_or_refuses() -> None:
    """A port that nobody has is a sign of life of its host, too; no port is a mistake."""

    async def ask() -> list[bool]:
        found = canaries_of("127.0.0.1:9, 192.0.2.1:9")
        return [await canary() for canary in list(found.values())[:1]]

    assert asyncio.run(ask()) == [True]
    assert canaries_of("none") == {}
    assert len(canaries_of("a:1 b:2")) == 2
