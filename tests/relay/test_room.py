"""How much a relay keeps: nothing is lost below the bound, and what goes above it is told."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.relay.relaying import Relaying, check_in, event, free_port, replay
from tests.relay.upstream import Upstream, reported, types

_FILLER = 20_000


def test_nothing_is_lost_below_the_bound(tmp_path: Path) -> None:
    """The upstream is away, the relay is started again, and all is there in order."""
    port = free_port()
    ids = [uuid.uuid4().hex for _ in range(200)]
    with Relaying(tmp_path / "data", f"http://127.0.0.1:{port}") as relay:
        for number, event_id in enumerate(ids):
            assert relay.send(event(event_id)) == 200
            if number == 100:
                relay.kill()
                relay.start()
        assert relay.health()["upstream"]["status"] == "away"
        assert relay.health()["backlog"]["oldest_seconds"] > 0
        with Upstream(port) as upstream:
            relay.wait(lambda: len(upstream.seen) >= 200, seconds=60)
            relay.wait(lambda: relay.health()["backlog"]["bytes"] == 0)
            assert upstream.ids == ids
            assert all("x-vedette-held-seconds" in seen.headers for seen in upstream.seen[:50])
        assert relay.health()["lost"] == {}


def test_over_the_bound_the_oldest_goes_and_errors_go_last(tmp_path: Path) -> None:
    """What was given up is told by category, once, and everything else is there in order."""
    port = free_port()
    sent: Counter[str] = Counter()
    ids = []
    with Relaying(tmp_path / "data", f"http://127.0.0.1:{port}", "--most-bytes", "2MB") as relay:
        for _ in range(60):
            event_id = uuid.uuid4().hex
            ids.append(event_id)
            assert relay.send(replay(_FILLER)) == 200
            assert relay.send(event(event_id, filler=_FILLER)) == 200
            assert relay.send(check_in()) == 200
            sent += Counter(replay=1, error=1, monitor=1)
        report = relay.health()
        lost = Counter(report["lost"]["cache_overflow"])
        assert report["backlog"]["bytes"] <= 2 << 20
        assert lost["replay"] >= 10
        assert lost["error"] == lost["monitor"] == 0
        assert "given up" in " ".join(report["problems"])
        assert (
            "relay_lost_cache_overflow_total" in relay.post("/-/metrics", method="GET")[2].decode()
        )
        for _ in range(60):
            event_id = uuid.uuid4().hex
            ids.append(event_id)
            assert relay.send(event(event_id, filler=_FILLER)) == 200
            sent += Counter(error=1)
        lost = Counter(relay.health()["lost"]["cache_overflow"])
        assert lost["error"] > 0
        with Upstream(port) as upstream:
            relay.wait(lambda: relay.health()["backlog"]["bytes"] == 0, seconds=60)
            arrived = [seen for seen in upstream.seen if types(seen) == {"event"}]
            assert [seen.id for seen in arrived] == ids[lost["error"] :]
            assert sum(types(seen) == {"replay_recording"} for seen in upstream.seen) == (
                sent["replay"] - lost["replay"]
            )
            told = reported(upstream)
            assert {name: told[name, "cache_overflow"] for name in lost} == lost
        assert "were given up" in relay.log()


def test_a_full_disk_is_a_clear_refusal(tmp_path: Path, upstream: Upstream) -> None:
    """With less disk free than the setting says nothing is taken, and health fails."""
    settings = {"VEDETTE_DISK_FREE_MIN_BYTES": "1000TB"}
    relay = Relaying(tmp_path / "data", upstream.base, **settings)
    relay._is_answering = lambda: bool(relay.log())  # type: ignore[method-assign]
    with relay:
        relay.wait(lambda: _answers(relay))
        status, headers, _ = relay.post(f"/api/42/envelope/?sentry_key={'a' * 32}", event())
        assert (status, headers["x-sentry-rate-limits"]) == (429, "30::organization:relay_full")
        assert relay.post("/-/health", method="GET")[0] == 503
        assert relay.post("/-/ready", method="GET")[0] == 503


def test_a_full_disk_is_emptied_when_the_upstream_is_back(tmp_path: Path) -> None:
    """Without room even for notes, each request that was taken arrives once, and room comes."""
    disk, port = tmp_path / "disk", free_port()
    disk.mkdir()
    with _mounted(disk):
        no_rest = {"VEDETTE_DISK_FREE_MIN_BYTES": "0"}
        with Relaying(disk / "data", f"http://127.0.0.1:{port}", **no_rest) as relay:
            ids: list[str] = []
            while relay.send(event(event_id := uuid.uuid4().hex, filler=_FILLER)) == 200:
                ids.append(event_id)
            with contextlib.suppress(OSError), (disk / "others").open("wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
            assert relay.send(event(filler=_FILLER)) == 503
            with Upstream(port) as upstream:
                relay.wait(lambda: len(upstream.seen) >= len(ids), seconds=40)
                assert upstream.ids == ids
                relay.wait(lambda: relay.send(event(filler=_FILLER)) == 200)


@contextlib.contextmanager
def _mounted(folder: Path) -> Iterator[None]:
    """A file system of four megabytes."""
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _answers(relay: Relaying) -> bool:
    try:
        return relay.post("/-/ready", method="GET")[0] == 503
    except OSError:
        return False
