"""How often one sender may send the plain form of a key: people write seldom, machines do not."""

from __future__ import annotations

from vedette import clock
from vedette.http.proxies import subscriber
from vedette.ingest.errors import RateLimited
from vedette.wire.limits import RateLimit

MOST = 10
WINDOW_SECONDS = 600
REASON = "form_limit"
_MOST_SENDERS = 20_000


class FormLimit:
    """Counts by key and subscriber, from the first form of each; for one thread only."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, str], tuple[float, int]] = {}

    def take(self, public_key: str, address: str) -> None:
        """Count a form. Raises RateLimited where its sender has sent too many."""
        now = clock.timestamp()
        sender = (public_key, subscriber(address))
        begin, count = self._sent.get(sender, (now, 0))
        if not 0 <= now - begin < WINDOW_SECONDS:
            begin, count = now, 0
        if count >= MOST:
            wait = max(1, round(begin + WINDOW_SECONDS - now))
            raise RateLimited([RateLimit(wait, ("feedback",), "key", REASON)])
        self._sent.pop(sender, None)  # so that those who sent last stand last
        self._sent[sender] = (begin, count + 1)
        if len(self._sent) > _MOST_SENDERS:
            del self._sent[next(iter(self._sent))]
