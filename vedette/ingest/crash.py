"""Native crash reports: multipart forms, minidumps and Unreal containers as envelopes.

The files are kept as attachments of an event; reading them is a later step's work.
Source: protocol, section 1.10.
"""

from __future__ import annotations

import bz2
import json
import logging
import lzma
import re
from dataclasses import dataclass, field

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from vedette.ingest import json_text
from vedette.ingest.errors import IngestError, TooLarge
from vedette.wire.encodings import EncodingError, inflate
from vedette.wire.envelope import build_envelope, clean_event_id, new_event_id

# What a stranger sends wrong is answered; a line for each would let him fill the log.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)

_MAX_PARTS = 200
_BRACKETS = re.compile(r"\[([^\]]*)\]")
_PIECE = re.compile(r"sentry__(\d{1,4})\Z")
_MINIDUMP = (b"MDMP", b"PMDM")
_RESERVED = ("__sentry-event", "__sentry-breadcrumb1", "__sentry-breadcrumb2")


@dataclass(slots=True)
class Part:
    """One part of a form; `filename` is None for a text field."""

    name: str
    filename: str | None
    content_type: str
    data: bytes


@dataclass(slots=True)
class _Collector:
    """Gathers parts from the parser's callbacks."""

    parts: list[Part] = field(default_factory=list)
    headers: dict[str, bytes] = field(default_factory=dict)
    name: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    chunks: list[bytes] = field(default_factory=list)

    def on_part_begin(self) -> None:
        self.headers = {}
        self.chunks = []
        if len(self.parts) >= _MAX_PARTS:
            raise IngestError("too many parts in the form", reason="malformed")

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self.name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def on_header_end(self) -> None:
        self.headers[self.name.decode("latin-1").lower()] = bytes(self.value)
        self.name = bytearray()
        self.value = bytearray()

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.chunks.append(data[start:end])

    def on_part_end(self) -> None:
        _, options = parse_options_header(self.headers.get("content-disposition", b""))
        filename = options.get(b"filename")
        self.parts.append(
            Part(
                options.get(b"name", b"").decode("utf-8", "replace"),
                None if filename is None else filename.decode("utf-8", "replace"),
                self.headers.get("content-type", b"").decode("latin-1"),
                b"".join(self.chunks),
            )
        )


def read_multipart(body: bytes, content_type: str) -> list[Part]:
    """The parts of a multipart form. Raises IngestError if it is none."""
    kind, options = parse_options_header(content_type[:1024])
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise IngestError("a multipart form is needed", reason="content_type")
    collector = _Collector()
    callbacks = {
        "on_part_begin": collector.on_part_begin,
        "on_header_field": collector.on_header_field,
        "on_header_value": collector.on_header_value,
        "on_header_end": collector.on_header_end,
        "on_part_data": collector.on_part_data,
        "on_part_end": collector.on_part_end,
    }
    try:
        parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError) as error:
        raise IngestError(f"invalid form: {error}", reason="malformed") from None
    return collector.parts


def attachment_header(part: Part, attachment_type: str = "event.attachment") -> dict[str, object]:
    """The envelope item header for a file of a form."""
    header: dict[str, object] = {
        "type": "attachment",
        "filename": (part.filename or part.name or "file")[:255],
        "attachment_type": attachment_type,
    }
    if part.content_type:
        header["content_type"] = part.content_type[:128]
    return header


def minidump_envelope(body: bytes, content_type: str, most_bytes: int) -> bytes:
    """The envelope of a minidump upload. Raises IngestError if there is no minidump in it."""
    if not content_type.lower().startswith("multipart/"):
        parts = [Part("upload_file_minidump", "minidump.dmp", "application/x-dmp", body)]
    else:
        parts = read_multipart(body, content_type)
    event: dict[str, object] = {}
    extra: dict[str, object] = {}
    items: list[tuple[dict[str, object], bytes]] = []
    found = False
    for part in _join_split(parts):
        if part.name == "upload_file_minidump":
            part.data = _unpack(part.data, most_bytes)
            if part.data[:4] not in _MINIDUMP:
                raise IngestError("the upload is not a minidump", reason="invalid_minidump")
            items.append((attachment_header(part, "event.minidump"), part.data))
            found = True
        elif part.name in _RESERVED:
            _merge_reserved(event, part)
        elif part.filename is not None:
            items.append((attachment_header(part), part.data))
        else:
            _merge_text(event, extra, part)
    if not found:
        raise IngestError("missing minidump (upload_file_minidump)", reason="invalid_minidump")
    if extra:
        event["extra"] = {**extra, **_as_dict(event.get("extra"))}
    event.setdefault("platform", "native")
    return _crash_envelope(event, items, "Minidump")


