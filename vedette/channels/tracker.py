"""An issue in a tracker for each alert, opened once."""

from __future__ import annotations

from vedette.channels import ChannelKind, TakenOver
from vedette.connections import Field

CHANNEL = ChannelKind(
    name="tracker",
    label="Issue in a tracker",
    help="Opens an issue for each alert, once, and keeps both in step.",
    fields=(
        Field(
            name="tracker",
            label="Tracker",
            help="One of those under Issue trackers.",
            names="trackers",
        ),
        Field(
            name="place",
            label="Repository or project",
            help="If another than the tracker's.",
            is_needed=False,
        ),
        Field(name="issue_type", label="Type", help="Of Jira.", is_needed=False),
        Field(name="labels", label="Labels", help="Separated by commas.", is_needed=False),
    ),
    deliver=TakenOver.ISSUES_IN_A_TRACKER,
)
