"""A document that says how a service is, such as `{"status": "ok", "sessions": 3}`."""

from __future__ import annotations

from typing import Any

from vedette.probing import checks
from vedette.probing.http1 import form
from vedette.probing.kinds import Probe, ProbeKind, Settings
from vedette.probing.running import Run, probe_of
from vedette.probing.settings import Reading

_FIELDS = (
    form.URL,
    form.METHOD,
    *checks.fields(
        conditions=("status == 200", '$.status == "ok"'),
        degraded_if=('$.status == "degraded"',),
        example='$.websocket == "connected"',
    ),
    *form.REST,
)


def _prepare(settings: Settings) -> Probe:
    reading = Reading(settings, _FIELDS)
    request = form.read_request(reading)
    wanted = checks.read_checks(reading, form.KNOWS, always="status == 200")
    reading.finish()
    assert request is not None

    async def look(run: Run) -> None:
        await form.look(run, request, wanted)

    return probe_of(look, form.secrets_of(reading))


def _sample() -> dict[str, Any]:
    return {
        "url": "http://127.0.0.1:8080/api/health",
        "conditions": ["status == 200", '$.status == "ok"', '$.websocket == "connected"'],
        "capture": ["sessions = $.sessions"],
    }


PROBE = ProbeKind(
    name="health",
    label="Health document",
    help="Reads the JSON with which a service says how it is, and keeps figures of it.",
    fields=_FIELDS,
    reasons=form.REASONS | checks.REASONS,
    prepare=_prepare,
    target=form.target,
    hosts=form.hosts,
    sample=_sample,
)
