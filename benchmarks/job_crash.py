"""Kills digester and worker at random while jobs check in: no run is lost, doubled or missed.

Usage: python -m benchmarks.job_crash [SECONDS [JOBS]]

Each job begins and ends runs all the time, some of which fail; its schedule expects one a minute.
Afterwards each run is there with the end that it was given, the store has each check-in once, no
job was missed, and each stands as its last run says. The exit status is 1 if not.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from benchmarks import measure
from benchmarks.running import product
from tests.flow import watching
from tests.flow.product import Product
from vedette.store import query as q
from vedette.store.errors import StoreError
from vedette.store.remote import StoreClient
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import build_envelope, new_event_id

_EVERY_SECONDS = 3.0  # a run of each job, so that none of the 200 that are kept is forgotten
_CONFIG = {"schedule": {"type": "interval", "value": 1, "unit": "minute"}, "max_runtime": 5}
_ROLES = ("digester", "worker")


@dataclass(slots=True)
class Said:
    """What the jobs have said and the door has taken: the end of each run, by job in order."""

    ends: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    count: int = 0


def main(seconds: float, jobs: int) -> int:
    """Run and print; the exit status."""
    measure.machine()
    with product() as (running, project):
        said, stopping = Said(), threading.Event()
        speaking = threading.Thread(target=_speak, args=(running, project, said, jobs, stopping))
        speaking.start()
        kills = _trouble(running, seconds)
        stopping.set()
        speaking.join()
        running.wait(lambda: _is_digested(running, said), seconds=120)
        return _report(running, said, kills)


def _speak(
    running: Product, project: dict[str, str], said: Said, jobs: int, stopping: threading.Event
) -> None:
    source = random.Random(7)  # noqa: S311 - no secret
    while not stopping.is_set():
        began = time.monotonic()
        for number in range(jobs):
            slug, run = f"job-{number}", new_event_id()
            end = source.choice(("ok", "ok", "ok", "error"))
            for status in ("in_progress", end):
                _say(running, project, slug, run, status)
                said.count += 1
            said.ends.setdefault(slug, []).append((run, end))
        stopping.wait(max(_EVERY_SECONDS - (time.monotonic() - began), 0.0))


def _say(running: Product, project: dict[str, str], slug: str, run: str, status: str) -> None:
    body = {"monitor_slug": slug, "check_in_id": run, "status": status, "monitor_config": _CONFIG}
    item = ({"type": "check_in"}, json.dumps(body).encode())
    answer, _ = running.send(project, build_envelope({}, [item]))
    if answer != 200:
        raise RuntimeError(f"the door answered {answer}")


def _trouble(running: Product, seconds: float) -> Counter[str]:
    """Kill one process after the other."""
    source, kills, end = random.Random(11), Counter[str](), time.monotonic() + seconds  # noqa: S311
    while time.monotonic() < end:
        time.sleep(source.uniform(0.2, 2.5))
        role = source.choice(_ROLES)
        pids = running.children(role)
        if pids:
            os.kill(pids[0], signal.SIGKILL)
            kills[role] += 1
    return kills


def _is_digested(running: Product, said: Said) -> bool:
    try:
        return _stored(running) >= said.count and _runs(running).keys() >= _ends(said).keys()
    except StoreError:
        return False  # the worker is being started again


def _report(running: Product, said: Said, kills: Counter[str]) -> int:
    held, ends = _runs(running), _ends(said)
    other = sum(held.get(run) != end for run, end in ends.items())
    more = Counter(status for run, status in held.items() if run not in ends)
    measured = _measured(running)
    wrong = sum(
        measured.get(slug) != ("up" if runs[-1][1] == "ok" else "down")
        for slug, runs in said.ends.items()
    )
    twice = _stored(running) - said.count
    for role, number in sorted(kills.items()):
        measure.say(f"kills of the {role}", number, "")
    measure.say("check-ins that the door took", said.count, "")
    measure.say("runs with another end than theirs", other, "", "bar: 0")
    measure.say("runs that nobody had (missed, unknown)", sum(more.values()), "", "bar: 0")
    measure.say("check-ins stored twice", twice, "", "bar: 0")
    measure.say("jobs that stand otherwise than their last run", wrong, "", "bar: 0")
    return int(bool(other or more or twice or wrong))


def _measured(running: Product) -> dict[str, str]:
    """By job what its runs came to last: what is shown may be that it comes and goes."""
    sql = (
        "SELECT m.slug, s.standing FROM monitors_monitorstanding s "
        "JOIN monitors_monitor m ON m.id = s.monitor_id"
    )
    return {slug: json.loads(kept)["raw"] for slug, kept in watching.rows(running, sql)}


def _ends(said: Said) -> dict[str, str]:
    return dict(end for runs in said.ends.values() for end in runs)


def _runs(running: Product) -> dict[str, str]:
    return dict(watching.rows(running, "SELECT run, status FROM monitors_jobrun"))


def _stored(running: Product) -> int:
    select = q.Select(
        table="check_ins",
        projects=VisibleProjects.of_system(),
        columns={"count": q.count()},
        start=0,
        end=1 << 61,
    )
    client = StoreClient(running.folder / "run" / "store.sock")
    return int(client.query(select).rows[0][0])


if __name__ == "__main__":
    given = sys.argv[1:]
    seconds = float(given[0]) if given else 150.0
    sys.exit(main(seconds, int(given[1]) if len(given) > 1 else 20))
