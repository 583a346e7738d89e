"""A Redis server, or one that speaks as it does: credentials, PING, role, memory, replication."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from vedette.probing import checks, place, tls_form
from vedette.probing.conditions import Seen
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings, whole
from vedette.probing.resp import Refusal, command, info_of
from vedette.probing.result import Outcome
from vedette.probing.running import COMMON_REASONS, Failed, Run, probe_of
from vedette.probing.security import TlsSettings
from vedette.probing.settings import Reading
from vedette.probing.talk import Talk, talk

_PORT = 6379
_KNOWS = frozenset({"document", "time"})
_ROLES = {"master": "master", "slave": "replica"}
_REASONS = {
    "NOAUTH": "auth",
    "WRONGPASS": "auth",
    "NOPERM": "auth",
    "DENIED": "auth",
    "LOADING": "loading",
    "MASTERDOWN": "replication",
    "BUSY": "busy",
}
_TOLD = ("redis_version", "used_memory", "maxmemory", "connected_clients", "master_link_status")
_FIELDS = (
    *place.fields("redis.shop.example", _PORT),
    ProbeField(name="user", label="User", help="Of an ACL; empty for the default one."),
    ProbeField(name="password", label="Password", is_secret=True),
    ProbeField(name="tls", label="TLS", form="yes", way=whole),
    ProbeField(
        name="role",
        label="Role",
        help="What it has to be; empty takes either.",
        form="choice",
        choices=("master", "replica"),
    ),
    ProbeField(
        name="max_memory_pct",
        label="Memory at most (%)",
        help="Of maxmemory; beyond, it is degraded. 0 does not look.",
        form="number",
        most=100,
        default=0,
        example="90",
    ),
    *checks.fields(example="$.connected_clients < 500"),
    *tls_form.FIELDS,
)


@dataclass(frozen=True, slots=True)
class _Plan:
    host: str
    port: int
    user: str
    password: str
    tls: TlsSettings | None
    role: str
    max_memory_pct: float
    wanted: checks.Checks


def _prepare(settings: Settings) -> Probe:
    reading = Reading(settings, _FIELDS)
    host, port = place.read_place(reading)
    tls = tls_form.read_tls(reading)
    plan = _Plan(
        host=host,
        port=port,
        user=reading.text("user"),
        password=reading.text("password"),
        tls=tls if reading.yes("tls") else None,
        role=reading.text("role"),
        max_memory_pct=reading.number("max_memory_pct"),
        wanted=checks.read_checks(reading, _KNOWS),
    )
    if plan.user and not plan.password:
        reading.wrong("password", "a user needs one")
    reading.finish()

    async def look(run: Run) -> None:
        async with await talk(run, plan.host, plan.port, plan.tls) as held:
            try:
                info = await _ask(run, held, plan)
            except Refusal as refusal:
                reason = _REASONS.get(refusal.code, "error")
                if refusal.code == "ERR" and run.at == "auth":
                    reason = "auth"
                raise Failed(reason, f"the server says: {refusal}") from None
        _judge(run, plan, info)

    return probe_of(look, reading.secrets())


async def _ask(run: Run, held: Talk, plan: _Plan) -> dict[str, Any]:
    if plan.password:
        with run.phase("auth"):
            user = (plan.user,) if plan.user else ()
            await command(held, "AUTH", *user, plan.password)
    with run.phase("ping"):
        answer = await command(held, "PING")
    if answer != b"PONG":
        raise Failed("protocol", "PING was not answered with PONG")
    with run.phase("info"):
        try:
            found = await command(held, "INFO")
        except Refusal as refusal:
            if refusal.code != "NOPERM" or _needs_info(plan):
                raise
            run.facts["info"] = "not permitted to this user"
            return {}
    if not isinstance(found, bytes):
        raise Failed("protocol", "INFO was not answered with a text")
    return info_of(found)


def _needs_info(plan: _Plan) -> bool:
    return bool(plan.role or plan.max_memory_pct or plan.wanted.needs)


def _judge(run: Run, plan: _Plan, info: dict[str, Any]) -> None:
    run.facts |= {name: info[name] for name in _TOLD if name in info}
    role = _ROLES.get(str(info.get("role")), str(info.get("role", "")))
    if role:
        run.facts["role"] = role
    if plan.role and role != plan.role:
        reason = "readonly" if plan.role == "master" else "role"
        raise Failed(reason, f"it is a {role}, not a {plan.role}")
    if role == "replica" and info.get("master_link_status") != "up":
        seconds = info.get("master_link_down_since_seconds", "?")
        raise Failed("replication", f"the link to its master is down since {seconds} s")
    plan.wanted.judge(run, Seen(time_ms=run.milliseconds, document=info))
    _judge_memory(run, plan.max_memory_pct, info)


def _judge_memory(run: Run, most: float, info: dict[str, Any]) -> None:
    used, limit = info.get("used_memory"), info.get("maxmemory")
    if not isinstance(used, int) or not isinstance(limit, int) or not limit:
        return
    share = math.floor(used / limit * 1000) / 10
    run.facts["memory_pct"] = share
    if most and share > most:
        text = f"{share:g} % of the memory is used, more than {most:g} %"
        raise Failed("memory", text, outcome=Outcome.DEGRADED)


def _target(settings: Settings) -> str:
    return place.target(settings, _PORT)


def _sample() -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "port": 6379,
        "password": "sample-password",
        "role": "master",
        "conditions": ["$.connected_clients < 500"],
    }


PROBE = ProbeKind(
    name="redis",
    label="Redis",
    help="Credentials, PING, role, memory and the link of a replica.",
    fields=_FIELDS,
    reasons=COMMON_REASONS
    | checks.REASONS - {"status", "body_too_large"}
    | {"tls", "auth", "loading", "readonly", "role", "replication", "memory", "busy"}
    | {"error", "protocol"},
    prepare=_prepare,
    target=_target,
    hosts=place.hosts,
    sample=_sample,
)
