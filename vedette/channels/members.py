"""The members themselves, by mail: each as they chose, with their quiet hours and digests."""

from __future__ import annotations

from collections.abc import Mapping

from vedette.channels import ChannelKind, TakenOver
from vedette.connections import Field

_WHO = ("all", "owner", "assigned")


def check(settings: Mapping[str, str]) -> Mapping[str, str]:
    """One of the words."""
    if settings.get("who", "all") not in _WHO:
        return {"who": f"one of {', '.join(_WHO)}"}
    return {}


CHANNEL = ChannelKind(
    name="members",
    label="Members by e-mail",
    help="everybody who sees the project, or the rule's owner, or whom the issue is assigned to",
    fields=(
        Field(
            name="who", label="Who", help="all, owner or assigned", is_needed=False, default="all"
        ),
    ),
    deliver=TakenOver.MAIL_TO_MEMBERS,
    check=check,
)
