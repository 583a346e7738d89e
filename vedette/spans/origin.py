"""Where spans come from: release, environment, service, SDK, user, client.

A transaction says it once, in the fields of an event; streamed spans and OpenTelemetry's say
it in the attributes of each.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import msgspec
import xxhash

from vedette.spans.span import Attributes, clean, listed, mapping, text
from vedette.wire.agents import client_of
from vedette.wire.envelope import clean_event_id

Columns: TypeAlias = dict[str, Any]

_MOST_WEIGHT = 1_000_000.0
_MOST_HELD = 200


class Origin(msgspec.Struct, gc=False, kw_only=True):
    """The columns that spans of one service have in common; "" for what is not known.

    `weight` is how many spans one stands for: the inverse of the rate it was sampled with.
    """

    release: str = ""
    dist: str = ""
    environment: str = ""
    service: str = ""
    platform: str = ""
    server_name: str = ""
    sdk_name: str = ""
    sdk_version: str = ""
    user_id: str = ""
    user_email: str = ""
    user_username: str = ""
    user_ip: str = ""
    browser_name: str = ""
    os_name: str = ""
    device: str = ""
    replay_id: str = ""
    profile_id: str = ""
    weight: float = 1.0

    @property
    def user_key(self) -> str:
        """Who counts as one user: id, then username, e-mail, address."""
        for name, value in (
            ("id", self.user_id),
            ("username", self.user_username),
            ("email", self.user_email),
            ("ip", self.user_ip),
        ):
            if value:
                return f"{name}:{value}"
        return ""


def number_of(key: str) -> int | None:
    """A user's key as a signed 64-bit number: counting users must not read texts."""
    if not key:
        return None
    number = xxhash.xxh3_64_intdigest(key.encode("utf-8", "replace"))
    return number - (1 << 64) if number >= 1 << 63 else number


def columns_of(origin: Origin) -> Columns:
    """The columns of an origin that are known, as every store can hold them."""
    key = clean(origin.user_key, 200)
    columns = {
        "weight": origin.weight,
        "release": clean(origin.release, 250).strip() or None,
        "dist": clean(origin.dist, 64) or None,
        "environment": clean(origin.environment, 64).strip() or "production",
        "service": clean(origin.service, 200) or None,
        "platform": clean(origin.platform, 64) or None,
        "server_name": clean(origin.server_name, 200) or None,
        "sdk_name": clean(origin.sdk_name, 64) or None,
        "sdk_version": clean(origin.sdk_version, 32) or None,
        "browser_name": clean(origin.browser_name, 64) or None,
        "os_name": clean(origin.os_name, 64) or None,
        "device": clean(origin.device, 64) or None,
        "user_key": key or None,
        "user_number": number_of(key),
        "user_id": clean(origin.user_id, 200) or None,
        "user_email": clean(origin.user_email, 254) or None,
        "user_username": clean(origin.user_username, 200) or None,
        "user_ip": clean(origin.user_ip, 64) or None,
        "replay_id": origin.replay_id or None,
        "profile_id": origin.profile_id or None,
    }
    return {name: value for name, value in columns.items() if value is not None}


def of_event(event: dict[str, Any], dsc: dict[str, Any], remote_address: str) -> Origin:
    """What a transaction says; `dsc` is the trace header of its envelope."""
    contexts = mapping(event.get("contexts"))
    user, sdk = mapping(event.get("user")), mapping(event.get("sdk"))
    headers = mapping(event.get("request")).get("headers")
    browser, system, device = client_of(_user_agent(headers))
    rate = mapping(contexts.get("trace")).get("client_sample_rate") or dsc.get("sample_rate")
    infer = mapping(sdk.get("settings")).get("infer_ip")
    address = text(user.get("ip_address"))
    if address == "{{auto}}" or (not address and infer == "auto"):
        address = "" if infer == "never" else remote_address
    name = text(sdk.get("name"))
    return Origin(
        release=text(event.get("release")),
        dist=text(event.get("dist")),
        environment=text(event.get("environment")),
        platform=text(event.get("platform")) or platform_of(name),
        server_name=text(event.get("server_name")),
        sdk_name=name,
        sdk_version=text(sdk.get("version")),
        user_id=_identifier(user.get("id")),
        user_email=text(user.get("email")),
        user_username=text(user.get("username")),
        user_ip=address.removeprefix("::ffff:"),
        browser_name=_name(contexts, "browser") or browser[0],
        os_name=_name(contexts, "client_os") or _name(contexts, "os") or system[0],
        device=text(mapping(contexts.get("device")).get("model")) or device,
        replay_id=_replay_id(event, contexts, dsc),
        profile_id=clean_event_id(mapping(contexts.get("profile")).get("profile_id")) or "",
        weight=_weight(rate),
    )


