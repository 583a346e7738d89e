"""The form of a route: which alerts, to which channels, how gathered, when quiet."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import QueryDict

from vedette.alerts.models import AlertRoute, Channel
from vedette.configuration import Entry
from vedette.rules.problems import Problem
from vedette.web.form_fields import FormField, Mistakes, lines_of, without_empty

_ORDER = 100


def fields_of(
    entry: Entry, row: AlertRoute | None, problems: Sequence[Problem] = ()
) -> tuple[list[FormField], list[FormField], str, list[str]]:
    """Who and what, how it is gathered, the mistake of the channels, and the other mistakes."""
    wrong = Mistakes(problems)
    about = [] if row else [_identity(entry, wrong)]
    about += [
        FormField(
            name="order", label="Order", kind="number", value=entry.get("order", _ORDER),
            error=wrong.of("order"), help="The lowest is asked first.",
        ),
        FormField(
            name="match", label="Alerts that fit", kind="lines", rows=3,
            value="\n".join(entry.get("match") or []), error=wrong.of("match"),
            placeholder="level=critical\nproject!=playground-*",
            help="One a line, all of them must fit: level, project, rule, environment, or a label "
            "of the rule. Empty: every alert.",
        ),
    ]  # fmt: skip
    channels_error = wrong.of("channels")
    return about, _gathering(entry, wrong), channels_error, wrong.rest


def entry_of(sent: QueryDict, row: AlertRoute | None) -> Entry:
    """The entry as the form says it."""
    order = sent.get("order", "").strip()
    entry: Entry = {
        "id": row.slug if row else sent.get("id", "").strip(),
        "match": lines_of(sent.get("match", "")),
        "channels": sent.getlist("channels"),
        "group_by": [one.strip() for one in sent.get("group_by", "").split(",") if one.strip()],
        "wait": sent.get("wait", "").strip(),
        "interval": sent.get("interval", "").strip(),
        "repeat": sent.get("repeat", "").strip(),
        "mute": lines_of(sent.get("mute", "")),
    }
    entry = without_empty(entry)
    digits = order.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) < 7:
        entry["order"] = int(order)
    if sent.get("continue"):
        entry["continue"] = True
    return entry


def choices_of(entry: Entry, channels: Sequence[Channel]) -> list[tuple[str, str, bool]]:
    """The channels, and whether the route has them."""
    chosen = entry.get("channels") or []
    return [(one.slug, one.name, one.slug in chosen) for one in channels]


def _identity(entry: Entry, wrong: Mistakes) -> FormField:
    return FormField(
        name="id", label="Name", value=entry.get("id", ""), error=wrong.of("id", "name"),
        placeholder="on-call", is_needed=True, help="Short: files know it by this word.",
    )  # fmt: skip


def _gathering(entry: Entry, wrong: Mistakes) -> list[FormField]:
    return [
        FormField(
            name="group_by", label="Told together", value=", ".join(entry.get("group_by") or []),
            placeholder="project, environment", error=wrong.of("group_by"),
            help="Alerts with the same values of these labels are one message.",
        ),
        FormField(
            name="wait", label="Wait for company", value=entry.get("wait", "10s"),
            error=wrong.of("wait"), help="Critical alerts never wait.",
        ),
        FormField(
            name="interval", label="Not more often than every", value=entry.get("interval", "1m"),
            error=wrong.of("interval"),
        ),
        FormField(
            name="repeat", label="Say again after", value=entry.get("repeat", "4h"),
            error=wrong.of("repeat"), help="While nobody has acknowledged it.",
        ),
        FormField(
            name="mute", label="Quiet times", kind="lines", rows=3,
            value="\n".join(entry.get("mute") or []), error=wrong.of("mute"),
            placeholder="Mon-Fri 18:00-08:00 Europe/Berlin\nSat-Sun",
            help="One a line. Messages wait until they are over.",
        ),
        FormField(
            name="continue", label="Later routes may take the same alerts as well", kind="check",
            value=entry.get("continue", False), error=wrong.of("continue"),
        ),
    ]  # fmt: skip
