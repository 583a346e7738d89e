"""A real file system that is too small: refused clearly, nothing accepted is lost, and it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.flood import choose_bound, event, recording
from tests.flow.product import Product

_MEGABYTES = 192
MB = 1 << 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own of some megabytes."""
    folder = tmp_path / "data"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip(f"file systems cannot be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def free(disk: Path) -> int:
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


def fill(disk: Path, leave: int) -> None:
    """Somebody else's file takes all but so many bytes."""
    # What the server writes in the same moment is not free any more.
    with (disk / "somebody-elses").open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while (more := min(free(disk) - leave, MB)) > 0:
            file.write(bytes(more))


def test_a_full_disk_refuses_and_loses_nothing(disk: Path) -> None:
    """503 with the time to come back; the processes stay; a kill meanwhile loses nothing; when
    there is room everything that was accepted is there, and what is sent is taken again."""
    with Product(disk, disk_free_min_bytes="0", spool_segment_bytes="1mb") as product:
        project = product.project("lamps")
        sent: dict[str, int] = {}

        def send() -> tuple[int, dict[str, str], bytes]:
            event_id, body = event()
            path = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
            answer = product.post(path, body)
            sent[event_id] = answer[0]
            return answer

        for _ in range(50):
            assert send()[0] == 200
        product.wait_for_issue(project)
        fill(disk, leave=256 << 10)
        deadline = time.monotonic() + 30
        refused = None
        while refused is None and time.monotonic() < deadline:
            answer = send()
            refused = answer if answer[0] != 200 else None
        assert refused is not None
        status, headers, body = refused
        assert status == 503
        assert int(headers["retry-after"]) > 0
        assert "cannot write to disk" in json.loads(body)["detail"]
        fill(disk, leave=0)
        for _ in range(20):
            send()
            time.sleep(0.1)
        assert product.process is not None
        assert product.process.poll() is None
        os.kill(product.child("worker"), signal.SIGKILL)
        time.sleep(1)
        (disk / "somebody-elses").unlink()
        product.wait(lambda: send()[0] == 200, seconds=30)
        accepted = {event_id for event_id, status in sent.items() if status == 200}
        assert len(accepted) > 50

        def count() -> int:
            return product.outcomes(project).get(("error", "accepted", ""), 0)

        product.wait(lambda: count() >= len(accepted), seconds=60)
        assert count() == len(accepted)
        issue = product.wait_for_issue(project)
        assert int(issue["count"]) == len(accepted)


def test_nearly_full_is_refused_before_it_hurts_and_the_page_says_so(disk: Path) -> None:
    """The door, health and the page say it; with room again all is well by itself."""
    with Product(disk, disk_free_min_bytes="32mb", spool_segment_bytes="1mb") as product:
        project = product.project("lamps")
        assert product.send(project, event()[1])[0] == 200
        product.wait_for_issue(project)
        fill(disk, leave=20 * MB)
        product.wait(lambda: product.send(project, event()[1])[0] == 429)
        path = f"/api/{project['id']}/envelope/?sentry_key={project['public_key']}"
        status, headers, _ = product.post(path, event()[1])
        assert status == 429
        assert int(headers["retry-after"]) > 0
        assert "disk_full" in headers["x-sentry-rate-limits"]
        (disk / "somebody-elses").unlink()
        product.wait(lambda: product.send(project, event()[1])[0] == 200)


def test_the_folder_is_held_below_its_bound_during_a_flood(disk: Path) -> None:
    """Recordings and events come faster than they may stay: the oldest recordings go, and no
    event before them; the disk is never full."""
    with Product(disk, disk_free_min_bytes="8mb", spool_segment_bytes="1mb") as product:
        project = product.project("lamps")
        bound = 60 * MB
        choose_bound(product, bound)
        most = recordings = events = 0
        deadline = time.monotonic() + 90
        while recordings * 200_000 < bound * 1.5 and time.monotonic() < deadline:
            if product.send(project, recording())[0] == 200:
                recordings += 1
            if product.send(project, event()[1])[0] == 200:
                events += 1
            most = max(most, _MEGABYTES * MB - free(disk))
            time.sleep(0.08)
        assert recordings * 200_000 > bound * 1.2
        assert most < bound * 1.1
        issue = product.wait_for_issue(project)
        product.wait(lambda: int(product.issues(project)[0]["count"]) == events)
        assert len(product.api(f"issues/{issue['id']}/events/?limit=100")) == min(events, 100)
