"""Requests to trackers, and what their answers mean."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from vedette import clock
from vedette.channels._http import retry_after, said
from vedette.outgoing.errors import OutgoingError, Refused
from vedette.outgoing.fetcher import Answer, Fetcher, Request
from vedette.trackers.errors import AccessRefused, TrackerError, TrackerRefusal, Vanished

log = logging.getLogger("vedette.trackers")

_SECONDS = 15.0
_MOST_ANSWER = 8 << 20
_LATER = frozenset((408, 409, 423, 425, 429))
_GONE = frozenset((404, 410))
_DENIED = frozenset((401, 403))


def call(
    fetcher: Fetcher, method: str, url: str, headers: Mapping[str, str], body: Any = None
) -> Any:
    """The answer's JSON, None where it has none. Raises TrackerError; nothing is redirected."""
    sent = {"accept": "application/json", **headers}
    if body is not None:
        sent["content-type"] = "application/json"
    request = Request(
        url=url,
        method=method,
        headers=sent,
        body=b"" if body is None else json.dumps(body, ensure_ascii=False).encode(),
        seconds=_SECONDS,
        most_bytes=_MOST_ANSWER,
        most_redirects=0,
    )
    try:
        answer = fetcher.fetch(request)
    except Refused as error:
        raise AccessRefused(f"the address is refused: {error}") from None
    except OutgoingError as error:
        raise TrackerError(str(error)) from None
    if not 200 <= answer.status < 300:
        raise _refusal(answer, urlsplit(url).path)
    if not answer.body.strip():
        return None
    try:
        return json.loads(answer.body)
    except ValueError:
        raise TrackerRefusal(
            "it answered with something else than JSON: is the address that of the API?",
            status=answer.status,
        ) from None


def comment(post: Callable[[], Any]) -> None:
    """Words beside a change that is made: where they may not be said, the change stands alone."""
    try:
        post()
    except TrackerRefusal as error:
        log.warning("the words beside a change were not taken: %s", error)


def _refusal(answer: Answer, path: str) -> TrackerError:
    status = answer.status
    words = f"{status} for {path}: {_words_of(answer)}"
    pause = _pause(answer)
    if status in _LATER or status >= 500 or (status == 403 and pause is not None):
        return TrackerError(words, status=status, retry_after=pause)
    if status in _DENIED:
        return AccessRefused(words, status=status)
    if status in _GONE:
        return Vanished(words, status=status)
    if 300 <= status < 400:
        return TrackerRefusal(
            f"{words}: it moved to {answer.headers.get('location', 'elsewhere')}", status=status
        )
    return TrackerRefusal(words, status=status)


def _words_of(answer: Answer) -> str:
    """What the tracker says is wrong, from the forms in which the known ones say it."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return said(answer)
    if not isinstance(found, dict):
        return said(answer)
    parts = [found.get(name) for name in ("message", "error", "error_description")]
    parts += found.get("errorMessages") or []
    errors = found.get("errors")
    if isinstance(errors, dict):
        parts += [f"{name}: {words}" for name, words in errors.items()]
    elif isinstance(errors, list):
        parts += [json.dumps(one) if isinstance(one, dict) else str(one) for one in errors]
    words = "; ".join(str(part) for part in parts if part)
    return words[:300] or said(answer)


def _pause(answer: Answer) -> float | None:
    """The seconds that it asks for, also in the way in which GitHub says that a share is used."""
    asked = retry_after(answer)
    if asked is not None:
        return asked
    if answer.headers.get("x-ratelimit-remaining") == "0":
        try:
            return max(1.0, float(answer.headers["x-ratelimit-reset"]) - clock.timestamp())
        except (KeyError, ValueError):
            return 60.0
    return None
