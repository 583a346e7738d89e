"""Less memory for what is cached, where nobody asks."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from vedette.store.gate import Gate
from vedette.store.instance import Instance
from vedette.store.writing import MEMORY_BYTES

_SHED_SECONDS = 10.0


class Sparing:
    """For one thread at a time, as `Writing`."""

    def __init__(self, instance: Instance, gate: Gate) -> None:
        self._instance = instance
        self._gate = gate
        self._next_shedding = 0.0

    def shed(self) -> None:
        """What was just written stays cached otherwise, up to the limit, though nobody asks."""
        now = time.monotonic()
        if now < self._next_shedding:
            return  # what is given back has to be had again: not after every flush
        with self._gate.shut() as is_quiet:
            if is_quiet:
                self._instance.shed()
                self._next_shedding = now + _SHED_SECONDS

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """What is cached and what writing takes do not add up, unless somebody asks."""
        with self._gate.shut() as is_quiet:
            if is_quiet:
                self._instance.take_less(MEMORY_BYTES)
        try:
            yield
        finally:
            self._instance.take_all()
