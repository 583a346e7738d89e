"""What the kinds of jobs have in common: their fields, and the terms made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from vedette.crons.checkin import MOST_MARGIN_MINUTES, MOST_RUNTIME_MINUTES, Agreement
from vedette.crons.course import Terms
from vedette.crons.schedule import UNITS, BadSchedule, Schedule, read_schedule
from vedette.probing.kinds import ProbeField, Settings

_MARGIN: Final = 1
_RUNTIME: Final = 30
USUAL: Final = {"fail_after": 1, "recover_after": 1}
FIELDS: Final = (
    ProbeField(
        name="crontab",
        label="Crontab",
        help="Five fields: minute, hour, day of the month, month, day of the week. Or an interval.",
        example="0 3 * * *",
    ),
    ProbeField(name="every", label="Every", help="Instead of a crontab.", form="number", default=0),
    ProbeField(name="unit", label="Unit", form="choice", choices=UNITS, default="minute"),
    ProbeField(
        name="timezone",
        label="Time zone",
        help="In which the crontab is meant.",
        default="UTC",
        example="Europe/Berlin",
    ),
    ProbeField(
        name="margin",
        label="Margin",
        help="Minutes after the expected time before it is missed.",
        form="number",
        default=_MARGIN,
    ),
    ProbeField(
        name="max_runtime",
        label="Longest run",
        help="Minutes after which a run that has started and not ended has failed.",
        form="number",
        default=_RUNTIME,
    ),
)


def terms_of(settings: Settings) -> Terms:
    """What was agreed with a job. Raises BadSchedule."""
    return Terms(
        schedule=_schedule(settings),
        margin=float(settings.get("margin") or _MARGIN) * 60,
        max_runtime=float(settings.get("max_runtime") or _RUNTIME) * 60,
    )


def settings_of(agreement: Agreement) -> dict[str, Any]:
    """An agreement as settings; what is at its default is left out, as of a form."""
    terms = agreement.terms
    schedule = terms.schedule
    found: dict[str, Any] = {"crontab": schedule.crontab}
    if not schedule.crontab:
        found = {"every": schedule.every, "unit": schedule.unit}
    found |= {
        "timezone": schedule.zone,
        "margin": _plain(terms.margin / 60),
        "max_runtime": _plain(terms.max_runtime / 60),
    }
    defaults = {field.name: field.default for field in FIELDS}
    return {name: value for name, value in found.items() if value != defaults[name]}


def check(settings: Settings) -> Mapping[str, str]:
    """One schedule, and numbers within their bounds."""
    wrong: dict[str, str] = {}
    bounds = {"margin": MOST_MARGIN_MINUTES, "max_runtime": MOST_RUNTIME_MINUTES}
    for name, most in bounds.items():
        value = settings.get(name, 1)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 1 <= value <= most:
            wrong[name] = f"a number of minutes from 1 to {most}"
    if settings.get("crontab") and settings.get("every"):
        wrong["every"] = "a crontab or an interval, not both"
    elif not wrong:
        try:
            terms_of(settings)
        except BadSchedule as error:
            wrong[_field_at_fault(settings, str(error))] = str(error)
    return wrong


def target(settings: Settings) -> str:
    """The schedule in words."""
    try:
        schedule = _schedule(settings)
    except BadSchedule:
        return ""
    return schedule.words if schedule.zone == "UTC" else f"{schedule.words}, {schedule.zone}"


def _schedule(settings: Settings) -> Schedule:
    zone = settings.get("timezone") or "UTC"
    if settings.get("every"):
        every, unit = settings["every"], settings.get("unit", "minute")
        every = int(every) if isinstance(every, float) and every.is_integer() else every
        return read_schedule({"type": "interval", "value": every, "unit": unit}, zone)
    if not settings.get("crontab"):
        raise BadSchedule("say when it runs: a crontab, or an interval")
    return read_schedule({"type": "crontab", "value": settings["crontab"]}, zone)


def _field_at_fault(settings: Settings, words: str) -> str:
    if "time zone" in words:
        return "timezone"
    if "unit" in words:
        return "unit"
    return "every" if settings.get("every") else "crontab"


def _plain(minutes: float) -> float:
    return int(minutes) if minutes == int(minutes) else minutes
