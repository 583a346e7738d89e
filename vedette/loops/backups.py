"""Takes backups as the installation has chosen, in a process of their own, and verifies them."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from vedette import clock
from vedette.backups import noting, schedule
from vedette.loops import House, Loop

_INTERVAL_SECONDS: Final = 60.0
_MOST_WORDS: Final = 300


class BackupFailed(Exception):
    """The last try failed, and none has gone well since; `/-/health` says so."""


def run(house: House) -> None:
    """Take what is due, or verify it. Raises BackupFailed as long as something is wrong."""
    from vedette.control.choosing import resolved_at
    from vedette.control.places import Place
    from vedette.options import groups
    from vedette.options._resolving import values

    chosen = schedule.Plan.of(values(resolved_at(Place(), groups()["backups"], house.config)))
    note, data, now = noting.read(house.config.data), house.config.data, clock.timestamp()
    if not chosen.place:
        return
    if schedule.is_backup_due(chosen, note, now):
        _command(house, "backup", *_keeping(chosen), "--to", chosen.place)
    elif (name := schedule.to_verify(chosen, note, now)) is not None:
        _command(house, "verify", name, "--to", chosen.place)
    if wrong := schedule.what_is_wrong(chosen, noting.read(data)):
        raise BackupFailed(wrong)


def _keeping(plan: schedule.Plan) -> list[str]:
    kept = {"last": plan.keep_last, "days": plan.keep_days, "weeks": plan.keep_weeks}
    return [word for name, count in kept.items() for word in (f"--keep-{name}", str(count))]


def _command(house: House, *words: str) -> None:
    """Run a command of our own, and note why it failed if it did."""
    noting.note_tried(house.config.data, clock.timestamp())
    done: subprocess.CompletedProcess[str] = subprocess.run(
        [sys.executable, "-m", "vedette", *words, "--data", str(house.config.data)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    failure = ""
    if done.returncode:
        failure = (done.stderr.strip() or done.stdout.strip())[-_MOST_WORDS:]
        failure = failure or f"vedette {words[0]} ended with status {done.returncode}"
    noting.note_failure(house.config.data, failure.removeprefix("vedette: "))


LOOP = Loop(name="backups", interval_seconds=_INTERVAL_SECONDS, run=run)
