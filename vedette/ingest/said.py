"""What people wrote in forms, as envelopes: the report dialog, the older API, the plain form.

None of them says whether there is such an event. Source: protocol, sections 1.2, 3.8 and 3.9.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from vedette.ingest import crash, json_text
from vedette.ingest.errors import IngestError, TooLarge
from vedette.wire.envelope import build_envelope, clean_event_id, new_event_id

_MOST_BYTES = 64 << 10
_MOST_FIELDS = 50
HONEYPOT = "website"  # the field of the plain form that no person sees


def from_dialog(body: bytes, event_id: str) -> bytes:
    """What was written in the report dialog, about the event that its address names."""
    fields = _fields(body)
    return _report(event_id, fields | {"source": "dialog"})


def from_report(body: bytes) -> bytes:
    """A report over the older API: JSON with the event's id."""
    _check_size(body)
    report = json_text.load(body)
    if not isinstance(report, dict):
        raise IngestError("invalid report: not a JSON object", reason="invalid_json")
    return _report(report.get("event_id"), report)


def from_form(body: bytes, content_type: str) -> bytes:
    """What was written in the plain form of a project."""
    if content_type.lower().startswith("multipart/"):
        _check_size(body)
        parts = crash.read_multipart(body, content_type)
        fields = {one.name: one.data.decode("utf-8", "replace") for one in parts}
    else:
        fields = _fields(body)
    said = {
        "message": _needed(fields.get("message"), "message"),
        "name": fields.get("name", ""),
        "contact_email": fields.get("email", ""),
        "url": fields.get("url", ""),
        "source": "form",
        "trapped": bool(fields.get(HONEYPOT)),
    }
    event = {"type": "feedback", "level": "info", "contexts": {"feedback": said}}
    return build_envelope(
        {"event_id": new_event_id()}, [({"type": "feedback"}, json_text.dump(event))]
    )


def _report(event_id: object, fields: dict[str, str]) -> bytes:
    known = clean_event_id(event_id)
    if known is None:
        raise IngestError("event_id: an id of 32 hexadecimal digits is needed", reason="malformed")
    report = {
        "event_id": known,
        "comments": _needed(fields.get("comments"), "comments"),
        **{name: fields.get(name, "") for name in ("name", "email", "source")},
    }
    return build_envelope({"event_id": known}, [({"type": "user_report"}, json_text.dump(report))])


def _needed(value: object, name: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise IngestError(f"{name}: this field is needed", reason="malformed")
    return value


def _fields(body: bytes) -> dict[str, str]:
    """The first value of each field of a form."""
    _check_size(body)
    try:
        held = parse_qs(body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise IngestError("too many fields in the form", reason="malformed") from None
    return {name: values[0] for name, values in held.items()}


def _check_size(body: bytes) -> None:
    if len(body) > _MOST_BYTES:
        raise TooLarge("body exceeds the size limit", reason="too_large")
