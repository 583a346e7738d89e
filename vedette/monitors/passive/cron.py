"""A job that checks in by an SDK, by `sentry-cli`, or by an address."""

from __future__ import annotations

from vedette.monitors.passive import PassiveKind
from vedette.monitors.passive._jobs import FIELDS, USUAL, check, target

KIND = PassiveKind(
    name="cron",
    label="Cron job",
    help="A job that says when it starts and ends; missed if it does not.",
    fields=FIELDS,
    check=check,
    usual=USUAL,
    target=target,
    sample=lambda: {"crontab": "0 3 * * *", "timezone": "Europe/Berlin"},
)
