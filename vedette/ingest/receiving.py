"""A request's body as it comes in: within its bounds, its time, and its sender's share."""

from __future__ import annotations

from vedette.http.asgi import Receive
from vedette.http.body import Body, BodyReader, BodyTooLarge, BodyTooSlow
from vedette.ingest.errors import TimedOut, TooLarge
from vedette.ingest.request import Request
from vedette.ingest.shares import Holding


def body_reader(
    request: Request,
    receive: Receive,
    body: Body,
    holding: Holding,
    *,
    most_bytes: int,
    grace_seconds: float,
) -> BodyReader:
    """A reader of the body. Raises TooLarge for one that says that it is."""
    length = request.headers.get(b"content-length")
    if length is not None and (not length.isdigit() or int(length[:20]) > most_bytes):
        raise TooLarge("request body exceeds the size limit", reason="too_large")
    return BodyReader(
        receive,
        body,
        most_bytes=most_bytes,
        grace_seconds=grace_seconds,
        on_growth=lambda grown: holding.hold(grown.memory_bytes, grown.disk_bytes),
    )


async def read_body(reader: BodyReader, *, enough: int = 0) -> None:
    """Read until the body is whole, or holds `enough` bytes. Raises IngestError, Disconnected."""
    try:
        await reader.read(enough=enough)
    except BodyTooLarge:
        raise TooLarge("request body exceeds the size limit", reason="too_large") from None
    except BodyTooSlow:
        raise TimedOut("the request body did not arrive in time", reason="timeout") from None
