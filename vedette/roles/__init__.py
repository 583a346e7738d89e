"""DRAWER: one file per role a process can play: `ROLE` and `run(config, index)`.

A role's file is imported by every command: it imports what it plays with inside `run`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vedette.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """How `vedette serve` treats a role.

    `order` is that of the start; the stop is in reverse. `instances` says how many processes
    play it; each is run with its own index, from 0. `load` imports what the role works with
    and builds its tables: all processes are forked from one that has. It starts no thread,
    opens nothing, and leaves out what does not survive a fork. `is_wanted` is asked all the
    time, so it is cheap: where it says no, the role's processes are ended and not started.
    """

    order: int
    instances: Callable[[Config], int] = lambda config: 1
    supervised: bool = True
    load: Callable[[Config], None] = lambda config: None
    is_wanted: Callable[[Config], bool] = lambda config: True
