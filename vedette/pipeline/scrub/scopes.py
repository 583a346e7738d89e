"""What may be scrubbed where: the places of a Sentry payload, and what each allows.

`PAYLOAD.child(name)` descends from the top of a payload by member names; arrays do not
count. The full places are the fields that Sentry documents as scrubbed by default ("Event
PII fields"); names are looked at everywhere else too, except in what a tracker needs to
work: identifiers, versions, file names, debug images.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache


class Carrier(Enum):
    """How a string of this place carries further names and values."""

    PLAIN = "plain"
    BODY = "body"
    QUERY = "query"
    COOKIES = "cookies"


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """What may be done in one place.

    `names`: sensitive members lose their value. `values`: application data, where a string with
    a word of the project's own goes whole (and with any sensitive word, if strict). `text`:
    secrets are cut out of text. `assignments`: so are the values in `token=…` and
    `"token": "…"`. `emails`, `addresses`: these too, by setting.
    `is_address`: the member itself is one. `is_needed`: without what lies in it an item could not
    be read, so rules of people's own empty it and leave its ids. Members not in `members` get the
    scope of the first of `prefixes`, else `rest`, else this very scope; versions are never
    addresses.
    """

    names: bool = False
    values: bool = False
    text: bool = False
    assignments: bool = False
    emails: bool = False
    addresses: bool = False
    is_address: bool = False
    is_needed: bool = False
    carrier: Carrier = Carrier.PLAIN
    members: Mapping[bytes, Scope] = field(default_factory=dict)
    prefixes: tuple[tuple[bytes, Scope], ...] = ()
    rest: Scope | None = None
    # Derived: whether every place inside has this scope; whether nothing inside is touched.
    is_uniform: bool = field(init=False)
    is_off: bool = field(init=False)

    def __post_init__(self) -> None:
        is_uniform = not self.members and not self.prefixes and self.rest is None
        is_active = self.names or self.text or self.is_address
        object.__setattr__(self, "is_uniform", is_uniform)
        object.__setattr__(self, "is_off", is_uniform and not is_active)

    def child(self, name: bytes) -> Scope:
        """The scope of the member `name`, which is compared without its case."""
        if self.is_off:
            return self
        lowered = name.lower()
        scope = self.members.get(lowered)
        if scope is None:
            scope = self._by_prefix(lowered) if self.prefixes else self.rest or self
        return _without_addresses(scope) if scope.addresses and b"version" in lowered else scope

    def _by_prefix(self, lowered: bytes) -> Scope:
        for prefix, scope in self.prefixes:
            if lowered.startswith(prefix):
                return scope
        return self.rest or self


@lru_cache(maxsize=256)
def _without_addresses(scope: Scope) -> Scope:
    return replace(scope, addresses=False)


OFF = Scope()
CODE = Scope(text=True)
VERSIONS = Scope(names=True, text=True, assignments=True, emails=True)
TEXT = replace(VERSIONS, addresses=True)
PROMPT = replace(TEXT, names=False)
FULL = replace(TEXT, values=True)
BODY = replace(FULL, carrier=Carrier.BODY)
QUERY = replace(FULL, carrier=Carrier.QUERY)
COOKIES = replace(FULL, carrier=Carrier.COOKIES)
ADDRESS = replace(FULL, is_address=True)


def _place(rest: Scope = OFF, **members: Scope) -> Scope:
    """A place with the flags of `rest`, and members of their own."""
    return replace(rest, members={n.encode(): s for n, s in members.items()}, rest=rest)


def _needed(scope: Scope) -> Scope:
    """A place whose ids the product cannot do without."""
    return replace(scope, is_needed=True)


def _attributes(scope: Scope) -> Scope:
    """Span or log attributes: `scope`, apart from those that are known to be harmless."""
    return replace(
        scope,
        members={
            b"code.filepath": OFF,
            b"http.method": OFF,
            b"http.query": QUERY,
            b"url.query": QUERY,
            b"http.request.header.user-agent": VERSIONS,
            b"user_agent.original": VERSIONS,
        }
        | dict.fromkeys(
            (b"url", b"url.full", b"url.path", b"http.url", b"http.route", b"http.target"), TEXT
        ),
        prefixes=(
            (b"gen_ai.", PROMPT),
            (b"ai.", PROMPT),
            (b"sentry.message.", scope),
            (b"sentry.", OFF),
            (b"code.", OFF),
            (b"thread.", OFF),
        ),
        rest=scope,
    )


_USER_AGENT = {b"user-agent": VERSIONS}
_HEADERS = replace(FULL, members=_USER_AGENT, rest=FULL)
_FRAME = _place(vars=FULL, context_line=CODE, pre_context=CODE, post_context=CODE)
_STACK = _place(frames=_FRAME)
_STACKS = {"stacktrace": _STACK, "raw_stacktrace": _STACK}
_MECHANISM = _place(data=FULL, description=TEXT)
_ERROR = _place(value=TEXT, mechanism=_MECHANISM, **_STACKS)
_EXCEPTION = replace(_ERROR, members={**_ERROR.members, b"values": _ERROR})
_THREAD = _place(name=TEXT, **_STACKS)
_THREADS = replace(_THREAD, members={**_THREAD.members, b"values": _THREAD})
_CRUMB = _place(
    message=FULL, data=replace(FULL, members={b"http.query": QUERY} | _USER_AGENT, rest=FULL)
)
_BREADCRUMBS = replace(_CRUMB, members={**_CRUMB.members, b"values": _CRUMB})
_WORDING = replace(TEXT, names=False)
LOG_ENTRY = _place(TEXT, params=FULL, formatted=_WORDING, message=_WORDING)
_REQUEST = _place(
    url=TEXT,
    api_target=TEXT,
    fragment=FULL,
    query_string=QUERY,
    data=BODY,
    headers=_HEADERS,
    cookies=COOKIES,
    env=replace(FULL, members={b"remote_addr": ADDRESS, b"http_user_agent": VERSIONS}, rest=FULL),
)
_RESPONSE = _place(data=BODY, headers=_HEADERS, cookies=COOKIES)
_USER = _place(FULL, id=TEXT, email=TEXT, ip_address=ADDRESS, geo=OFF)
_SPAN = _needed(
    _place(
        description=TEXT,
        name=TEXT,
        data=_attributes(FULL),
        attributes=_attributes(TEXT),
        tags=TEXT,
        sentry_tags=_place(TEXT, **{"user.ip": ADDRESS}),
    )
)
_TRACE = _needed(
    _place(
        TEXT,
        description=TEXT,
        data=_attributes(FULL),
        **dict.fromkeys(("trace_id", "span_id", "parent_span_id", "op", "status", "origin"), OFF),
    )
)
_CONTEXTS = _needed(
    _place(
        TEXT,
        trace=_TRACE,
        response=_RESPONSE,
        flags=OFF,
        replay=OFF,
        profile=OFF,
        **dict.fromkeys(
            ("app", "browser", "client_os", "device", "gpu", "os", "runtime", "unity", "culture"),
            VERSIONS,
        ),
    )
)
_ITEMS = _needed(_place(body=TEXT, description=TEXT, name=TEXT, attributes=_attributes(TEXT)))
_SESSION = _place(TEXT, ip_address=ADDRESS, user_agent=VERSIONS, release=OFF, environment=OFF)

# OpenTelemetry's requests: the same names at any depth.
_TELEMETRY = replace(
    TEXT,
    members=dict.fromkeys(
        (
            *(b"traceid", b"spanid", b"parentspanid", b"kind", b"severitynumber"),
            *(b"timeunixnano", b"starttimeunixnano", b"endtimeunixnano", b"observedtimeunixnano"),
        ),
        OFF,
    ),
)

_WITHOUT_SECRETS = (
    "_meta _metrics debug_id debug_meta dist environment error_ids errors event_id exceptions"
    " fingerprint grouping_config ingest_path level logger measurements modules parent_span_id"
    " platform profile profile_id profiler_id chunk_id received release replay_id replay_type"
    " sampled scraping_attempts segment_id span_id start_timestamp time_spent timestamp trace_id"
    " trace_ids transaction_info transactions type version"
    " aggregates check_in_id replay_start_timestamp sid started"
)

PAYLOAD = replace(
    TEXT,
    members={name.encode(): OFF for name in _WITHOUT_SECRETS.split()}
    | {
        b"attrs": _SESSION,
        b"breadcrumbs": _BREADCRUMBS,
        b"contexts": _CONTEXTS,
        b"exception": _EXCEPTION,
        b"extra": FULL,
        b"csp": FULL,
        b"expectct": FULL,
        b"expectstaple": FULL,
        b"hpkp": FULL,
        b"items": _ITEMS,
        b"logentry": LOG_ENTRY,
        b"message": LOG_ENTRY,
        b"request": _REQUEST,
        b"resourcelogs": _TELEMETRY,
        b"resourcemetrics": _TELEMETRY,
        b"resourcespans": _TELEMETRY,
        b"sdk": _place(client_ip=ADDRESS),
        b"sentry.interfaces.breadcrumbs": _BREADCRUMBS,
        b"sentry.interfaces.exception": _EXCEPTION,
        b"sentry.interfaces.http": _REQUEST,
        b"sentry.interfaces.message": LOG_ENTRY,
        b"sentry.interfaces.user": _USER,
        b"spans": _SPAN,
        b"stacktrace": _STACK,
        b"template": _FRAME,
        b"threads": _THREADS,
        b"user": _USER,
    },
    rest=TEXT,
)
