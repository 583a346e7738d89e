"""A gRPC server that answers the standard question for its health (grpc.health.v1)."""

from __future__ import annotations

import re
from typing import Any

from vedette.probing import place, tls_form
from vedette.probing.grpc_health import Reply, check
from vedette.probing.http1.request import read_headers
from vedette.probing.kinds import Probe, ProbeField, ProbeKind, Settings, whole
from vedette.probing.running import COMMON_REASONS, Failed, Run, probe_of
from vedette.probing.settings import Reading
from vedette.probing.talk import talk

_SERVICE = re.compile(r"[A-Za-z0-9_.\-/]{0,200}")
_STATUSES = {
    4: "timeout",
    5: "service_unknown",
    7: "auth",
    8: "exhausted",
    12: "unimplemented",
    14: "unavailable",
    16: "auth",
}
_FIELDS = (
    *place.fields("api.shop.example"),
    ProbeField(
        name="service",
        label="Service",
        help="Empty asks for the server as a whole.",
        example="shop.v1.Orders",
    ),
    ProbeField(name="tls", label="TLS", form="yes", default=True, way=whole),
    ProbeField(name="server_name", label="Server name", is_rare=True, way=whole),
    ProbeField(
        name="metadata",
        label="Metadata",
        help="One a line, name: value; written and never shown.",
        form="block",
        is_secret=True,
        is_rare=True,
    ),
    *tls_form.FIELDS,
)


def _prepare(settings: Settings) -> Probe:
    import h2.connection  # noqa: F401 - takes megabytes: only a process that needs it loads it

    reading = Reading(settings, _FIELDS)
    host, port = place.read_place(reading)
    tls = tls_form.read_tls(reading, alpn=("h2",))
    name = place.read_host(reading, "server_name") or host
    service, is_secure = reading.text("service"), reading.yes("tls")
    if not _SERVICE.fullmatch(service):
        reading.wrong("service", "this is no name of a service")
    metadata = _read_metadata(reading)
    reading.finish()
    authority = place.shown(name, port)
    values = tuple(value for _, value in metadata)

    async def look(run: Run) -> None:
        async with await talk(run, host, port, tls if is_secure else None, name) as held:
            scheme = "https" if is_secure else "http"
            with run.phase("check"):
                reply = await check(run, held, authority, service, metadata, scheme)
        _judge(run, reply)

    return probe_of(look, (*reading.secrets(), *values))


def _read_metadata(reading: Reading) -> list[tuple[str, str]]:
    lines = [line for line in reading.text("metadata").splitlines() if line.strip()]
    try:
        return [(name.lower(), value) for name, value in read_headers(lines)]
    except ValueError as error:
        reading.wrong("metadata", str(error))
        return []


def _judge(run: Run, reply: Reply) -> None:
    run.status = reply.http_status
    if reply.http_status != 200 or not reply.content_type.startswith("application/grpc"):
        raise Failed("protocol", f"this is no gRPC: {reply.http_status} {reply.content_type[:100]}")
    if reply.grpc_status != 0:
        reason = _STATUSES.get(reply.grpc_status or 0, "grpc_status")
        text = f"gRPC status {reply.grpc_status}: {reply.grpc_message[:200]}"
        raise Failed(reason, text, grpc_status=reply.grpc_status)
    run.facts["state"] = reply.state
    if reply.state != "SERVING":
        reason = "service_unknown" if reply.state == "SERVICE_UNKNOWN" else "not_serving"
        raise Failed(reason, f"it says {reply.state}")


def _target(settings: Settings) -> str:
    service = settings.get("service")
    return place.target(settings) + (f" {service}" if service else "")


def _sample() -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": 50051, "tls": False, "service": "shop.v1.Orders"}


PROBE = ProbeKind(
    name="grpc",
    label="gRPC health",
    help="Asks a server, or one of its services, for its health.",
    fields=_FIELDS,
    reasons=COMMON_REASONS
    | frozenset(_STATUSES.values())
    | {"tls", "protocol", "not_serving", "grpc_status"},
    prepare=_prepare,
    target=_target,
    hosts=place.hosts,
    sample=_sample,
)
