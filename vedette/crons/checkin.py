"""Reading check-ins as clients send them (protocol, 3.14), whatever they got wrong."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

import msgspec

from vedette.crons.course import RunStatus, Terms
from vedette.crons.schedule import BadSchedule, read_schedule

MOST_SLUG: Final = 50
MOST_MARGIN_MINUTES: Final = 7 * 24 * 60
MOST_RUNTIME_MINUTES: Final = 7 * 24 * 60
MOST_THRESHOLD: Final = 720
MOST_NOTE: Final = 10_000
_MOST_SECONDS: Final = 366 * 86400.0
_STATUSES: Final = {
    "in_progress": RunStatus.IN_PROGRESS,
    "ok": RunStatus.OK,
    "error": RunStatus.ERROR,
}
_HEX: Final = re.compile(r"[0-9a-f]{32}\Z")
_NO_SLUG: Final = re.compile(r"[^a-z0-9_-]+")
_LATEST: Final = "0" * 32


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What a client says about its job: its terms, and after how many runs it counts."""

    terms: Terms
    fail_after: int = 1
    recover_after: int = 1


class CheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """One check-in. An empty `id` means the latest run under way; `duration` is seconds.

    `refused` says why the configuration that came along was not used, `note` is what a heartbeat
    had to say.
    """

    slug: str
    status: RunStatus
    id: str = ""
    duration: float | None = None
    environment: str = ""
    release: str = ""
    trace_id: str = ""
    agreement: Agreement | None = None
    refused: str = ""
    note: str = ""


def read_check_in(given: dict[str, Any]) -> CheckIn | None:
    """Of a payload; None if it names no monitor."""
    slug = slug_of(given.get("monitor_slug"))
    if not slug:
        return None
    agreement, refused = None, ""
    if given.get("monitor_config") is not None:
        try:
            agreement = read_agreement(given["monitor_config"])
        except BadSchedule as error:
            refused = str(error)
    return CheckIn(
        slug=slug,
        status=_STATUSES.get(given.get("status"), RunStatus.UNKNOWN)  # type: ignore[arg-type]
        if isinstance(given.get("status"), str)
        else RunStatus.UNKNOWN,
        id=_id(given.get("check_in_id")),
        duration=_seconds(given.get("duration")),
        environment=_text(given.get("environment"), 64) or "production",
        release=_text(given.get("release"), 250).strip(),
        trace_id=_trace(given),
        agreement=agreement,
        refused=refused,
        note=_text(given.get("note"), MOST_NOTE),
    )


def read_agreement(given: Any) -> Agreement:
    """Of a `monitor_config`. Raises BadSchedule for a schedule; other numbers have defaults."""
    if not isinstance(given, dict):
        raise BadSchedule("a configuration is an object")
    schedule = read_schedule(given.get("schedule"), given.get("timezone"))
    margin = _number(given.get("checkin_margin"), 1, MOST_MARGIN_MINUTES, 1)
    runtime = _number(given.get("max_runtime"), 1, MOST_RUNTIME_MINUTES, 30)
    return Agreement(
        terms=Terms(schedule=schedule, margin=margin * 60, max_runtime=runtime * 60),
        fail_after=int(_number(given.get("failure_issue_threshold"), 1, MOST_THRESHOLD, 1)),
        recover_after=int(_number(given.get("recovery_threshold"), 1, MOST_THRESHOLD, 1)),
    )


def slug_of(given: object) -> str:
    """A monitor's short name of whatever it is called: `Nightly Job!` is `nightly-job`."""
    if not isinstance(given, str):
        return ""
    plain = unicodedata.normalize("NFKD", given[:400]).encode("ascii", "ignore").decode()
    return _NO_SLUG.sub("-", plain.lower()).strip("-")[:MOST_SLUG].rstrip("-")


def _id(given: object) -> str:
    text = given.replace("-", "").lower() if isinstance(given, str) else ""
    return text if _HEX.match(text) and text != _LATEST else ""


def _trace(given: dict[str, Any]) -> str:
    contexts = given.get("contexts")
    trace = contexts.get("trace") if isinstance(contexts, dict) else None
    return _id(trace.get("trace_id")) if isinstance(trace, dict) else ""


def _seconds(given: object) -> float | None:
    if not isinstance(given, int | float) or isinstance(given, bool):
        return None
    return float(given) if 0 <= given <= _MOST_SECONDS else None


def _number(given: object, least: int, most: int, default: int) -> float:
    if not isinstance(given, int | float) or isinstance(given, bool) or given != given:
        return default
    return min(max(given, least), most)


def _text(given: object, most: int) -> str:
    return given.replace("\x00", "")[:most] if isinstance(given, str) else ""
