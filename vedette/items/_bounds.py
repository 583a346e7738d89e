"""How much one payload may hold: objects of Python take a hundred times the bytes of small ones."""

from __future__ import annotations

import re
from typing import Final

# A container of 12 MB or an export of 20 MB by a real SDK has less; as objects they take 200 MB.
MOST_VALUES: Final = 1_500_000


def holds_too_much(payload: bytes) -> bool:
    """Whether a JSON text has more values than are read; free for ordinary ones.

    What stands within strings, such as the commas of a statement, is no value.
    """
    if len(payload) < MOST_VALUES or _count(payload) <= MOST_VALUES:
        return False
    return _count(_STRING.sub(b"", payload)) > MOST_VALUES


def _count(text: bytes) -> int:
    return sum(map(text.count, (b"{", b"[", b",")))


_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
