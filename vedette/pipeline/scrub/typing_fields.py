"""Where a recorded page has fields for typing, by their tags alone.

Called by `scrubber` and `field_walk` for payloads that hold pages. The tags are looked for by an
engine of their own: it takes a fifth of what looking for one after the other does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from vedette.pipeline.scrub.engine import BACK, Engine, engine_of
from vedette.pipeline.scrub.fields import TYPED

_TAGS = f'"(?:{"|".join(sorted(tag.decode() for tag in TYPED))})"'
_ATTRIBUTES_NEXT = re.compile(rb'\s*+,\s*+"attributes"\s*+:\s*+\{')


def may_ask(payload: bytes) -> bool:
    """Whether there may be such fields. Costs a search."""
    return bool(_engine().positions(payload))


def asked(mask: bytes) -> Iterator[int]:
    """The places where their attributes begin, ascending."""
    for position in _engine().positions(mask):
        found = _ATTRIBUTES_NEXT.match(mask, position + BACK)
        if found is not None:
            yield found.end()


@cache
def _engine() -> Engine:
    return engine_of((_TAGS,))
