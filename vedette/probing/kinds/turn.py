"""A TURN server: credentials, an address of the relay, 32 bytes through it and back."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from typing import Any

from vedette import clock
from vedette.probing import place, tls_form
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings, whole
from vedette.probing.running import COMMON_REASONS, Failed, Run, probe_of
from vedette.probing.settings import Reading
from vedette.probing.turn.messages import Place
from vedette.probing.turn.relaying import relay
from vedette.probing.turn.session import CODES, Credentials
from vedette.probing.turn.wires import TRANSPORTS, open_wire

_PORT = 3478
_VALID_SECONDS = 600
# A port of ours that the server still knows from an earlier check: another one is taken
# (RFC 8656 7.4).
_PORT_KNOWN = "437"
_MOST_PORTS = 3
_FIELDS = (
    *place.fields("turn.shop.example", _PORT),
    ProbeField(
        name="transport",
        label="Transport",
        form="choice",
        choices=TRANSPORTS,
        default="udp",
        way=whole,
    ),
    ProbeField(name="user", label="User", example="vedette"),
    ProbeField(
        name="password",
        label="Password",
        help="Of the user; or fill in the shared secret.",
        is_secret=True,
    ),
    ProbeField(
        name="secret",
        label="Shared secret",
        help="Of which credentials are made for each check (use-auth-secret of coturn).",
        is_secret=True,
    ),
    ProbeField(
        name="peer",
        label="Peer",
        help="An address with a port that says again what it is told; empty uses the probe itself.",
        example="192.0.2.7:7",
        is_rare=True,
    ),
    *tls_form.FIELDS,
)


def _prepare(settings: Settings) -> Probe:
    reading = Reading(settings, _FIELDS)
    host, port = place.read_place(reading)
    transport = reading.text("transport")
    tls = tls_form.read_tls(reading)
    user, password, secret = (reading.text(name) for name in ("user", "password", "secret"))
    if bool(password) == bool(secret):
        reading.wrong("secret", "either a password or a shared secret")
    elif password and not user:
        reading.wrong("user", "a password needs a user")
    peer = _read_peer(reading)
    reading.finish()

    async def look(run: Run) -> None:
        given = made_of(secret, user) if secret else Credentials(user, password)
        for left in reversed(range(_MOST_PORTS)):
            try:
                async with open_wire(run, transport, host, port, tls, host) as wire:
                    await relay(run, wire, given, peer, port)
                return
            except Failed as failed:
                if failed.reason != _PORT_KNOWN or not left:
                    raise

    return probe_of(look, reading.secrets())


def made_of(secret: str, user: str) -> Credentials:
    """Credentials that are good for some minutes: `expiry:user` and its signature."""
    name = f"{int(clock.timestamp()) + _VALID_SECONDS}:{user or 'vedette'}"
    digest = hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()
    return Credentials(name, base64.b64encode(digest).decode())


def _read_peer(reading: Reading) -> Place | None:
    text = reading.text("peer")
    if not text:
        return None
    host, _, port = text.rpartition(":")
    try:
        address = str(ipaddress.ip_address(host.strip("[]")))
        if not 0 < int(port) < 65536:
            raise ValueError
    except ValueError:
        reading.wrong("peer", "written as address:port")
        return None
    return address, int(port)


def _target(settings: Settings) -> str:
    return f"{place.target(settings, _PORT)} by {settings.get('transport') or 'udp'}"


def _sample() -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": 3478, "secret": "sample-shared-secret"}


PROBE = ProbeKind(
    name="turn",
    label="TURN server",
    help="Has 32 bytes relayed there and back, and gives everything back.",
    fields=_FIELDS,
    reasons=COMMON_REASONS | CODES | {"tls", "protocol", "refused", "relay_timeout"},
    prepare=_prepare,
    target=_target,
    hosts=place.hosts,
    sample=_sample,
)
