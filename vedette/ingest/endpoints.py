"""Everything that is not an envelope, made into one: the spool knows a single format.

Each converter takes the decoded body and what the request says and returns an envelope.
Source: protocol, sections 1.8 to 1.11.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

import msgspec

from vedette.ingest import crash, json_text, said
from vedette.ingest.errors import IngestError, TooLarge
from vedette.wire.envelope import build_envelope, clean_event_id, new_event_id

_SECURITY_TYPES = (
    "application/json",
    "application/csp-report",
    "application/expect-ct-report",
    "application/expect-ct-report+json",
    "application/expect-staple-report",
    "application/reports+json",
)
_MAX_REPORTS = 100
_MAX_PARAMETERS = 1000
_MAX_READ_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request to be converted."""

    body: bytes
    method: str
    content_type: str
    query: bytes
    argument: str
    most_bytes: int
    max_event_bytes: int = 10 << 20

    def parameter(self, name: str) -> str:
        """The first value of a query parameter."""
        return self.parameters.get(name, [""])[0]

    @property
    def parameters(self) -> dict[str, list[str]]:
        """All query parameters."""
        try:
            return parse_qs(self.query.decode("latin-1"), max_num_fields=_MAX_PARAMETERS)
        except ValueError:
            raise IngestError("too many query parameters", reason="malformed") from None


def from_store(incoming: Incoming) -> bytes:
    """A legacy event: plain JSON, base64 of zlib of JSON, or an envelope by its content type."""
    body = incoming.body
    if incoming.method == "GET":
        body = incoming.parameter("sentry_data").encode()
    if "x-sentry-envelope" in incoming.content_type:
        return body
    body = body.strip()
    if not body:
        raise IngestError("empty request body", reason="malformed")
    if body[:1] != b"{":
        body = _unpack_legacy(body, incoming.max_event_bytes)
    if len(body) > incoming.max_event_bytes:
        raise TooLarge("the event exceeds the size limit", reason="too_large")
    held_id, held_type = _read_legacy(body)
    event_id = clean_event_id(held_id) or new_event_id()
    kind = "transaction" if held_type == "transaction" else "event"
    return build_envelope({"event_id": event_id}, [({"type": kind}, body)])


def from_security(incoming: Incoming) -> bytes:
    """A browser's security report: one, or a list of them from the Reporting API."""
    if incoming.content_type.split(";")[0].strip().lower() not in _SECURITY_TYPES:
        raise IngestError("unsupported content type", status=415, reason="content_type")
    _check_size(incoming)
    report = json_text.load(incoming.body)
    header: dict[str, object] = {"type": "raw_security"}
    for name in ("sentry_release", "sentry_environment"):
        if incoming.parameter(name):
            header[name] = incoming.parameter(name)
    reports = report if isinstance(report, list) else [report]
    return build_envelope({}, [(header, json_text.dump(one)) for one in reports[:_MAX_REPORTS]])


def from_nel(incoming: Incoming) -> bytes:
    """Network error logging: one report or a list of them."""
    _check_size(incoming)
    report = json_text.load(incoming.body)
    reports = report if isinstance(report, list) else [report]
    return build_envelope(
        {}, [({"type": "nel"}, json_text.dump(one)) for one in reports[:_MAX_REPORTS]]
    )


def from_minidump(incoming: Incoming) -> bytes:
    """A native crash: multipart form with a minidump, or the bare minidump."""
    return crash.minidump_envelope(incoming.body, incoming.content_type, incoming.most_bytes)


def from_unreal(incoming: Incoming) -> bytes:
    """An Unreal Engine crash container, kept as the attachment of a new event."""
    return crash.unreal_envelope(incoming.body, incoming.parameter("UserID"))


def from_attachments(incoming: Incoming) -> bytes:
    """Files for an event that was sent before."""
    event_id = clean_event_id(incoming.argument)
    if event_id is None:
        raise IngestError("invalid event id", reason="malformed")
    parts = crash.read_multipart(incoming.body, incoming.content_type)
    items: list[tuple[dict[str, object], bytes]] = [
        (crash.attachment_header(part), part.data) for part in parts if part.filename is not None
    ]
    if not items:
        raise IngestError("no file in the form", reason="malformed")
    return build_envelope({"event_id": event_id}, items)


