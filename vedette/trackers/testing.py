"""Tries a tracker: who its token is, and whether it sees the place; what works is mended."""

from __future__ import annotations

from vedette import clock
from vedette.alerts.deliveries import without
from vedette.connections.secrets import secrets_of
from vedette.outgoing.fetcher import Fetcher
from vedette.trackers.errors import AccessRefused, TrackerError
from vedette.trackers.hosts import hosts
from vedette.trackers.models import Tracker
from vedette.trackers.working import session_of


def probe(tracker: Tracker, fetcher: Fetcher) -> str:
    """What the tracker says, in words. Raises TrackerError, with its secrets struck out."""
    try:
        said = hosts()[tracker.kind].probe(session_of(tracker, fetcher))
    except TrackerError as error:
        words = without(list(secrets_of(tracker).values()), str(error))[:400]
        if isinstance(error, AccessRefused):
            rows = Tracker.objects.filter(pk=tracker.pk)
            rows.update(broken_at=clock.now(), broken_why=words)
        raise type(error)(words, status=error.status) from None
    Tracker.objects.filter(pk=tracker.pk).update(
        broken_at=None, broken_why="", paused_until=None, worked_at=clock.now()
    )
    return said
