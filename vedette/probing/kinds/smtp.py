"""A mail server: its banner, EHLO, TLS, NOOP, and whether it would take mail for somebody."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

from vedette.probing import place, tls_form
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings, whole
from vedette.probing.running import COMMON_REASONS, Failed, Run, probe_of
from vedette.probing.security import TlsSettings
from vedette.probing.settings import Reading
from vedette.probing.starttls import smtp_reply
from vedette.probing.talk import Talk, talk

_PORT = 25
_ADDRESS = re.compile(r"[!-;=?-~]{1,64}@[A-Za-z0-9.\-]{1,255}")
_HELLO = re.compile(r"[A-Za-z0-9.\-]{1,255}")
_AUTH_REFUSED = frozenset({530, 534, 535, 538})
_FIELDS = (
    *place.fields("mail.shop.example", _PORT),
    ProbeField(
        name="security",
        label="TLS",
        form="choice",
        choices=("starttls", "tls", "none"),
        default="starttls",
        way=whole,
    ),
    ProbeField(name="hello", label="Our name", default="vedette.invalid", is_rare=True),
    ProbeField(name="user", label="User", is_rare=True),
    ProbeField(name="password", label="Password", is_secret=True, is_rare=True),
    ProbeField(
        name="recipient",
        label="Recipient",
        help="Asks whether mail for this address is taken; none is sent.",
        example="postmaster@shop.example",
        is_rare=True,
    ),
    ProbeField(
        name="sender",
        label="Sender",
        help="Whose mail that would be; empty is that of an error report.",
        is_rare=True,
    ),
    *tls_form.FIELDS,
)


@dataclass(frozen=True, slots=True)
class _Plan:
    host: str
    port: int
    security: str
    tls: TlsSettings
    hello: str
    user: str
    password: str
    sender: str
    recipient: str


def _prepare(settings: Settings) -> Probe:
    reading = Reading(settings, _FIELDS)
    host, port = place.read_place(reading)
    plan = _Plan(
        host=host,
        port=port,
        security=reading.text("security"),
        tls=tls_form.read_tls(reading),
        hello=reading.text("hello"),
        user=reading.text("user"),
        password=reading.text("password"),
        sender=_read_mail(reading, "sender"),
        recipient=_read_mail(reading, "recipient"),
    )
    if not _HELLO.fullmatch(plan.hello):
        reading.wrong("hello", "this is no name of a host")
    if bool(plan.user) != bool(plan.password):
        reading.wrong("password", "user and password go together")
    elif plan.user and plan.security == "none":
        reading.wrong("security", "a password is sent with TLS only")
    reading.finish()

    async def look(run: Run) -> None:
        tls = plan.tls if plan.security == "tls" else None
        async with await talk(run, plan.host, plan.port, tls) as held:
            await _Conversation(run, held).go(plan)

    plain = f"\0{plan.user}\0{plan.password}"  # as it is sent, in base64
    return probe_of(look, (*reading.secrets(), plain) if plan.password else reading.secrets())


def _read_mail(reading: Reading, name: str) -> str:
    text = reading.text(name)
    if text and not _ADDRESS.fullmatch(text):
        reading.wrong(name, "this is no address")
    return text


class _Conversation:
    """Says one thing after the other. Raises Failed at the first that is refused."""

    def __init__(self, run: Run, held: Talk) -> None:
        self._run = run
        self._held = held

    async def go(self, plan: _Plan) -> None:
        """The whole of it."""
        banner = await self._hear("banner", 220)
        self._run.facts["banner"] = banner[0][:200]
        offers = await self._hello(plan.hello)
        if plan.security == "starttls":
            offers = await self._start_tls(plan, offers)
        self._run.facts["offers"] = [one[:80] for one in offers[:30]]
        if plan.user:
            token = base64.b64encode(f"\0{plan.user}\0{plan.password}".encode()).decode()
            await self._say("auth", f"AUTH PLAIN {token}", 235)
        if plan.recipient:
            await self._say("recipient", f"MAIL FROM:<{plan.sender}>", 250)
            await self._say("recipient", f"RCPT TO:<{plan.recipient}>", 250, 251)
            await self._say("recipient", "RSET", 250)
        await self._say("noop", "NOOP", 250)
        self._held.say(b"QUIT\r\n")

    async def _hello(self, name: str) -> list[str]:
        return (await self._say("ehlo", f"EHLO {name}", 250))[1:]

    async def _start_tls(self, plan: _Plan, offers: list[str]) -> list[str]:
        if not any(one.upper() == "STARTTLS" for one in offers):
            raise Failed("starttls", "the server does not offer STARTTLS")
        self._held.say(b"STARTTLS\r\n")
        code, lines = await smtp_reply(self._held)
        if code != 220:
            raise Failed("starttls", f"TLS is refused: {code} {lines[0][:200]}")
        await self._held.start_tls(plan.tls, plan.host)
        return await self._hello(plan.hello)

    async def _say(self, phase: str, words: str, *good: int) -> list[str]:
        self._held.say(words.encode("ascii", "replace") + b"\r\n")
        return await self._hear(phase, *good)

    async def _hear(self, phase: str, *good: int) -> list[str]:
        with self._run.phase(phase):
            code, lines = await smtp_reply(self._held)
        self._run.status = code
        if code in good:
            return lines
        reason = "temporary" if 400 <= code < 500 else "permanent"
        if code in _AUTH_REFUSED:
            reason = "auth"
        elif phase == "recipient" and reason == "permanent":
            reason = "recipient"
        raise Failed(reason, f"{phase} was answered with {code} {lines[0][:200]}", reply=lines[:10])


def _target(settings: Settings) -> str:
    return place.target(settings, _PORT)


def _sample() -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": 2525, "recipient": "postmaster@shop.example"}


PROBE = ProbeKind(
    name="smtp",
    label="Mail server",
    help="Greets it, agrees on TLS, and asks whether it would take mail.",
    fields=_FIELDS,
    reasons=COMMON_REASONS
    | {"tls", "starttls", "temporary", "permanent", "auth", "recipient", "protocol"},
    prepare=_prepare,
    target=_target,
    hosts=place.hosts,
    sample=_sample,
)