def from_cron(incoming: Incoming) -> bytes:
    """A check-in by plain URL, or by JSON; the slug in the path wins."""
    _check_size(incoming)
    check_in: dict[str, object] = {}
    if incoming.body.strip():
        parsed = json_text.load(incoming.body)
        if isinstance(parsed, dict):
            check_in = parsed
    for name in ("status", "check_in_id", "environment", "duration"):
        if incoming.parameter(name):
            value = incoming.parameter(name)
            check_in[name] = _number(value) if name == "duration" else value
    check_in.setdefault("check_in_id", new_event_id())
    check_in.setdefault("status", "ok")
    check_in["monitor_slug"] = incoming.argument
    return build_envelope({}, [({"type": "check_in"}, json_text.dump(check_in))])


def from_heartbeat(incoming: Incoming) -> bytes:
    """A check-in by address alone: what happened is its last part, what was said its body.

    Without `run` an end belongs to the run that was started last: the id of zeros says so.
    """
    slug, _, signal = incoming.argument.rpartition("/")
    code = int(signal) if signal.isdecimal() else None
    status = _SIGNALS.get(signal) or ("error" if code else "ok")
    is_start = status == "in_progress"
    note = incoming.body[:_MOST_NOTE].decode("utf-8", "replace")
    if code:
        note = f"exit code {code}\n{note}".strip()
    check_in: dict[str, object] = {
        "monitor_slug": slug,
        "status": status,
        "check_in_id": incoming.parameter("run") or (new_event_id() if is_start else "0" * 32),
        "environment": incoming.parameter("environment") or None,
        "note": note,
    }
    return build_envelope({}, [({"type": "check_in"}, json_text.dump(check_in))])


def from_otlp(incoming: Incoming) -> bytes:
    """An OpenTelemetry export request, kept in its own encoding."""
    content_type = incoming.content_type.split(";")[0].strip().lower()
    if content_type not in ("application/x-protobuf", "application/json"):
        raise IngestError("unsupported content type", status=415, reason="content_type")
    header: dict[str, object] = {
        "type": f"otlp_{incoming.argument}",
        "content_type": content_type,
    }
    return build_envelope({}, [(header, incoming.body)])


def _check_size(incoming: Incoming) -> None:
    """What is read into Python objects takes many times its size."""
    if len(incoming.body) > _MAX_READ_BYTES:
        raise TooLarge("body exceeds the size limit", reason="too_large")


_SIGNALS = {"start": "in_progress", "success": "ok", "fail": "error", "log": "log"}
_MOST_NOTE = 10_000

CONVERTERS: dict[str, Callable[[Incoming], bytes]] = {
    "store": from_store,
    "security": from_security,
    "nel": from_nel,
    "minidump": from_minidump,
    "unreal": from_unreal,
    "attachments": from_attachments,
    "cron": from_cron,
    "heartbeat": from_heartbeat,
    "otlp": from_otlp,
    "embed": lambda incoming: said.from_dialog(incoming.body, incoming.parameter("eventId")),
    "report": lambda incoming: said.from_report(incoming.body),
    "feedback": lambda incoming: said.from_form(incoming.body, incoming.content_type),
}


class _Legacy(msgspec.Struct, gc=False):
    event_id: msgspec.Raw = msgspec.Raw()
    type: msgspec.Raw = msgspec.Raw()


_decode_legacy = msgspec.json.Decoder(_Legacy).decode


def _read_legacy(body: bytes) -> tuple[object, object]:
    """Id and type of an event, without building the rest where its JSON is strict."""
    try:
        found = _decode_legacy(body)
        return _value(found.event_id), _value(found.type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        event = json_text.load(body)
    if not isinstance(event, dict):
        raise IngestError("invalid event: not a JSON object", reason="invalid_json")
    return event.get("event_id"), event.get("type")


def _value(raw: msgspec.Raw) -> object:
    return json_text.load(bytes(raw)) if raw else None


def _unpack_legacy(body: bytes, most_bytes: int) -> bytes:
    try:
        packed = base64.b64decode(body.replace(b" ", b"+"), validate=False)
        if packed[:1] == b"{":
            return packed
        decoder = zlib.decompressobj()
        plain = decoder.decompress(packed, most_bytes + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise IngestError("invalid event: neither JSON nor base64(zlib(JSON))") from None
    if len(plain) > most_bytes:
        raise TooLarge("body exceeds the size limit", reason="too_large")
    return plain


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
