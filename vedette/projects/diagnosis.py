"""Why nothing, or not what was expected, arrives of a project: the likely mistakes, named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

_DAY: Final = 86_400.0
_CLOCK_SECONDS: Final = 60.0  # what a way through a network and a queue of an SDK explains
_MOST_SHARE: Final = 0.5

# By reason of a refusal: what it means, and what to do.
_REFUSED: Final = {
    "disabled_key": (
        "An application uses a disabled key",
        "Enable the key, or put the DSN of another one into the application.",
    ),
    "expired_key": (
        "An application uses a key that was rotated",
        "Put the new DSN into the application, or let the old key work for ever.",
    ),
    "project_id": (
        "A DSN has a key of this project and the number of another",
        "Copy the DSN whole from the settings: the number at its end belongs to the key.",
    ),
    "project_mismatch": (
        "An envelope names another DSN than its request",
        "Where events go through a tunnel, it must send to the project of the envelope's DSN.",
    ),
    "cors": (
        "A web site that is not allowed sends events",
        "Add it to the allowed domains, or leave them empty.",
    ),
    "network": (
        "Events come from a network that is not allowed",
        "Add the network. Behind a proxy, set VEDETTE_TRUSTED_PROXIES, or all come from it.",
    ),
    "key_quota": (
        "The limit of events a minute is reached",
        "Raise it, or let the SDK sample.",
    ),
    "key_kinds": ("A key lets in only some kinds", "Add the kind that is missing."),
    "form_limit": ("One sender has sent many forms of feedback", "Nothing, if it is a machine."),
    "too_large": (
        "Events are larger than is taken",
        "Look for large extra data or attachments, or raise VEDETTE_MAX_EVENT_BYTES.",
    ),
    "encoding": (
        "Bodies cannot be unpacked",
        "Something between the SDK and here unpacks or cuts them: look at proxies.",
    ),
    "malformed_envelope": (
        "What arrives is no envelope",
        "Something between the SDK and here changes bodies: look at proxies and tunnels.",
    ),
    "invalid_json": ("Events are no JSON", "Look at what makes them; SDKs do not."),
    "auth": ("Requests come without a key", "Send X-Sentry-Auth, or sentry_key in the address."),
    "timeout": (
        "Bodies do not arrive in time",
        "The connection of the senders is slow, or a proxy holds them back.",
    ),
    "backlog": ("Processing is behind", "See vedette doctor."),
    "disk_full": ("The disk of this installation is full", "Make room; see vedette doctor."),
}
_DISCARDED: Final = {
    "before_send": "before_send in the application returned nothing for them.",
    "event_processor": "An event processor in the application returned nothing for them.",
    "sample_rate": "sample_rate or traces_sample_rate in the application is below 1.",
    "ratelimit_backoff": "The SDK was told to wait, and did.",
    "network_error": "The SDK could not reach this address.",
    "queue_overflow": "More came at once than the SDK keeps.",
    "cache_overflow": "More came while it was offline than the SDK keeps.",
    "ignored_errors": "ignore_errors in the application names them.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyState:
    """What is known of one key. Times are seconds since 1970; 0 is never."""

    label: str
    is_active: bool = True
    works_until: float = 0.0
    accepted_at: float = 0.0
    ahead_seconds: float | None = None
    refused: Mapping[str, float] = field(default_factory=dict)  # by reason, when last

    def works(self, now: float) -> bool:
        """Whether it opens anything."""
        return self.is_active and (not self.works_until or now < self.works_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many items of the last day."""

    kind: str
    outcome: str
    reason: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A likely mistake, and what to do; `tone` is bad, warn or good."""

    tone: str
    title: str
    words: str


def diagnose(keys: Sequence[KeyState], counts: Iterable[Count], *, now: float) -> list[Finding]:
    """The likely mistakes, the worst first; that all is well if there is none."""
    counts = list(counts)
    found = [*_never(keys, now), *_refusals(keys, now), *_clocks(keys), *_of_counts(counts)]
    if found:
        return sorted(found, key=lambda one: ("bad", "warn", "good").index(one.tone))
    if not any(one.accepted_at > now - _DAY for one in keys):
        words = "The last was taken in before that; nothing was refused since."
        return [Finding(tone="warn", title="Nothing arrived in the last 24 hours", words=words)]
    return [Finding(tone="good", title="Events arrive", words="Nothing stands in their way.")]


def _never(keys: Sequence[KeyState], now: float) -> list[Finding]:
    if not any(one.works(now) for one in keys):
        words = "Enable a key, or make one: nothing can report to the project."
        return [Finding(tone="bad", title="No key is active", words=words)]
    if any(one.accepted_at or one.refused for one in keys):
        return []
    return [
        Finding(
            tone="bad",
            title="No request with a key of this project has ever reached this address",
            words="Check that the application has the DSN (printed at its start, not only set in "
            "another shell), that init runs before the error, that it waits before it ends "
            "(flush), and that nothing between blocks it: a firewall, a proxy, an ad blocker "
            "in the browser (use a tunnel). The command below tries the address itself.",
        )
    ]


def _refusals(keys: Sequence[KeyState], now: float) -> list[Finding]:
    latest: dict[str, float] = {}
    for key in keys:
        for reason, at in key.refused.items():
            latest[reason] = max(at, latest.get(reason, 0.0))
    recent = sorted((at, reason) for reason, at in latest.items() if at > now - _DAY)
    return [_refusal(reason) for _, reason in reversed(recent)]


def _refusal(reason: str) -> Finding:
    plain = (f"Requests were refused: {reason}", "See Outcomes for how many.")
    title, words = _REFUSED.get(reason, plain)
    return Finding(tone="bad", title=title, words=words)


def _clocks(keys: Sequence[KeyState]) -> list[Finding]:
    wrong = [
        (key.label, key.ahead_seconds)
        for key in keys
        if key.ahead_seconds is not None and abs(key.ahead_seconds) > _CLOCK_SECONDS
    ]
    return [
        Finding(
            tone="warn",
            title=f"The clock of who uses {label} is {_apart(ahead)}",
            words="Times of its events are moved by that. Let the machine keep its time by NTP; "
            "a phone that was offline sends later what it kept.",
        )
        for label, ahead in wrong
    ]


def _apart(seconds: float) -> str:
    minutes = abs(seconds) / 60
    far = f"{minutes / 60:.1f} hours" if minutes >= 90 else f"{minutes:.0f} minutes"
    return f"{far} {'ahead' if seconds > 0 else 'behind'}"


def _of_counts(counts: Sequence[Count]) -> list[Finding]:
    """What the last day's outcomes say of the application."""
    made = []
    arrived = {one.kind for one in counts if one.outcome in ("accepted", "kept")}
    if arrived and "error" not in arrived:
        kinds = ", ".join(sorted(arrived))
        words = f"There were only {kinds}. An error is sent when it is not caught, or captured."
        made.append(Finding(tone="warn", title="Something arrives, but no errors", words=words))
    total = sum(one.quantity for one in counts if one.kind == "error")
    for outcome, title in (("client_discard", "discarded"), ("filtered", "filtered")):
        lost = [one for one in counts if one.outcome == outcome and one.kind == "error"]
        quantity = sum(one.quantity for one in lost)
        if total and quantity > total * _MOST_SHARE:
            most = max(lost, key=lambda one: one.quantity)
            words = _DISCARDED.get(most.reason, f"Mostly: {most.reason}.")
            made.append(
                Finding(tone="warn", title=f"Most errors were {title} ({quantity:,})", words=words)
            )
    return made
