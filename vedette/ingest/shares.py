"""Who may hold how much of the door at one time: shares of memory and disk by key and address.

Strangers, whose key is not known yet, share an eighth; nobody takes more than his share, so
neither a flood without keys nor one loud project keeps the others out.
"""

from __future__ import annotations

from collections import Counter

from vedette.ingest.errors import Busy

_STRANGERS = 8
_STRANGER = 64
_KEY = 2


class Shares:
    """A budget of bytes; counts the highest that was held."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._by_owner: Counter[str] = Counter()
        self._strangers_bytes = 0
        self.held_bytes = 0
        self.peak_bytes = 0

    def take(self, owner: str, size: int, *, is_stranger: bool = False) -> None:
        """Count bytes in; raises Busy where the budget or the owner's share is used up."""
        most = self._most_bytes // (_STRANGER if is_stranger else _KEY)
        held = self._by_owner[owner] + size
        is_full = self.held_bytes + size > self._most_bytes or (
            is_stranger and self._strangers_bytes + size > self._most_bytes // _STRANGERS
        )
        if is_full or (held > most and held > size):  # one request alone is within its share
            raise Busy("too much is being received; send again in a moment", reason="inflight")
        self._by_owner[owner] = held
        self.held_bytes += size
        self.peak_bytes = max(self.peak_bytes, self.held_bytes)
        if is_stranger:
            self._strangers_bytes += size

    def give_back(self, owner: str, size: int, *, is_stranger: bool = False) -> None:
        """Count bytes out."""
        self._by_owner[owner] -= size
        if self._by_owner[owner] <= 0:
            del self._by_owner[owner]
        self.held_bytes -= size
        if is_stranger:
            self._strangers_bytes -= size


class Holding:
    """What one request holds of memory and disk; `close` gives all of it back."""

    def __init__(self, memory: Shares, disk: Shares, owner: str, *, is_stranger: bool) -> None:
        self._memory = memory
        self._disk = disk
        self._owner = owner
        self._is_stranger = is_stranger
        self._in_memory = 0
        self._on_disk = 0

    def become(self, owner: str) -> None:
        """The stranger has shown a key: what is held counts on the key's account from now on."""
        in_memory, on_disk = self._in_memory, self._on_disk
        self.close()
        self._owner, self._is_stranger = owner, False
        self.hold(in_memory, on_disk)

    def hold(self, in_memory: int, on_disk: int) -> None:
        """Hold so much from now on. Raises Busy."""
        self._in_memory += self._change(self._memory, in_memory - self._in_memory)
        self._on_disk += self._change(self._disk, on_disk - self._on_disk)

    def close(self) -> None:
        """Hold nothing any more."""
        self.hold(0, 0)

    def _change(self, shares: Shares, size: int) -> int:
        if size > 0:
            shares.take(self._owner, size, is_stranger=self._is_stranger)
        elif size < 0:
            shares.give_back(self._owner, -size, is_stranger=self._is_stranger)
        return size
