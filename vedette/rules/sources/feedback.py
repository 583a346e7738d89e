"""Feedback: what people write."""

from __future__ import annotations

from vedette.rules.sources import Source

SOURCE = Source(
    name="feedback",
    help="what people write, in widgets, dialogs and forms",
    noun=("piece of feedback", "pieces of feedback"),
    table="feedback",
    measures=("count", "rate", "spike"),
)
