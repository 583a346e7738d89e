"""What somebody wrote goes into the inbox."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.facts import Fact
from vedette.feedback.recording import record
from vedette.items._feedback import FeedbackSeen
from vedette.reactions import Reaction


def react(facts: Sequence[FeedbackSeen]) -> Sequence[Fact]:
    """Rows of the inbox; nothing follows."""
    record(facts)
    return ()


REACTION = Reaction(order=48, facts=(FeedbackSeen,), react=react)