def _replay_id(event: dict[str, Any], contexts: dict[str, Any], dsc: dict[str, Any]) -> str:
    """The replay that saw it, as SDKs say in one of three places."""
    return (
        clean_event_id(mapping(contexts.get("replay")).get("replay_id"))
        or clean_event_id(mapping(event.get("tags")).get("replayId"))
        or clean_event_id(dsc.get("replay_id"))
        or ""
    )


class Origins:
    """The origins of the spans of one item, each worked out once: nearly all say the same.

    `dsc` is the trace header of the envelope.
    """

    def __init__(self, dsc: dict[str, Any], remote_address: str) -> None:
        self._dsc = dsc
        self._remote_address = remote_address
        self._held: dict[tuple[object, ...], Columns] = {}

    def columns(self, attributes: Attributes) -> Columns:
        """The columns of a span's origin. What has a column is taken out of the attributes."""
        said = (
            *[attributes.pop(name, None) for name in _COLUMNS],
            attributes.get("user_agent.original"),
            attributes.get("resource.service.version"),
            attributes.get("resource.host.name"),
        )
        try:
            held = self._held.get(said)
        except TypeError:  # a list where a text belongs
            return columns_of(self._read(said))
        if held is None:
            held = columns_of(self._read(said))
            if len(self._held) < _MOST_HELD:
                self._held[said] = held
        return held

    def _read(self, said: tuple[object, ...]) -> Origin:
        found = dict(zip((*_COLUMNS, "agent", "version", "host"), said, strict=True))

        def first(*names: str) -> str:
            return next((value for name in names if (value := text(found[name]))), "")

        browser, system, device = client_of(clean(text(found["agent"]), 1024))
        address = text(found["user.ip_address"])
        sdk = first("sentry.sdk.name", "resource.telemetry.sdk.name")
        return Origin(
            release=first("sentry.release", "release", "version"),
            dist=first("sentry.dist"),
            environment=first(*_ENVIRONMENTS) or text(self._dsc.get("environment")),
            service=first("resource.service.name", "service.name"),
            platform=first("sentry.platform", "resource.telemetry.sdk.language")
            or platform_of(sdk),
            server_name=first("host"),
            sdk_name=sdk,
            sdk_version=first("sentry.sdk.version", "resource.telemetry.sdk.version"),
            user_id=_identifier(found["user.id"] or found["enduser.id"]),
            user_email=first("user.email"),
            user_username=first("user.name", "user.username"),
            user_ip=(self._remote_address if address == "{{auto}}" else address).removeprefix(
                "::ffff:"
            ),
            browser_name=first("browser.name") or browser[0],
            os_name=first("os.name") or system[0],
            device=first("device.model") or device,
            replay_id=clean_event_id(found["sentry.replay_id"] or self._dsc.get("replay_id")) or "",
            profile_id=clean_event_id(found["sentry.profile_id"]) or "",
            weight=_weight(found["sentry.sample_rate"] or self._dsc.get("sample_rate")),
        )


_ENVIRONMENTS = (
    *("sentry.environment", "environment"),
    *("resource.deployment.environment.name", "resource.deployment.environment"),
)
_COLUMNS = (
    *("sentry.release", "release", "sentry.dist"),
    *_ENVIRONMENTS,
    *("resource.service.name", "service.name", "sentry.platform"),
    *("resource.telemetry.sdk.language", "resource.telemetry.sdk.name"),
    *("resource.telemetry.sdk.version", "sentry.sdk.name", "sentry.sdk.version"),
    *("user.id", "enduser.id", "user.email", "user.name", "user.username", "user.ip_address"),
    *("browser.name", "os.name", "device.model", "sentry.replay_id", "sentry.profile_id"),
    "sentry.sample_rate",
)


@lru_cache(maxsize=256)
def platform_of(sdk_name: str) -> str:
    """The language of an SDK of Sentry's, of which streamed spans say only the name."""
    parts = sdk_name.split(".")
    if parts[0] != "sentry" or len(parts) < 2:
        return ""
    if parts[1] != "javascript":
        return parts[1]
    return "node" if parts[2:3] and parts[2] in _ON_SERVERS else "javascript"


_ON_SERVERS = frozenset(
    (
        *("node", "bun", "deno", "nestjs", "cloudflare", "vercel-edge"),
        *("aws-serverless", "google-cloud-serverless"),
    )
)


def _weight(rate: object) -> float:
    """How many spans one stands for."""
    try:
        sampled = float(rate)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 1.0
    return min(1.0 / sampled, _MOST_WEIGHT) if 0.0 < sampled < 1.0 else 1.0


def _identifier(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)[:200]


def _name(contexts: dict[str, Any], name: str) -> str:
    return text(mapping(contexts.get(name)).get("name"))


def _user_agent(headers: object) -> str:
    if isinstance(headers, dict):
        pairs = list(headers.items())
    else:
        pairs = [(one[0], one[1]) for one in listed(headers) if isinstance(one, list) and one[1:]]
    for key, value in pairs:
        if isinstance(key, str) and key.lower() == "user-agent":
            return clean(text(value), 1024)
    return ""
