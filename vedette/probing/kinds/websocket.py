"""A WebSocket: upgrade, ping and pong, perhaps a few lines of conversation, a clean close."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from vedette.probing import tls_form
from vedette.probing.conditions import (
    BadCondition,
    Condition,
    Mismatch,
    Seen,
    compile_condition,
)
from vedette.probing.conditions.patterns import BadPattern, Pattern, written_pattern
from vedette.probing.http1 import form
from vedette.probing.http1.address import Address, read_address
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings
from vedette.probing.running import COMMON_REASONS, Failed, Run, misconfigured, probe_of
from vedette.probing.security import TlsSettings
from vedette.probing.settings import Reading
from vedette.probing.talk import talk
from vedette.probing.websocket import Socket

_SCHEMES = ("ws", "wss")
_KNOWS = frozenset({"body", "document", "time"})
_FIELDS = (
    ProbeField(
        name="url",
        label="Address",
        example="wss://shop.example/live",
        is_needed=True,
        is_address=True,
    ),
    ProbeField(
        name="script",
        label="Conversation",
        help=(
            "One step a line: send TEXT; expect PATTERN, which the next message has to fit; "
            "await PATTERN, which skips others; check CONDITION of the next message."
        ),
        form="lines",
        example='send {"type": "ping"}',
    ),
    ProbeField(name="ping", label="Ping", form="yes", default=True, is_rare=True),
    ProbeField(
        name="subprotocols",
        label="Subprotocols",
        help="One a line; the server has to choose one of them.",
        form="lines",
        is_rare=True,
    ),
    ProbeField(name="origin", label="Origin", example="https://shop.example", is_rare=True),
    *form.HEADERS,
    *tls_form.FIELDS,
)


@dataclass(frozen=True, slots=True)
class _Step:
    verb: Literal["send", "expect", "await", "check"]
    written: str
    pattern: Pattern | None = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    address: Address
    tls: TlsSettings
    headers: tuple[tuple[str, str], ...]
    origin: str
    subprotocols: tuple[str, ...]
    steps: tuple[_Step, ...]
    is_pinging: bool


def _prepare(settings: Settings) -> Probe:
    import websockets.client  # noqa: F401 - takes megabytes: only a process that needs it loads it

    reading = Reading(settings, _FIELDS)
    headers = form.read_all_headers(reading)
    steps = tuple(_read_steps(reading))
    tls = tls_form.read_tls(reading)
    address = _read_address(reading)
    reading.finish()
    plan = _Plan(
        address=address,
        tls=tls,
        headers=headers,
        origin=reading.text("origin"),
        subprotocols=reading.lines("subprotocols"),
        steps=steps,
        is_pinging=reading.yes("ping"),
    )

    async def look(run: Run) -> None:
        await _look(run, plan)

    return probe_of(look, form.secrets_of(reading))


def _read_address(reading: Reading) -> Address:
    try:
        return read_address(reading.text("url"), _SCHEMES)
    except ValueError as error:
        reading.wrong("url", str(error))
        return Address(False, "", 0, "")


def _read_steps(reading: Reading) -> list[_Step]:
    found: list[_Step] = []
    for number, line in enumerate(reading.lines("script"), 1):
        verb, _, rest = line.partition(" ")
        read = _STEPS.get(verb)
        try:
            if read is None or not rest.strip():
                raise ValueError("a step is send, expect, await or check with something behind")
            found.append(read(rest.strip()))
        except (BadPattern, BadCondition, ValueError) as error:
            reading.wrong("script", f"line {number}: {error}")
    return found


_STEPS: dict[str, Callable[[str], _Step]] = {
    "send": lambda text: _Step("send", text),
    "expect": lambda text: _Step("expect", text, pattern=written_pattern(text)),
    "await": lambda text: _Step("await", text, pattern=written_pattern(text)),
    "check": lambda text: _Step("check", text, condition=compile_condition(text, _KNOWS)),
}


async def _look(run: Run, plan: _Plan) -> None:
    address = plan.address
    tls = plan.tls if address.is_secure else None
    async with await talk(run, address.host, address.port, tls) as held:
        socket = Socket(run, held)
        await socket.upgrade(address, plan.headers, plan.origin, plan.subprotocols)
        if plan.is_pinging:
            await socket.ping()
        if plan.steps:
            with run.phase("script"):
                for step in plan.steps:
                    await _do(run, socket, step)
        await socket.end()


async def _do(run: Run, socket: Socket, step: _Step) -> None:
    if step.verb == "send":
        socket.send(step.written)
        return
    while True:
        message = await socket.message()
        if step.condition is not None:
            _check(run, step.condition, message)
            return
        if step.pattern is not None and run.fits(step.pattern, message):
            return
        run.evidence["body"] = message[:1024].decode("utf-8", "replace")
        if step.verb == "expect":
            raise Failed("expect", f"expected {step.written}, another message came")


def _check(run: Run, condition: Condition, message: bytes) -> None:
    try:
        verdict = condition.judge(Seen(body=message, time_ms=run.milliseconds, budget=run.budget))
    except Mismatch as mismatch:
        raise misconfigured(f"a condition compares what cannot be compared: {mismatch}") from None
    if not verdict.holds:
        shown = message[:1024].decode("utf-8", "replace")
        raise Failed("expect", verdict.text, clause=verdict.text, body=shown)


def _target(settings: Settings) -> str:
    address = read_address(str(settings["url"]), _SCHEMES)
    scheme = _SCHEMES[address.is_secure]
    return scheme + address.shown.removeprefix(address.scheme)


def _hosts(settings: Settings) -> frozenset[str]:
    return frozenset({read_address(str(settings["url"]), _SCHEMES).host})


def _sample() -> dict[str, Any]:
    return {"url": "ws://127.0.0.1:8080/live", "script": ["send hello", "expect hello"]}


PROBE = ProbeKind(
    name="websocket",
    label="WebSocket",
    help="Upgrades, pings, talks a little and closes.",
    fields=_FIELDS,
    reasons=COMMON_REASONS
    | {"tls", "upgrade_status", "protocol", "ping_timeout", "expect", "closed"},
    prepare=_prepare,
    target=_target,
    hosts=_hosts,
    sample=_sample,
)
