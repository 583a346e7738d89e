"""What age and size cost: an installation of 90 days with 200,000 issues against an empty one.

Usage: python -m benchmarks.aged [DAYS [EVENTS_PER_DAY [ISSUES [EVENTS]]]]
Prints CPU per digested event in both, the ratio, the worker's start and its memory at rest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from benchmarks import measure

_DAY = 86_400


def main(days: int, per_day: int, issues: int, events: int) -> None:
    """Build both, measure each in a process of its own, print."""
    measure.machine()
    with tempfile.TemporaryDirectory(dir=".", prefix=".bench-") as folder:
        found: dict[str, dict[str, float]] = {}
        for name in ("empty", "aged"):
            data = Path(folder).absolute() / name
            if name == "aged":
                _child("build", data, days, per_day, issues)
            found[name] = json.loads(_child("measure", data, events))
        for name, figures in found.items():
            measure.say(f"{name}: digest, CPU", figures["digest"] * 1000, "ms per event")
            measure.say(f"{name}: start of the worker", figures["start"], "s", "bar 3")
            measure.say(f"{name}: worker at rest", figures["memory"], "MB")
        ratio = found["aged"]["digest"] / found["empty"]["digest"]
        measure.say("aged against empty", ratio, "times", "bar 1.1")


def build(data: Path, days: int, per_day: int, issues: int) -> None:
    """Fill store and metadata as `days` of operation would."""
    _set_up(data)
    from vedette import items
    from vedette.config import load
    from vedette.store.duck import DuckStore

    _make_issues(issues, days)
    config = load()
    store = DuckStore(
        config.store_folder,
        items.tables(),
        memory_bytes=config.store_memory_bytes,
        threads=config.store_threads,
    )
    template = _template_rows()
    position = 0
    for day in range(days, 0, -1):
        for _ in range(0, per_day, len(template)):
            position += len(template)
            store.append([_rows_of(template, day, position)], writer="old", end=position)
        store.checkpoint()
    store.close()


def measure_one(data: Path, events: int) -> None:
    """Digest `events` in this folder and print the figures as JSON."""
    _set_up(data)
    from benchmarks.events import Gzipped, payload
    from benchmarks.spooling import fill
    from vedette.config import load
    from vedette.roles.digester import build as build_digester
    from vedette.roles.worker import Worker

    config = load()
    started = time.perf_counter()
    worker = Worker(config)
    worker.serve()
    start = time.perf_counter() - started
    time.sleep(1)
    memory = measure.memory_mb(os.getpid())
    digester = build_digester(config)

    def drain() -> None:
        while digester.work_once():
            pass

    now = time.time()
    bodies = [Gzipped(payload(group, group * 7919, now)) for group in range(200)]
    fill(config.spool_folder / "web-0", bodies, 1024)
    drain()
    count = fill(config.spool_folder / "web-0", bodies, events)
    cpu = time.process_time()
    drain()
    worker.store.flush()
    spent = (time.process_time() - cpu) / count
    print(json.dumps({"digest": spent, "start": start, "memory": memory}), flush=True)
    os._exit(0)


def _child(*words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.aged", *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def _set_up(data: Path) -> None:
    os.environ["VEDETTE_DATA"] = str(data)
    from vedette import django_setup
    from vedette.config import load

    config = load()
    config.spool_folder.mkdir(parents=True, exist_ok=True)
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.projects import first_run

    first_run.prepare()


def _make_issues(count: int, days: int) -> None:
    from datetime import timedelta

    from vedette import clock
    from vedette.issues.models import Issue, IssueKey
    from vedette.projects.models import Project

    project = Project.objects.get(pk=1)
    now = clock.now()
    for start in range(0, count, 5000):
        numbers = range(start, min(start + 5000, count))
        made = Issue.objects.bulk_create(
            Issue(
                project=project,
                short_id=number + 1_000_000,
                type="OldError",
                value=f"number {number}",
                first_seen=now - timedelta(days=days),
                last_seen=now - timedelta(days=number % days, hours=1),
                created_at=now - timedelta(days=days),
            )
            for number in numbers
        )
        IssueKey.objects.bulk_create(
            IssueKey(
                project=project,
                issue=issue,
                group_id=uuid.uuid4().int >> 65,
                key=uuid.uuid4().hex,
                version="1",
            )
            for issue in made
        )


def _template_rows() -> list[dict[str, Any]]:
    """Rows as the pipeline makes them, of a few hundred different events."""
    from benchmarks.events import payload
    from vedette.pipeline.context import Context
    from vedette.pipeline.run import Processor
    from vedette.pipeline.settings import ProjectSettings, Settings
    from vedette.spool.meta import Meta, encode_meta
    from vedette.spool.segment import Record
    from vedette.wire.envelope import build_envelope

    settings = Settings("1", {1: ProjectSettings()})
    processor = Processor(Context(lambda _: settings, max_event_bytes=1 << 20), lambda data: "")
    processor.context.refresh()
    now = time.time()
    records = []
    for number in range(500):
        event_id = uuid.uuid4().hex
        body = build_envelope(
            {"event_id": event_id}, [({"type": "event"}, payload(number, number, now))]
        )
        meta = encode_meta(Meta(1, now, "", event_id))
        records.append(Record(number, number + 1, meta, body))
    batch, _ = processor.process(records, "old")
    return batch.tables["errors"]


def _rows_of(template: list[dict[str, Any]], day: int, position: int) -> Any:
    from vedette.items.event import ERRORS
    from vedette.store.table import Rows

    rows = Rows(ERRORS)
    noon = int(time.time() // _DAY - day) * _DAY + _DAY // 2
    for number, row in enumerate(template):
        at = (noon + number) * 1_000_000
        rows.add(
            {
                **row,
                "event_id": uuid.uuid4().hex,
                "timestamp": at,
                "received": at,
                "position": position - len(template) + number,
            }
        )
    return rows


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["build"]:
        build(Path(words[1]), *map(int, words[2:]))
    elif words[:1] == ["measure"]:
        measure_one(Path(words[1]), int(words[2]))
    else:
        defaults = (90, 20_000, 200_000, 6_000)
        given = [int(word) for word in words]
        main(*(*given, *defaults[len(given) :]))
