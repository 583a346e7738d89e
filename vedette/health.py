"""Whether the product is well: read from files and sockets, without Django.

Used by `/-/health`, `/-/ready`, `/-/metrics` and `vedette doctor`.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from pathlib import Path
from typing import Any

from vedette.config import Config
from vedette.spool import backlog
from vedette.store import query as q
from vedette.store.asker import HEALTH, asking_for
from vedette.store.engine import Reader
from vedette.store.errors import StoreError
from vedette.store.visible import VisibleProjects

_STALE_SECONDS = 10.0
_LATE_SECONDS = 60.0
_STALLED_SECONDS = 15.0
_LATE_PROBES_MS = 5000.0
_PROBER = (
    *("monitors", "checks", "missed_slots", "late_p99_ms", "last_tick", "canaries", "alarm"),
    *("lost", "cpu_seconds"),
)


def note_status(config: Config, role: str, status: dict[str, Any]) -> None:
    """Write what a role knows of itself for the others to read.

    Raises OSError, on a full disk for example; an earlier note is then a sign of life still.
    """
    path = config.run_folder / f"{role}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    try:
        temporary.write_text(json.dumps({"pid": os.getpid(), "at": time.time(), **status}))
        os.replace(temporary, path)
    except OSError:
        if path.exists():
            os.utime(path)
        raise


def read_status(config: Config, role: str) -> dict[str, Any] | None:
    """The role's last note, or None if it is missing or stale."""
    path = config.run_folder / f"{role}.json"
    try:
        status: dict[str, Any] = json.loads(path.read_text())
        noted = path.stat().st_mtime
    except (OSError, ValueError):
        return None
    return status if time.time() - noted < _STALE_SECONDS else None


def check(config: Config, store: Reader) -> dict[str, Any]:
    """The health report: `status` is ok, degraded or failing."""
    store_error = _ask(store)  # first: an owner that has just started knows what it has to replay
    spool_bytes = backlog.total_bytes(config.spool_folder)
    spool_seconds = backlog.age_seconds(config.spool_folder)
    disk = shutil.disk_usage(_existing(config.data))
    worker = read_status(config, "worker")
    pages = accepts(config.pages_socket)
    problems = []
    if disk.free < config.disk_free_min_bytes:
        problems.append("the disk is nearly full")
    if spool_bytes >= config.spool_max_bytes:
        problems.append("the spool is full")
    failing = bool(problems)
    if store_error:
        problems.append(store_error)
    if worker is None:
        problems.append("the worker does not run")
    if not pages:
        problems.append("the pages do not run")
    problems += _late(config.spool_folder, spool_seconds)
    problems += _worker_problems(worker or {})
    prober = _prober(config)
    problems += _prober_problems(prober)
    return {
        "status": "failing" if failing else "degraded" if problems else "ok",
        "problems": problems,
        "spool": {"backlog_bytes": spool_bytes, "backlog_seconds": round(spool_seconds, 1)},
        "store": {"status": "unavailable" if store_error else "ok"},
        "disk": {"free_bytes": disk.free, "total_bytes": disk.total},
        "worker": {"status": "ok" if worker else "missing"},
        "pages": {"status": "ok" if pages else "missing"},
        "prober": prober,
        "refused_rows": int((worker or {}).get("refused_rows", 0)),
        "loops": (worker or {}).get("loops", {}),
        "dead_records": int((worker or {}).get("dead", 0)),
    }


def _late(spool_folder: Path, behind_seconds: float) -> list[str]:
    """Whether what was accepted waits for long, or nothing of it is processed at all."""
    problems = []
    if behind_seconds > _LATE_SECONDS:
        problems.append(f"processing is {behind_seconds:.0f} s behind")
    stalled = backlog.stalled_seconds(spool_folder)
    if stalled > _STALLED_SECONDS:
        problems.append(f"nothing was processed for {stalled:.0f} s")
    return problems


def _worker_problems(worker: dict[str, Any]) -> list[str]:
    """What the worker's note tells that somebody should look at."""
    problems = []
    if dead := int(worker.get("dead", 0)):
        problems.append(f"{dead} records could not be processed; see `vedette dead retry`")
    refused = int(worker.get("refused_rows", 0))
    if refused:
        problems.append(f"the store refused {refused} rows; they lie in its folder 'set aside'")
    if worker.get("ids_lost"):
        problems.append(
            "the event ids were damaged and begun anew: an event of the last days that is sent "
            "again is stored again; the damaged file lies in the store's folder"
        )
    for name, status in sorted(worker.get("loops", {}).items()):
        if "error" in status:
            problems.append(f"the loop {name} fails: {status['error']}")
        if "held back" in status:
            problems.append(f"the loop {name} is held back: {status['held back']}")
    return problems


def _prober(config: Config) -> dict[str, Any]:
    """What the prober tells of itself; it is not there while nothing is watched."""
    noted = read_status(config, "prober")
    if noted is None:
        status = "missing" if config.prober_wanted.exists() else "not needed"
        return {"status": status}
    shown = {name: noted[name] for name in _PROBER if name in noted}
    waits = not noted.get("holds_lease")
    return {"status": "another node looks" if waits else "ok", **shown}


def _prober_problems(prober: dict[str, Any]) -> list[str]:
    """What says that monitors are not looked at as they should be."""
    problems = []
    if prober["status"] == "missing":
        problems.append("the prober does not run: no monitor is looked at")
    if alarm := prober.get("alarm"):
        problems.append(f"results of monitors are not believed: {alarm}")
    if prober.get("late_p99_ms", 0) > _LATE_PROBES_MS:
        problems.append(f"monitors are looked at {prober['late_p99_ms'] / 1000:.0f} s late")
    if lost := prober.get("lost"):
        problems.append(f"{lost} checks of monitors could not be written")
    return problems


def _ask(store: Reader) -> str:
    """An error in words if the store does not answer a small question."""
    now = int(time.time() * q.MICROSECONDS)
    select = q.Select(
        table="outcomes",
        projects=VisibleProjects.of_system(),
        columns={"n": q.count()},
        start=now - 60 * q.MICROSECONDS,
        end=now,
    )
    try:
        with asking_for(HEALTH):
            store.query(select)
    except StoreError as error:
        return f"the store does not answer: {error}"
    return ""


def accepts(path: Path) -> bool:
    """Whether somebody listens on a Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path