def _join_split(parts: list[Part]) -> list[Part]:
    """The parts, with `sentry__1`, `sentry__2`, … joined to the one field `sentry`."""
    pieces = {
        int(found[1]): part.data for part in parts if (found := _PIECE.match(part.name)) is not None
    }
    if not pieces:
        return parts
    joined = b"".join(data for _, data in sorted(pieces.items()))
    whole = [part for part in parts if not _PIECE.match(part.name)]
    return [*whole, Part("sentry", None, "", joined)]


def unreal_envelope(body: bytes, user_id: str) -> bytes:
    """The envelope of an Unreal Engine crash. Raises IngestError for an empty body."""
    if not body:
        raise IngestError("empty request body", reason="malformed")
    part = Part("unreal", "UECrash.bin", "application/octet-stream", body)
    event: dict[str, object] = {"platform": "native"}
    if user_id:
        event["user"] = {"id": user_id[:200]}
    return _crash_envelope(event, [(attachment_header(part, "unreal.report"), body)], "Unreal")


def _crash_envelope(
    event: dict[str, object], items: list[tuple[dict[str, object], bytes]], mechanism: str
) -> bytes:
    event_id = clean_event_id(event.get("event_id")) or new_event_id()
    event["event_id"] = event_id
    event.setdefault("level", "fatal")
    event.setdefault(
        "exception",
        {
            "values": [
                {
                    "type": mechanism,
                    "value": "Fatal Error: the crash report is attached",
                    "mechanism": {"type": mechanism.lower(), "handled": False, "synthetic": True},
                }
            ]
        },
    )
    return build_envelope(
        {"event_id": event_id}, [({"type": "event"}, json_text.dump(event)), *items]
    )


def _unpack(data: bytes, most_bytes: int) -> bytes:
    """Undo one compression that crash reporters apply to the dump itself."""
    try:
        if data[:2] == b"\x1f\x8b":
            return inflate(data, b"gzip", most_bytes)
        if data[:4] == b"\x28\xb5\x2f\xfd":
            return inflate(data, b"zstd", most_bytes)
        if data[:6] == b"\xfd7zXZ\x00":
            plain = lzma.LZMADecompressor(memlimit=128 << 20).decompress(data, most_bytes + 1)
        elif data[:3] == b"BZh":
            plain = bz2.BZ2Decompressor().decompress(data, most_bytes + 1)
        else:
            return data
    except (EncodingError, lzma.LZMAError, OSError, EOFError):
        raise IngestError("the minidump cannot be unpacked", reason="invalid_minidump") from None
    if len(plain) > most_bytes:
        raise TooLarge("the minidump exceeds the size limit", reason="too_large")
    return plain


def _merge_reserved(event: dict[str, object], part: Part) -> None:
    """`__sentry-event` and breadcrumbs are msgpack; a broken one only costs itself."""
    try:
        value = msgspec.msgpack.decode(part.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if part.name == "__sentry-event" and isinstance(value, dict):
        event.update({str(key): item for key, item in value.items()})
    elif isinstance(value, list | dict):
        crumbs = value if isinstance(value, list) else [value]
        held = event.setdefault("breadcrumbs", [])
        if isinstance(held, list):
            held.extend(crumbs)


def _merge_text(event: dict[str, object], extra: dict[str, object], part: Part) -> None:
    text = part.data.decode("utf-8", "replace")
    if part.name == "sentry":
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict):
            event.update(value)
    elif part.name.startswith("sentry["):
        _set_path(event, _BRACKETS.findall(part.name), text)
    elif part.name:
        extra[part.name[:200]] = text[:16384]


def _set_path(event: dict[str, object], keys: list[str], text: str) -> None:
    node = event
    for key in keys[:-1][:10]:
        node = _as_dict(node.setdefault(key, {}))
    if keys:
        node[keys[-1]] = text


def _as_dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
