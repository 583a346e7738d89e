"""Sessions and how they ended. They are told bit by bit, so they are asked, not counted."""

from __future__ import annotations

from vedette.rules.sources import Source

SOURCE = Source(
    name="session",
    help="sessions, and how many of them crash",
    noun=("session", "sessions"),
    table="sessions",
    measures=("crash_free",),
    is_asked=True,
)
