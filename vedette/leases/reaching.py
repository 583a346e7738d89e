"""How far all nodes have come: what one has received and not digested is unknown to the others."""

from __future__ import annotations

from typing import Final

from django.db.models import Min

from vedette import clock
from vedette.leases.models import Reach
from vedette.leases.taking import holder

_FRESH_SECONDS: Final = 60.0  # a node that says nothing for longer is gone
_KEPT_SECONDS: Final = 86_400.0


def note(until: float) -> None:
    """Everything that this node received before this has been digested."""
    now = clock.timestamp()
    Reach.objects.update_or_create(holder=holder(), defaults={"until": until, "noted_at": now})
    Reach.objects.filter(noted_at__lt=now - _KEPT_SECONDS).delete()


def by_all(own: float) -> float:
    """What `own` is for this node, for all that have noted theirs lately."""
    now = clock.timestamp()
    fresh = Reach.objects.filter(
        noted_at__gt=now - _FRESH_SECONDS, noted_at__lt=now + _FRESH_SECONDS
    )
    least = fresh.exclude(holder=holder()).aggregate(least=Min("until"))["least"]
    return own if least is None else min(own, least)
