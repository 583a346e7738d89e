"""A PostgreSQL server: a connection, a query that can write nothing, recovery and lag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vedette.probing import checks, place
from vedette.probing.conditions import Seen
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings, whole
from vedette.probing.postgres import SECURITY, Login, connected, first_row
from vedette.probing.result import Outcome
from vedette.probing.running import COMMON_REASONS, Failed, Run, probe_of
from vedette.probing.settings import Reading

_PORT = 5432
_KNOWS = frozenset({"document", "time"})
_STATE = """
SELECT pg_is_in_recovery() AS in_recovery, current_setting('server_version') AS version,
CASE WHEN NOT pg_is_in_recovery() THEN NULL
     WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
     ELSE EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8
END AS lag_seconds
"""
_FIELDS = (
    *place.fields("db.shop.example", _PORT),
    ProbeField(name="database", label="Database", default="postgres"),
    ProbeField(name="user", label="User", example="vedette", is_needed=True),
    ProbeField(name="password", label="Password", is_secret=True),
    ProbeField(
        name="query",
        label="Query",
        help="One statement; it is run in a transaction that can write nothing.",
        form="block",
        default="SELECT 1",
        example="SELECT count(*) AS waiting FROM jobs WHERE NOT done",
    ),
    ProbeField(
        name="role",
        label="Role",
        help="What it has to be; empty takes either.",
        form="choice",
        choices=("primary", "standby"),
    ),
    ProbeField(
        name="max_lag_seconds",
        label="Lag at most (s)",
        help="Of a standby; beyond, it is degraded. 0 does not look.",
        form="number",
        default=0,
        most=86400 * 7,
        is_rare=True,
    ),
    *checks.fields(example="$.waiting < 1000"),
    ProbeField(
        name="security",
        label="TLS",
        form="choice",
        choices=SECURITY,
        default="prefer",
        is_rare=True,
        way=whole,
    ),
    ProbeField(
        name="authorities",
        label="Own authorities",
        help="Certificates in PEM form, in place of the system's, for verify-full.",
        form="block",
        is_rare=True,
        way=whole,
    ),
)


@dataclass(frozen=True, slots=True)
class _Plan:
    login: Login
    query: str
    role: str
    max_lag: float
    wanted: checks.Checks


def _prepare(settings: Settings) -> Probe:
    import psycopg  # noqa: F401 - takes megabytes: only a process that needs it loads it

    reading = Reading(settings, _FIELDS)
    host, port = place.read_place(reading)
    plan = _Plan(
        login=Login(
            host=host,
            port=port,
            database=reading.text("database"),
            user=reading.text("user"),
            password=reading.text("password"),
            security=reading.text("security"),
            authorities=reading.text("authorities").strip(),
        ),
        query=reading.text("query").strip(),
        role=reading.text("role"),
        max_lag=reading.number("max_lag_seconds"),
        wanted=checks.read_checks(reading, _KNOWS),
    )
    if plan.login.authorities and plan.login.security != "verify-full":
        reading.wrong("security", "own authorities go with verify-full")
    reading.finish()

    async def look(run: Run) -> None:
        await _look(run, plan)

    return probe_of(look, reading.secrets())


async def _look(run: Run, plan: _Plan) -> None:
    async with connected(run, plan.login) as made:
        left = run.around.seconds - run.milliseconds / 1000
        with run.phase("query"):
            row = await first_row(made, plan.query, left)
        state: dict[str, Any] = {}
        if plan.role or plan.max_lag:
            with run.phase("state"):
                state = await first_row(made, _STATE, left)
    _judge_state(run, plan, state)
    plan.wanted.judge(run, Seen(time_ms=run.milliseconds, document=row))
    lag = state.get("lag_seconds")
    if plan.max_lag and isinstance(lag, float | int) and lag > plan.max_lag:
        text = f"it is {lag:.0f} s behind, more than {plan.max_lag:g} s"
        raise Failed("lag", text, outcome=Outcome.DEGRADED)


def _judge_state(run: Run, plan: _Plan, state: dict[str, Any]) -> None:
    if not state:
        return
    role = "standby" if state["in_recovery"] else "primary"
    run.facts |= {"role": role, "version": state["version"], "lag_seconds": state["lag_seconds"]}
    if plan.role and plan.role != role:
        reason = "readonly" if plan.role == "primary" else "role"
        raise Failed(reason, f"it is a {role}, not a {plan.role}")


def _target(settings: Settings) -> str:
    return f"{place.target(settings, _PORT)}/{settings.get('database') or 'postgres'}"


def _sample() -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "port": 5432,
        "user": "postgres",
        "password": "sample-password",
        "query": "SELECT 3 AS waiting",
        "conditions": ["$.waiting < 1000"],
    }


PROBE = ProbeKind(
    name="postgres",
    label="PostgreSQL",
    help="Connects, asks a query that can write nothing, and looks at the first row.",
    fields=_FIELDS,
    reasons=COMMON_REASONS
    | checks.REASONS - {"status", "body_too_large"}
    | {"tls", "auth", "database", "too_many_connections", "starting", "shutting_down"}
    | {"query", "readonly", "role", "lag"},
    prepare=_prepare,
    target=_target,
    hosts=place.hosts,
    sample=_sample,
)
