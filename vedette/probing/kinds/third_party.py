"""A service of somebody else: what is our account's fault is told from what is theirs.

401 and 403 are our credentials, 402 and 429 our quota: degraded, not down. Their status page
(Statuspage, `/api/v2/summary.json` or `status.json`) says what they know of themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import msgspec

from vedette.probing import checks
from vedette.probing.http1 import form
from vedette.probing.http1.address import read_address
from vedette.probing.http1.client import Answer, BadContent, fetch
from vedette.probing.http1.request import Request
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings
from vedette.probing.result import Outcome
from vedette.probing.running import Failed, Run, probe_of
from vedette.probing.settings import Reading

_AUTH = frozenset({401, 403})
_QUOTA = frozenset({402, 429})
_INDICATORS = {
    "none": Outcome.OK,
    "minor": Outcome.DEGRADED,
    "maintenance": Outcome.DEGRADED,
    "major": Outcome.FAIL,
    "critical": Outcome.FAIL,
}
_FIELDS = (
    replace(form.URL, is_needed=False, example="https://api.provider.example/v1/models"),
    ProbeField(
        name="statuspage",
        label="Their status page",
        help="The address of its summary.json; nothing secret is sent there.",
        example="https://status.provider.example/api/v2/summary.json",
    ),
    form.METHOD,
    *checks.fields(conditions=("status < 400",), example="status == 200"),
    *form.REST,
)


class _Status(msgspec.Struct):
    indicator: str
    description: str = ""


class _Summary(msgspec.Struct):
    status: _Status


@dataclass(frozen=True, slots=True)
class _Plan:
    request: Request | None
    page: Request | None
    wanted: checks.Checks


def _prepare(settings: Settings) -> Probe:
    reading = Reading(settings, _FIELDS)
    if not reading.text("url") and not reading.text("statuspage"):
        reading.wrong("url", "an address of theirs, or that of their status page")
    plan = _Plan(
        request=form.read_request(reading) if reading.text("url") else None,
        page=_page(reading),
        wanted=checks.read_checks(reading, form.KNOWS, always="status < 400"),
    )
    reading.finish()

    async def look(run: Run) -> None:
        if plan.request is not None:
            await _look_at_service(run, plan.request, plan.wanted)
        if plan.page is not None:
            await _look_at_page(run, plan.page)

    return probe_of(look, form.secrets_of(reading))


def _page(reading: Reading) -> Request | None:
    if not reading.text("statuspage"):
        return None
    try:
        return Request(address=read_address(reading.text("statuspage")))
    except ValueError as error:
        reading.wrong("statuspage", str(error))
        return None


async def _look_at_service(run: Run, request: Request, wanted: checks.Checks) -> None:
    answer = await fetch(run, request)
    try:
        _refuse_ours(answer)
        await form.judge(run, answer, wanted)
    except Failed:
        run.evidence |= form.evidence_of(answer)
        raise


def _refuse_ours(answer: Answer) -> None:
    if answer.status in _AUTH:
        text = f"they refuse our credentials: {answer.status}"
        raise Failed("auth", text, outcome=Outcome.DEGRADED)
    if answer.status in _QUOTA:
        retry = answer.headers.get("retry-after", "")
        text = f"our quota is used up: {answer.status}" + (f", again in {retry[:40]}" * bool(retry))
        raise Failed("quota", text, outcome=Outcome.DEGRADED)


async def _look_at_page(run: Run, request: Request) -> None:
    """What their page says; a page that cannot be read is no incident of theirs."""
    apart = run if run.status is None else Run(run.around)  # facts are those of the service
    try:
        with run.phase("statuspage"):
            answer = await fetch(apart, request)
        found = msgspec.json.decode(answer.body()[0], type=_Summary).status
    except (Failed, BadContent, ValueError) as error:
        if apart is not run:
            run.facts["statuspage"] = f"not read: {error}"[:200]
            return
        if isinstance(error, Failed) and error.outcome is Outcome.UNKNOWN:
            raise
        raise Failed("statuspage", f"their status page cannot be read: {error}"[:300]) from None
    run.facts |= {"indicator": found.indicator[:40], "description": found.description[:200]}
    outcome = _INDICATORS.get(found.indicator, Outcome.DEGRADED)
    if outcome is not Outcome.OK:
        text = f"they say: {found.description or found.indicator}"[:300]
        raise Failed("provider_incident", text, outcome=outcome)


def _target(settings: Settings) -> str:
    return read_address(str(settings.get("url") or settings["statuspage"])).shown


def _hosts(settings: Settings) -> frozenset[str]:
    given = (str(settings.get(name) or "") for name in ("url", "statuspage"))
    return frozenset(read_address(url).host for url in given if url)


def _sample() -> dict[str, Any]:
    return {
        "url": "http://127.0.0.1:8080/v1/models",
        "token": "sample-token-of-an-account",
        "statuspage": "http://127.0.0.1:8080/api/v2/summary.json",
    }


PROBE = ProbeKind(
    name="third_party",
    label="Service of others",
    help="Tells our account's problems from theirs, and reads their status page.",
    fields=_FIELDS,
    reasons=form.REASONS | checks.REASONS | {"auth", "quota", "provider_incident", "statuspage"},
    prepare=_prepare,
    target=_target,
    hosts=_hosts,
    sample=_sample,
)
