"""What comes with each key, on its way through the spool to the page of a project's keys."""

from __future__ import annotations

from vedette import clock
from vedette.ingest.keys import Key
from vedette.spool.meta import Meta, Use
from vedette.wire.scalars import parse_timestamp

_MOST_CHARACTERS = 100
_MOST_AHEAD = 10.0 * 366 * 86_400
_MOST_REASONS = 40


class Uses:
    """Noted in memory until they are taken; for the event loop's thread only.

    A note is a look into a dictionary: it is made for every request.
    """

    def __init__(self) -> None:
        self._uses: dict[str, Use] = {}
        self._sent: dict[str, tuple[str, float]] = {}

    def accepted(self, public_key: str, key: Key, meta: Meta, sent_at: str | None) -> None:
        """A request was taken in. What a relay has held says nothing of its sender's clock."""
        use = self._uses.get(public_key) or self._use(public_key, key)
        use.accepted += 1
        use.accepted_at = meta.received
        if meta.client:
            use.client = meta.client
        if sent_at and not meta.held_seconds:
            self._sent[public_key] = (sent_at, meta.received)

    def refused(self, public_key: str, key: Key, reason: str) -> None:
        """A request of a key that is known was turned away."""
        use = self._use(public_key, key)
        if reason in use.refused or len(use.refused) < _MOST_REASONS:
            use.refused[reason] = use.refused.get(reason, 0) + 1
        use.refused_at = clock.timestamp()

    def take(self) -> list[Use]:
        """All notes; there are none afterwards."""
        taken, self._uses = self._uses, {}
        sent, self._sent = self._sent, {}
        for use in taken.values():
            use.client = use.client[:_MOST_CHARACTERS]
            if use.public_key in sent:
                use.ahead_seconds = _ahead(*sent[use.public_key])
        return list(taken.values())

    def _use(self, public_key: str, key: Key) -> Use:
        use = self._uses.get(public_key)
        if use is None:
            use = self._uses[public_key] = Use(key.project_id, public_key, refused={})
        return use


def _ahead(sent_at: str, received: float) -> float | None:
    """How far the client's clock is before ours; the way here counts as its being behind."""
    sent = parse_timestamp(sent_at)
    if sent is None or abs(sent - received) > _MOST_AHEAD:
        return None
    return round(sent - received, 1)
