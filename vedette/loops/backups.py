"""Takes backups as the installation has chosen, in a process of their own, and verifies them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from vedette import clock
from vedette.backups import noting, schedule
from vedette.backups.folder import STAGING
from vedette.backups.stillness import is_claimed
from vedette.loops import House, Loop

_INTERVAL_SECONDS: Final = 20.0
_MOST_WORDS: Final = 300
_running: dict[Path, subprocess.Popen[str]] = {}


class BackupFailed(Exception):
    """The last try failed, and none has gone well since; `/-/health` says so."""


def run(house: House) -> None:
    """Begin what is due, and hear how it ended. Raises BackupFailed while something is wrong."""
    from vedette.control.choosing import resolved_at
    from vedette.control.places import Place
    from vedette.options import groups
    from vedette.options._resolving import values

    data, now = house.config.data, clock.timestamp()
    plan = schedule.Plan.of(values(resolved_at(Place(), groups()["backups"], house.config)))
    is_at_work = _is_at_work(data)
    if not plan.place:
        return
    note = noting.read(data)
    if not is_at_work:
        _begin_what_is_due(data, plan, note, now)
    if wrong := schedule.what_is_wrong(plan, note):
        raise BackupFailed(wrong)


def _begin_what_is_due(data: Path, plan: schedule.Plan, note: noting.Note, now: float) -> None:
    if schedule.is_backup_due(plan, note, now):
        _begin(data, "backup", *_keeping(plan), "--to", plan.place)
    elif (name := schedule.to_verify(plan, note, now)) is not None:
        _begin(data, "verify", name, "--to", plan.place)


def _is_at_work(data: Path) -> bool:
    """Whether a command of ours, or somebody else's, is under way; notes how ours has ended."""
    running = _running.get(data)
    if running is None:
        return is_claimed(data / STAGING)  # of a worker before, or taken by hand
    if running.poll() is None:
        return True
    del _running[data]
    said, failure = running.communicate()
    if running.returncode:
        words = (failure.strip() or said.strip())[-_MOST_WORDS:].removeprefix("vedette: ")
        noting.note_failure(data, words or f"it ended with status {running.returncode}")
    else:
        noting.note_failure(data, "")
    return False


def _keeping(plan: schedule.Plan) -> list[str]:
    kept = {"last": plan.keep_last, "days": plan.keep_days, "weeks": plan.keep_weeks}
    return [word for name, count in kept.items() for word in (f"--keep-{name}", str(count))]


def _begin(data: Path, *words: str) -> None:
    """Start a command of our own. It goes on by itself if the worker ends meanwhile."""
    noting.note_tried(data, clock.timestamp())
    _running[data] = subprocess.Popen(
        [sys.executable, "-m", "vedette", *words, "--data", str(data)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


LOOP = Loop(name="backups", interval_seconds=_INTERVAL_SECONDS, run=run)
