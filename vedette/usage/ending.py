"""What time alone changes of usage: bursts end, and sums that nobody asks for any more go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from vedette.usage.models import Spike, Usage

QUIET: Final = timedelta(minutes=5)  # nothing was cut for so long: it is over
_KEPT: Final[Mapping[str, timedelta]] = {
    "minute": timedelta(hours=1),
    "hour": timedelta(days=36),
    "day": timedelta(days=400),
    "month": timedelta(days=1100),
}
_KEPT_SPIKES: Final = timedelta(days=365)


def end_spikes(now: datetime) -> int:
    """End the bursts of which nothing was cut for a while; how many."""
    return Spike.objects.filter(ended_at=None, last_at__lt=now - QUIET).update(ended_at=now)


def forget(now: datetime) -> None:
    """Delete what is older than anything that is shown or learned from."""
    for span, age in _KEPT.items():
        Usage.objects.filter(span=span, begins__lt=int((now - age).timestamp())).delete()
    Spike.objects.filter(ended_at__lt=now - _KEPT_SPIKES).delete()
