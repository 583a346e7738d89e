"""Links of an issue that became part of another follow it; runs in that transaction."""

from __future__ import annotations

from typing import Any

from vedette.issues.models import Issue
from vedette.trackers.models import TrackerLink


def follow(sender: object, kept: Issue, gone: Issue, **_: Any) -> None:
    """Let the links of `gone` be of `kept`; the same issue there stays linked once.

    Of two that rules wished for the one of `kept` counts as theirs, the other as a person's.
    """
    theirs = TrackerLink.objects.filter(issue=kept)
    for link in TrackerLink.objects.filter(issue=gone).order_by("pk"):
        same = theirs.filter(tracker=link.tracker_id)
        if link.key and same.filter(key=link.key).exists():
            link.delete()
            continue
        link.is_automatic &= not same.filter(is_automatic=True).exists()
        link.issue = kept
        link.save(update_fields=["issue", "is_automatic"])
