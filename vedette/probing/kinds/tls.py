"""A handshake, and the certificate that is shown.

`warn_days` is passed on in the facts: whoever keeps what was told before says when to warn.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from vedette.probing import checks, place, tls_form
from vedette.probing.conditions import Seen
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings
from vedette.probing.running import COMMON_REASONS, Failed, Run, probe_of
from vedette.probing.security import WORDS, connect_securely
from vedette.probing.settings import Reading

_PORT = 443
_KNOWS = frozenset({"cert", "time"})
_DAYS = re.compile(r"\d{1,3}(\s*,\s*\d{1,3}){0,9}")
_FIELDS = (
    *place.fields("shop.example", _PORT),
    ProbeField(
        name="server_name",
        label="Server name",
        help="The name to ask for and to check, if it is not the host.",
        is_rare=True,
    ),
    ProbeField(
        name="warn_days",
        label="Warn so many days before",
        default="30,14,7,3,1",
        example="30,14,7",
    ),
    ProbeField(
        name="alpn",
        label="Protocols to offer",
        help="One a line, such as h2.",
        form="lines",
        is_rare=True,
    ),
    *checks.fields(example="cert.days > 14"),
    *tls_form.CHECKED_FIELDS,
)


def _prepare(settings: Settings) -> Probe:
    reading = Reading(settings, _FIELDS)
    host, port = place.read_place(reading)
    name = place.read_host(reading, "server_name")
    tls = tls_form.read_tls(reading, alpn=reading.lines("alpn"))
    wanted = checks.read_checks(reading, _KNOWS)
    days = _read_days(reading)
    reading.finish()

    async def look(run: Run) -> None:
        run.facts["warn_days"] = days
        try:
            transport, _ = await connect_securely(run, host, port, asyncio.Protocol, tls, name)
        except Failed as failed:
            if failed.reason != "tls":
                raise
            raise Failed(str(failed.evidence["tls"]), failed.text) from None
        transport.abort()
        seen = Seen(time_ms=run.milliseconds, cert_days=run.facts["certificate"]["days"])
        wanted.judge(run, seen)

    return probe_of(look, reading.secrets())


def _read_days(reading: Reading) -> list[int]:
    text = reading.text("warn_days")
    if not _DAYS.fullmatch(text):
        reading.wrong("warn_days", "days separated by commas, at most ten")
        return []
    return sorted({int(one) for one in text.split(",")}, reverse=True)


def _target(settings: Settings) -> str:
    return place.target(settings, _PORT)


def _sample() -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": 8443, "server_name": "shop.example"}


PROBE = ProbeKind(
    name="tls",
    label="Certificate",
    help="Shakes hands and looks at the certificate: who it is for, from whom, how long.",
    fields=_FIELDS,
    reasons=COMMON_REASONS | set(WORDS) | {"assertion", "degraded_if"},
    prepare=_prepare,
    target=_target,
    hosts=place.hosts,
    sample=_sample,
)
