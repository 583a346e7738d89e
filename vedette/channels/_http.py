"""Requests to the other side of a channel, and what its answer means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from vedette import clock
from vedette.channels import ChannelBroken, DeliveryError, MessageRefused
from vedette.outgoing.errors import OutgoingError, Refused
from vedette.outgoing.fetcher import Answer, Fetcher, Request

_SECONDS = 15.0
_MOST_ANSWER = 64 << 10
_NEVER = frozenset((401, 403, 404, 405, 410))
_REFUSED = frozenset((400, 413, 422))
_SHOWN = 300


def post_json(
    fetcher: Fetcher,
    url: str,
    body: Any,
    headers: Mapping[str, str] | None = None,
    *,
    method: str = "POST",
    seconds: float = _SECONDS,
) -> Answer:
    """Send JSON; see `post`."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    sent = {"content-type": "application/json", **(headers or {})}
    return post(fetcher, url, text, sent, method, seconds=seconds)


def post(
    fetcher: Fetcher,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    method: str = "POST",
    *,
    seconds: float = _SECONDS,
) -> Answer:
    """The answer if it is a good one. Raises DeliveryError and its kinds."""
    request = Request(
        url=url,
        method=method,
        headers=headers,
        body=body,
        seconds=seconds,
        most_bytes=_MOST_ANSWER,
        most_redirects=0,
    )
    try:
        answer = fetcher.fetch(request)
    except Refused as error:
        raise ChannelBroken(f"the address is refused: {_hiding(url, error)}") from None
    except OutgoingError as error:
        raise DeliveryError(_hiding(url, error)) from None
    if 200 <= answer.status < 300:
        return answer
    words = f"{answer.status}: {said(answer)}"
    if answer.status in _NEVER:
        raise ChannelBroken(words, status=answer.status)
    if answer.status in _REFUSED:
        raise MessageRefused(words, status=answer.status)
    raise DeliveryError(words, status=answer.status, retry_after=retry_after(answer))


def _hiding(url: str, error: Exception) -> str:
    """An error without the address's path, which is a secret in many channels."""
    host = urlsplit(url).hostname or "the address" if "://" in url else "the address"
    return str(error).replace(repr(url[:200]), host).replace(url[:200], host)


def said(answer: Answer) -> str:
    """The beginning of what the other side said."""
    return " ".join(answer.body.decode("utf-8", "replace").split())[:_SHOWN] or "no words"


def retry_after(answer: Answer) -> float | None:
    """The seconds that the other side asks for, from a number or a date."""
    value = answer.headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - clock.timestamp())
    except (TypeError, ValueError):
        return None


def fields_of(answer: Answer) -> dict[str, Any]:
    """The answer's JSON object; empty for anything else."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
