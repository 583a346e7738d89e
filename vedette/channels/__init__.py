"""DRAWER: one file per way to reach people.

A channel is a module with one name, `CHANNEL`, a `ChannelKind`:

- `name`, `label`, `help`: how files, pages and people call it, and what it needs in one line;
- `fields`: what has to be filled in, in order (`vedette.connections`);
- `check`: what is wrong with settings, in words, before they are saved;
- `deliver`: hands one message over, or raises one of the errors below. It makes requests through
  the fetcher it is given, and sends mail through `vedette.outgoing.mail`. Where only the product
  knows whom a message concerns, it takes it over itself: `deliver` is then a `TakenOver`;
- `updates`: a later message of a group changes the one that `reference` names instead of being
  a new one;
- `tells_each`: a machine listens that knows alerts one by one: ends name every alert, in several
  messages if need be;
- `is_deduplicated`: the other side knows a message that comes twice by its `thread`.

Of several recipients, `send_to_each` (`_each.py`) and a parcel's `reached` keep a second try from
whoever has it.

Pure but for the delivery: no database. The contract test delivers a message of each kind to a
sink on loopback and holds it against the channel's published limits (`limits`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from vedette.connections import Field
from vedette.kinds import discover

if TYPE_CHECKING:
    from vedette.channels._content import Content
    from vedette.outgoing.fetcher import Fetcher


class DeliveryError(Exception):
    """The message was not taken; it is tried again later."""

    reached: Sequence[str] = ()  # of several recipients those who have it now

    def __init__(self, words: str, *, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.status = status
        self.retry_after = retry_after


class ChannelBroken(DeliveryError):  # noqa: N818 - what it is, in the word people use
    """The other side will never take it so: the address or the secret is wrong."""


class MessageRefused(DeliveryError):  # noqa: N818 - what it is, in the word people use
    """The other side will never take this message; it may well take the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message on its way.

    `identity` is the same for every try; `reference` is what the channel called the group's first
    message, empty if it has none; `links` are signed addresses by action (acknowledge, resolve,
    silence) that ask before they act. `reached` are recipients who have it from an earlier try.
    """

    content: Content
    identity: str
    reference: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    reached: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the other side answered. `reference` names the message there, if it can be changed."""

    status: int = 200
    answer: str = ""
    reference: str = ""


class TakenOver(Enum):
    """What becomes of messages that no service is handed: the product takes them over."""

    MAIL_TO_MEMBERS = auto()
    ISSUES_IN_A_TRACKER = auto()


# Takes settings and secrets together, by the names of the fields.
Deliver: TypeAlias = "Callable[[Mapping[str, str], Parcel, Fetcher], Receipt]"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelKind:
    """The contract of a channel; see the module's docstring."""

    name: str
    label: str
    help: str
    fields: tuple[Field, ...]
    deliver: Deliver | TakenOver
    check: Callable[[Mapping[str, str]], Mapping[str, str]] = lambda settings: {}
    updates: bool = False
    is_deduplicated: bool = False
    tells_each: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)


@cache
def channels() -> dict[str, ChannelKind]:
    """Every kind of channel by its name."""
    return {module.CHANNEL.name: module.CHANNEL for module in discover(__name__)}


def deliver_by(name: str) -> Deliver:
    """How a kind hands a message over, for one that goes through no channel. Raises KeyError."""
    deliver = channels()[name].deliver
    assert not isinstance(deliver, TakenOver), f"{name} hands nothing to a service"
    return deliver
