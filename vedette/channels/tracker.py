"""An issue in a tracker for each alert, opened once."""

from __future__ import annotations

from collections.abc import Mapping

from vedette.channels import ChannelField, ChannelKind, Parcel, Receipt
from vedette.outgoing.fetcher import Fetcher


def deliver(settings: Mapping[str, str], parcel: Parcel, fetcher: Fetcher) -> Receipt:
    """Never called: the product takes it over (`vedette.trackers.opening`)."""
    raise NotImplementedError


CHANNEL = ChannelKind(
    name="tracker",
    label="Issue in a tracker",
    help="Opens an issue for each alert, once, and keeps both in step.",
    fields=(
        ChannelField(
            name="tracker",
            label="Tracker",
            help="One of those under Issue trackers.",
            names="trackers",
        ),
        ChannelField(
            name="place",
            label="Repository or project",
            help="If another than the tracker's.",
            is_needed=False,
        ),
        ChannelField(name="issue_type", label="Type", help="Of Jira.", is_needed=False),
        ChannelField(name="labels", label="Labels", help="Separated by commas.", is_needed=False),
    ),
    deliver=deliver,
    opens_issues=True,
)
