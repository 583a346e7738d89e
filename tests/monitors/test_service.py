"""The prober as a process sees the metadata: its lease, changes, who asks it to look now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.monitors.sample_probe import KIND
from vedette.config import Config

if TYPE_CHECKING:
    from tests.monitors.watching import Watch
    from vedette.monitors.prober.service import Service


def _service(folder: Path, name: str) -> Service:
    from vedette.monitors.prober.service import Service

    config = Config(data=folder / name, canaries="none", outgoing_networks="127.0.0.1")
    config.run_folder.mkdir(parents=True)
    return Service(config, {"sample": KIND})


def _slugs(service: Service, now: float) -> list[str] | None:
    """What it would look at that knows nothing yet."""
    read = service._read(now, {})
    return None if read is None else [one.slug for one in read.changed]


def test_two_nodes_with_one_lease(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of them looks, the other waits, and takes over when the first has given it back."""
    from vedette.leases import taking

    watch.monitor("shop")
    one, two = _service(tmp_path, "one"), _service(tmp_path, "two")
    who = ["one:1"]
    monkeypatch.setattr(taking, "holder", lambda: who[0])
    assert _slugs(one, 0.0) == ["shop"]
    who[0] = "two:1"
    assert _slugs(two, 0.0) == []
    who[0] = "one:1"
    one._give_back()
    who[0] = "two:1"
    assert _slugs(two, 100.0) == ["shop"]
    who[0] = "one:1"
    assert _slugs(one, 200.0) == [], "what it looked at is the other's now"


def test_definitions_are_read_when_they_change(watch: Watch, tmp_path: Path) -> None:
    """One small question else."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from vedette.monitors import saving

    shop = watch.monitor("shop")
    service = _service(tmp_path, "one")
    assert _slugs(service, 0.0) == ["shop"]
    revision = shop.changed_at.timestamp()
    with CaptureQueriesContext(connection) as asked:
        assert service._read(1.0, {shop.pk: revision}) is None
    assert len(asked) == 1
    other = watch.monitor("other")
    read = service._read(2.0, {shop.pk: revision})
    assert read is not None
    assert ([one.slug for one in read.changed], set(read.stay)) == (["other"], {shop.pk})
    saving.pause(shop)
    assert _slugs(service, 3.0) == ["other"]
    saving.remove(other)
    assert _slugs(service, 4.0) == []


def _alive(service: Service, work: Callable[[], Awaitable[None]]) -> None:
    async def live() -> None:
        stopping = asyncio.Event()
        running = asyncio.create_task(service.run(stopping))
        try:
            async with asyncio.timeout(20):
                await work()
        finally:
            stopping.set()
            await running

    asyncio.run(live())


def test_a_monitor_is_looked_at_now_for_who_asks(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the socket that only this user can reach; None if nobody can look."""
    from django.conf import settings

    from vedette.monitors.prober.definitions import load
    from vedette.monitors.prober.service import _Read, writer_folder
    from vedette.monitors.trying import look_now

    shop = watch.monitor("shop", address="127.0.0.1:9")
    service = _service(tmp_path, "one")
    config = service._config
    monkeypatch.setattr(settings, "CONFIG", config)
    assert look_now(shop) is None
    found = load([shop.pk])
    monkeypatch.setattr(service, "_read", lambda now, known: _Read(found, (), {}))
    monkeypatch.setattr(service, "_give_back", lambda: None)
    other = watch.monitor("other")

    async def work() -> None:
        while not config.prober_socket.exists():
            await asyncio.sleep(0.01)
        result: Any = None
        while result is None:
            result = await asyncio.to_thread(look_now, shop)
        assert (result.outcome, result.reason) == ("fail", "refused")
        assert config.prober_socket.stat().st_mode & 0o077 == 0
        assert await asyncio.to_thread(look_now, other) is None

    _alive(service, work)
    assert any(writer_folder(config.spool_folder).glob("*.spool"))
    assert writer_folder(config.spool_folder) == writer_folder(config.spool_folder)
    other_node = writer_folder(tmp_path / "two" / "spool")
    assert other_node.name != writer_folder(config.spool_folder).name


def test_what_the_worker_judged_counts_where_the_two_differ(watch: Watch, tmp_path: Path) -> None:
    """Read again once in a while; a result that is on its way is waited for."""
    from vedette.monitors.prober.outbox import Outbox
    from vedette.monitors.prober.rounds import Prober
    from vedette.uptime.changes import State

    shop = watch.monitor("shop")
    watch.checks(shop, "o")
    service = _service(tmp_path, "one")

    read = service._read(0.0, {})
    assert read is not None
    again = service._read(700.0, {one.id: one.revision for one in read.changed})
    assert again is not None

    async def work() -> None:
        prober = Prober(Outbox(None), {"sample": KIND})  # type: ignore[arg-type]
        prober.take_over(read.changed)
        watched = prober._watched[shop.pk]
        watched.standing = watched.standing.changed(raw=State.DOWN)
        assert prober.correct(again.judged) == 1
        assert watched.standing.raw is State.UP
        watched.standing = watched.standing.changed(raw=State.DOWN, judged_at=1e9)
        assert prober.correct(again.judged) == 0

    asyncio.run(work())


def test_canaries_that_have_answered_are_known_after_a_start(tmp_path: Path) -> None:
    """Those of the machine by a note, chosen ones from the beginning."""
    from vedette.monitors.prober import canaries_kept

    config = Config(data=tmp_path)
    assert canaries_kept.read(config, ["gateway 10.0.0.1"]) == frozenset()
    canaries_kept.write(config, {"gateway 10.0.0.1", "name server 10.0.0.2"})
    assert canaries_kept.read(config, ["gateway 10.0.0.1", "other"]) == {"gateway 10.0.0.1"}
    chosen = Config(data=tmp_path, canaries="a:1, b:2")
    assert canaries_kept.read(chosen, ["a:1", "b:2"]) == {"a:1", "b:2"}
