"""How much one payload may hold: objects of Python take a hundred times the bytes of small ones."""

from __future__ import annotations

from typing import Final

# A container of 12 MB or an export of 20 MB by a real SDK has less; as objects they take 200 MB.
MOST_VALUES: Final = 1_500_000


def holds_too_much(payload: bytes) -> bool:
    """Whether a JSON text has more values than are read; cheap, and free for ordinary ones."""
    if len(payload) < MOST_VALUES:
        return False
    return sum(map(payload.count, (b"{", b"[", b","))) > MOST_VALUES
