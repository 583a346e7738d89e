"""Why something was not stored: a closed list, counted and shown on the outcomes page."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Outcome(Enum):
    """What became of an item."""

    ACCEPTED = "accepted"
    KEPT = "kept"
    FILTERED = "filtered"
    RATE_LIMITED = "rate_limited"
    INVALID = "invalid"
    DUPLICATE = "duplicate"
    DROPPED = "dropped"
    CLIENT_DISCARD = "client_discard"


TAKEN = frozenset((Outcome.ACCEPTED.value, Outcome.KEPT.value))  # what is there afterwards


class DropReason(Enum):
    """Why the pipeline dropped an item, and the outcome it counts as."""

    INVALID_JSON = ("invalid", "invalid_json")
    INVALID_ITEM = ("invalid", "invalid_item")
    TOO_LARGE = ("invalid", "too_large")
    TOO_COSTLY = ("invalid", "too_costly")
    NO_RELEASE = ("invalid", "session_without_release")
    DUPLICATE = ("duplicate", "same_event_id")
    REFUSED = ("rate_limited", "quota")
    MALFORMED = ("invalid", "malformed_envelope")
    POISON = ("dropped", "processing_failed")
    FILTERED = ("filtered", "filter")
    SPIKE = ("rate_limited", "spike_protection")
    STORM = ("filtered", "issue_storm")
    SAMPLED = ("filtered", "sampling")
    PROJECT_GONE = ("dropped", "project_deleted")

    @property
    def outcome(self) -> str:
        """The outcome's name."""
        return self.value[0]

    @property
    def reason(self) -> str:
        """The reason's name."""
        return self.value[1]


class Drop(NamedTuple):
    """A step's verdict: the item ends here. `detail` refines the reason where it is known."""

    reason: DropReason
    detail: str = ""
