"""DRAWER: one file per background loop: what runs by the clock, beside the pipeline.

A loop is a module with one name, `LOOP`, a `Loop`: its interval, whether only one node may
run it at a time, and what it does with the `House`. It runs in a thread of the worker
process; what it raises is logged, shown on `/-/health`, and tried again at the next turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.kinds import discover

if TYPE_CHECKING:
    from vedette.blobs import BlobFolder
    from vedette.config import Config
    from vedette.pipeline.dead import DeadLetters
    from vedette.pipeline.owner import StoreOwner
    from vedette.store.engine import Store


class HeldBack(Exception):  # noqa: N818 - no failure: the turn waits for what the text says
    """Raised by a turn that may not be taken now; the text is shown on `/-/health`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What loops work with: the parts of the worker process."""

    config: Config
    store: Store
    owner: StoreOwner
    blobs: BlobFolder
    dead: DeadLetters

    @property
    def spool_folder(self) -> Path:
        """The spool's folder."""
        return self.config.spool_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """The contract of a loop.

    - `name`: how it is called on `/-/health`, and the name of its lease;
    - `interval_seconds`: from the end of one turn to the start of the next;
    - `needs_lease`: on several nodes only one runs it at a time;
    - `run`: one turn. It ends soon when there is nothing to do.
    """

    name: str
    interval_seconds: float
    run: Callable[[House], None]
    needs_lease: bool = False


def loops() -> list[Loop]:
    """Every loop."""
    return [module.LOOP for module in discover(__name__)]
