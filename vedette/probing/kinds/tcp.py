"""A port that takes connections, and perhaps says something."""

from __future__ import annotations

import codecs
from typing import Any

from vedette.probing import place, tls_form
from vedette.probing.conditions.patterns import Pattern
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings
from vedette.probing.result import MOST_EVIDENCE_BYTES
from vedette.probing.running import COMMON_REASONS, Failed, Run, probe_of
from vedette.probing.security import TlsSettings
from vedette.probing.settings import Reading, read_pattern
from vedette.probing.starttls import WAYS
from vedette.probing.talk import Talk, talk

_MOST_HELD = 65536
_FIELDS = (
    *place.fields("shop.example"),
    ProbeField(
        name="security",
        label="TLS",
        help="From the start, or asked for in the middle of a conversation.",
        form="choice",
        choices=("none", "tls", *WAYS),
        default="none",
        is_rare=True,
    ),
    ProbeField(
        name="send",
        label="Send",
        help=r"Escapes such as \r\n are understood.",
        example=r"PING\r\n",
        is_rare=True,
    ),
    ProbeField(
        name="expect",
        label="Expect",
        help="A text with * and ? for the whole of an answer, or /a pattern/ found in it.",
        example="*PONG*",
        is_rare=True,
    ),
    ProbeField(name="server_name", label="Server name", is_rare=True),
    *tls_form.FIELDS,
)


def _prepare(settings: Settings) -> Probe:
    reading = Reading(settings, _FIELDS)
    host, port = place.read_place(reading)
    security = reading.text("security")
    tls = tls_form.read_tls(reading)
    name = place.read_host(reading, "server_name") or host
    send, expect = _read_send(reading), read_pattern(reading, "expect")
    reading.finish()

    async def look(run: Run) -> None:
        async with await _open(run, host, port, tls if security == "tls" else None, name) as held:
            if security in WAYS:
                run.at = "starttls"
                await WAYS[security](held)
                await held.start_tls(tls, name)
            if send:
                held.say(send)
            if expect is not None:
                with run.phase("answer"):
                    await _wait_for(run, held, expect)

    return probe_of(look, reading.secrets())


async def _open(run: Run, host: str, port: int, tls: TlsSettings | None, name: str) -> Talk:
    try:
        return await talk(run, host, port, tls, name)
    except Failed as failed:
        if isinstance(failed.__cause__, ConnectionRefusedError):
            raise Failed("refused", failed.text) from None
        raise


async def _wait_for(run: Run, held: Talk, expect: Pattern) -> None:
    """Read until it is there. Raises Failed when the other side has said something else."""
    came = b""
    while not run.fits(expect, came):
        more = await held.some()
        came += more
        run.evidence["body"] = came[:MOST_EVIDENCE_BYTES].decode("utf-8", "replace")
        if not more or len(came) > _MOST_HELD:
            raise Failed("expect", f"expected {expect.written}, something else was said")


def _read_send(reading: Reading) -> bytes:
    text = reading.text("send")
    try:
        return codecs.escape_decode(text.encode())[0]  # type: ignore[attr-defined,no-any-return]
    except ValueError as error:
        reading.wrong("send", str(error))
        return b""


def _sample() -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": 2525, "send": r"QUIT\r\n", "expect": "/^220 /"}


PROBE = ProbeKind(
    name="tcp",
    label="Port",
    help="Connects to a port; may say something and wait for an answer.",
    fields=_FIELDS,
    reasons=COMMON_REASONS | {"refused", "tls", "starttls", "expect", "protocol"},
    prepare=_prepare,
    target=place.target,
    hosts=place.hosts,
    sample=_sample,
)
