"""How often the garbage collector looks for cycles: what is loaded for good is left out of it."""

from __future__ import annotations

import gc

from vedette.allocation import give_back


def spare_what_is_loaded(young: int, middle: int, old: int) -> None:
    """Leave out all that is held now, look at the rest after so many allocations.

    What starting needed and has let go is returned to the system.

    `young`, `middle` and `old` are those of `gc.set_threshold`. To be called when a process is
    ready: looking at everything that is imported, again and again, is the larger part of what
    a collection costs.
    """
    gc.collect()
    give_back()
    gc.freeze()
    gc.set_threshold(young, middle, old)
