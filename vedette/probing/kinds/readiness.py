"""Whether a service takes work: 200 is ready, 503 or anything else is not.

`grace_after_deploy` is passed on in the facts: whoever knows of deploys says whether a service
may still be starting.
"""

from __future__ import annotations

from typing import Any

from vedette.probing import checks
from vedette.probing.http1 import form
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings
from vedette.probing.running import Failed, Run, probe_of
from vedette.probing.settings import Reading

_READY = "status == any(200,204)"
_FIELDS = (
    form.URL,
    form.METHOD,
    ProbeField(
        name="grace_after_deploy",
        label="Grace after a deploy",
        help="So many seconds after a release was seen, not ready is no failure.",
        form="number",
        default=0,
        most=3600,
        example="60",
    ),
    *checks.fields(conditions=(_READY,), example='$.status == "ready"'),
    *form.REST,
)


def _prepare(settings: Settings) -> Probe:
    reading = Reading(settings, _FIELDS)
    request = form.read_request(reading)
    wanted = checks.read_checks(reading, form.KNOWS, always=_READY)
    grace = reading.number("grace_after_deploy")
    reading.finish()
    assert request is not None

    async def look(run: Run) -> None:
        if grace:
            run.facts["grace_after_deploy"] = grace
        try:
            await form.look(run, request, wanted)
        except Failed as failed:
            if failed.reason in ("status", "assertion"):
                raise Failed("not_ready", failed.text, **failed.evidence) from None
            raise

    return probe_of(look, form.secrets_of(reading))


def _sample() -> dict[str, Any]:
    return {
        "url": "http://127.0.0.1:8080/api/health/ready",
        "conditions": ["status == 200", '$.websocket == "connected"'],
        "grace_after_deploy": 60,
    }


PROBE = ProbeKind(
    name="readiness",
    label="Readiness",
    help="Asks whether a service takes work; not ready may be right after a deploy.",
    fields=_FIELDS,
    reasons=form.REASONS | (checks.REASONS - {"status", "assertion"}) | {"not_ready"},
    prepare=_prepare,
    target=form.target,
    hosts=form.hosts,
    sample=_sample,
)
