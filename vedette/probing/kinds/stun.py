"""A STUN server: it says from which address it sees us."""

from __future__ import annotations

import ipaddress
from typing import Any

from vedette.probing import place, tls_form
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings
from vedette.probing.running import COMMON_REASONS, Failed, Run, probe_of
from vedette.probing.settings import Reading
from vedette.probing.turn.binding import bind
from vedette.probing.turn.messages import Attribute
from vedette.probing.turn.wires import TRANSPORTS, open_wire

_PORT = 3478
_FIELDS = (
    *place.fields("stun.shop.example", _PORT),
    ProbeField(
        name="transport", label="Transport", form="choice", choices=TRANSPORTS, default="udp"
    ),
    ProbeField(
        name="expect",
        label="Expected address",
        help="The address from which it has to see us; empty takes any.",
        example="192.0.2.7",
        is_rare=True,
    ),
    *tls_form.FIELDS,
)


def _prepare(settings: Settings) -> Probe:
    reading = Reading(settings, _FIELDS)
    host, port = place.read_place(reading)
    transport = reading.text("transport")
    tls = tls_form.read_tls(reading)
    expected = _read_expected(reading)
    reading.finish()

    async def look(run: Run) -> None:
        async with open_wire(run, transport, host, port, tls, host) as wire:
            with run.phase("binding"):
                seen, answer = await bind(wire)
        run.facts["mapped"] = place.shown(*seen)
        if answer.text(Attribute.SOFTWARE):
            run.facts["software"] = answer.text(Attribute.SOFTWARE)[:100]
        if expected and seen[0] != expected:
            raise Failed("mismatch", f"it sees us at {seen[0]}, not at {expected}")

    return probe_of(look, reading.secrets())


def _read_expected(reading: Reading) -> str:
    text = reading.text("expect")
    try:
        return str(ipaddress.ip_address(text)) if text else ""
    except ValueError:
        reading.wrong("expect", "this is no address")
        return ""


def _target(settings: Settings) -> str:
    return place.target(settings, _PORT)


def _sample() -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": 3478}


PROBE = ProbeKind(
    name="stun",
    label="STUN server",
    help="Asks from which address it sees us.",
    fields=_FIELDS,
    reasons=COMMON_REASONS | {"tls", "bad_transaction", "protocol", "refused", "mismatch"},
    prepare=_prepare,
    target=_target,
    hosts=place.hosts,
    sample=_sample,
)
