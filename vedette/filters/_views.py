"""What filters see of an item: the same of one that arrives and of one that is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from vedette.pipeline.clients import user_agent
from vedette.wire.agents import client_of
from vedette.wire.event import Event, ExceptionValue, Request, Scalar, Stacktrace

Made = TypeVar("Made")

# What is looked at: no sender makes it long, or fills what is remembered of it.
_MOST_CHARACTERS = 8192
_MOST_NAMED = 1024
_MOST_ERRORS = 50
_STATUS_TAGS = ("http.status_code", "http.response.status_code", "status_code", "http_status")
_AGENT_TAG = "user_agent.original"
_URL_TAGS = ("url.full", "http.url", "url")


class View(Protocol):
    """One event, transaction or span. Texts are "" where nothing is known.

    `errors` are pairs of type and text, the outermost last; `words` what people read of an event,
    `text` all of it in small letters; `file` where it began; `name` the transaction; `person` who
    counts as one user.
    """

    kind: str
    address: str
    person: str
    release: str
    environment: str
    name: str

    @property
    def errors(self) -> list[tuple[str, str]]: ...  # noqa: D102
    @property
    def words(self) -> list[str]: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def file(self) -> str: ...  # noqa: D102
    @property
    def agent(self) -> str: ...  # noqa: D102
    @property
    def browser(self) -> tuple[str, str]: ...  # noqa: D102
    @property
    def url(self) -> str: ...  # noqa: D102
    @property
    def status(self) -> int: ...  # noqa: D102
    @property
    def device(self) -> str: ...  # noqa: D102
    def tag(self, key: str) -> str: ...  # noqa: D102


class _once(Generic[Made]):  # noqa: N801 - it is written as a decorator
    """Worked out when it is first asked for; without the lock of `functools.cached_property`,
    which costs more than what is worked out here."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self._find = make
        self._name = make.__name__

    def __get__(self, view: Any, owner: type) -> Made:
        found: Made = self._find(view)
        view.__dict__[self._name] = found
        return found


class EventView:
    """An error, a message or a security report."""

    kind = "event"

    def __init__(self, event: Event, address: str, person: str) -> None:
        self.event = event
        self.address = address
        self.person = person
        self.release = (event.release or "")[:_MOST_NAMED].strip()
        self.environment = (event.environment or "")[:_MOST_NAMED].strip() or "production"
        self.name = (event.transaction or "")[:_MOST_NAMED]

    @_once
    def _exceptions(self) -> list[ExceptionValue]:
        return self.event.exceptions[-_MOST_ERRORS:]

    @_once
    def errors(self) -> list[tuple[str, str]]:
        """See `View`."""
        return [
            ((one.type or "")[:_MOST_NAMED], (one.value or "")[:_MOST_CHARACTERS])
            for one in self._exceptions
        ]

    @_once
    def words(self) -> list[str]:
        """Each error as `Type: text`, and the message."""
        found = [f"{kind}: {text}" if kind and text else kind or text for kind, text in self.errors]
        message = self.event.message_shown
        return [*found, message[:_MOST_CHARACTERS]] if message else found

    @_once
    def text(self) -> str:
        """All words in small letters."""
        return "\n".join(self.words).lower()

    @property
    def file(self) -> str:
        """The address or name of the file of the innermost frame of the outermost error."""
        for one in reversed(self._exceptions):
            found = _file_of(one.stacktrace)
            if found:
                return found
        return _file_of(self.event.stacktrace)

    @_once
    def agent(self) -> str:
        """The user agent."""
        request = self.event.request
        return user_agent(request.headers) if request is not None else ""

    @property
    def browser(self) -> tuple[str, str]:
        """Name and version, as the context or the user agent says."""
        contexts = self.event.contexts
        if contexts is not None and contexts.browser is not None and contexts.browser.name:
            return contexts.browser.name, contexts.browser.version or ""
        return client_of(self.agent)[0]

    @property
    def url(self) -> str:
        """The address of the request or page."""
        request = self.event.request
        return (request.url or "")[:_MOST_NAMED] if request is not None else ""

    @property
    def status(self) -> int:
        """The status of the answer; 0 if there is none."""
        contexts = self.event.contexts
        if contexts is not None and contexts.response is not None:
            found = _status(contexts.response.status_code)
            if found:
                return found
        tags = self._tags
        for key in _STATUS_TAGS:
            if key in tags and (found := _status(tags[key])):
                return found
        return 0

    @property
    def device(self) -> str:
        """The device's own id."""
        contexts = self.event.contexts
        device = contexts.device if contexts is not None else None
        return "" if device is None or device.id is None else str(device.id)[:_MOST_NAMED]

    @_once
    def _tags(self) -> dict[str, Scalar]:
        held = self.event.tags
        if held is None or isinstance(held, dict):
            return held or {}
        return dict(reversed(held))  # the first of a key counts

    def tag(self, key: str) -> str:
        """The value of a tag."""
        return _text(self._tags.get(key))


class RowView:
    """A transaction or a span as the row that it becomes; `read_body` gives what has no column."""

    errors: list[tuple[str, str]] = []  # noqa: RUF012 - there never are any
    words: list[str] = []  # noqa: RUF012
    text = ""
    file = ""
    device = ""

    def __init__(
        self, values: Mapping[str, Any], kind: str, read_body: Callable[[], bytes] = bytes
    ) -> None:
        self.kind = kind
        self._values = values
        self._read_body = read_body
        self.address = values.get("user_ip") or ""
        self.person = values.get("user_key") or ""
        self.release = values.get("release") or ""
        self.environment = values.get("environment") or ""
        self.name = values.get("transaction") or ""

    @_once
    def _request(self) -> Request:
        if self.kind != "transaction":
            return _NO_REQUEST
        try:
            return _decode_body(self._read_body()).request or _NO_REQUEST
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _NO_REQUEST

    @_once
    def agent(self) -> str:
        """The user agent."""
        return self.tag(_AGENT_TAG) or user_agent(self._request.headers)

    @property
    def browser(self) -> tuple[str, str]:
        """Name and version, as the user agent says."""
        return client_of(self.agent)[0]

    @property
    def url(self) -> str:
        """The address of the request or page."""
        found = next((found for key in _URL_TAGS if (found := self.tag(key))), "")
        return (found or self._request.url or "")[:_MOST_NAMED]

    @property
    def status(self) -> int:
        """The status of the answer; 0 if there is none."""
        return self._values.get("http_status") or 0

    @_once
    def _tags(self) -> dict[str, str]:
        return dict(self._values.get("tags") or ())

    def tag(self, key: str) -> str:
        """The value of an attribute."""
        return self._tags.get(key, "")


class _Body(msgspec.Struct, gc=False):
    request: Request | None = None


_NO_REQUEST = Request()
_decode_body = msgspec.json.Decoder(_Body).decode


@lru_cache(maxsize=4096)
def host_of(url: str) -> str:
    """The host of an address in small letters; "" if it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _file_of(trace: Stacktrace | None) -> str:
    """Where the innermost frame lies that says so."""
    for frame in reversed(trace.frames or ()) if trace is not None else ():
        if frame is not None and (frame.abs_path or frame.filename):
            return frame.abs_path or frame.filename or ""
    return ""


def _status(value: object) -> int:
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, int | float) and 100 <= value <= 599:
        return int(value)
    return 0


def _text(value: object) -> str:
    """A tag as the text that it is stored as."""
    if isinstance(value, float):
        return str(int(value)) if isfinite(value) else ""
    return "" if value is None else str(value).strip()
