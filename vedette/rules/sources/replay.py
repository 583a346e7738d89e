"""Session replays: the segments in which something happens, such as clicks in rage."""

from __future__ import annotations

from vedette.rules.sources import Source

SOURCE = Source(
    name="replay",
    help="segments of some seconds: rage and dead clicks, hydration errors, failed requests",
    noun=("segment of a replay", "segments of replays"),
    table="replays",
    measures=("count", "rate", "spike"),
)
