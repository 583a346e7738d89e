"""How channels are configured."""

from __future__ import annotations

from vedette.alerts.models import Channel
from vedette.channels import channels
from vedette.connections.family import Family, Option, is_on

CHANNELS = Family(
    name="channels",
    noun="channel",
    model=Channel,
    kinds=channels,
    options=(
        Option(
            name="fallback",
            column="fallback",
            label="If it does not answer",
            kind="select",
            default="",
            help="Critical alerts go there after the second try that fails.",
            names="channels",
        ),
        Option(
            name="most_messages",
            column="most_messages",
            label="Messages in ten minutes, at most",
            kind="number",
            default=20,
            help="What is more comes together as one. 0 for no limit.",
            most=10_000,
        ),
        is_on("channel"),
    ),
)
