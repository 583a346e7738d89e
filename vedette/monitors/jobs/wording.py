"""What a run came to, in words, and what is kept of it as evidence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from vedette.crons.checkin import CheckIn
from vedette.crons.course import RunStatus, Terms, Verdict


def words_of(terms: Terms, verdict: Verdict, check_in: CheckIn | None) -> str:
    """Why a run was not well, in words; empty for one that was."""
    if verdict.status is RunStatus.MISSED:
        slot = datetime.fromtimestamp(verdict.slot or 0.0, UTC)
        many = f"{verdict.missed} runs in a row" if verdict.missed > 1 else "a run"
        return f"{many} missed, expected at {slot:%Y-%m-%d %H:%M} UTC"
    if verdict.status is RunStatus.TIMEOUT:
        return f"it did not end within {terms.max_runtime / 60:g} minutes"
    if verdict.status is RunStatus.ERROR:
        note = check_in.note.strip() if check_in is not None else ""
        return f"the run failed: {note.splitlines()[0][:200]}" if note else "the run failed"
    return ""


def evidence_of(verdict: Verdict, check_in: CheckIn | None) -> dict[str, Any]:
    """What is known of the run."""
    found: dict[str, Any] = {"run": verdict.run, "slot": verdict.slot, "started": verdict.started}
    if check_in is not None:
        found |= {
            "release": check_in.release,
            "trace": check_in.trace_id,
            "note": check_in.note[:2000],
        }
    return {name: value for name, value in found.items() if value}
