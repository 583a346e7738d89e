"""One node at a time notes positions under the name of a spool.

Two have the same where a data folder was copied: each would take the other's positions for its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.db import connection

from vedette.leases.taking import give_back, take
from vedette.spool.identity import identity_of

RENEWED_SECONDS: Final = 10.0
_SECONDS: Final = 3 * RENEWED_SECONDS


class SpoolHeldElsewhere(RuntimeError):  # noqa: N818 - says where, as `Claimed` does
    """Another node works under this spool's name."""


def hold(spool_folder: Path) -> None:
    """Take or keep the name for this process. Raises SpoolHeldElsewhere.

    Nothing to do where the database lies in the folder, and is copied with it.
    """
    identity = identity_of(spool_folder)
    if connection.vendor == "sqlite" or not identity:
        return
    if not take(_lease(identity), seconds=_SECONDS):
        raise SpoolHeldElsewhere(
            f"another node works under the name of this spool, {identity}: its data folder and "
            "this one are copies of each other. Stop the other one, or, where both are to run, "
            f"delete {spool_folder / 'identity'} in one of them while it is stopped. After a crash "
            f"on another machine it is free within {_SECONDS:.0f} s"
        )


def leave(spool_folder: Path) -> None:
    """Let another one have it at once."""
    identity = identity_of(spool_folder)
    if connection.vendor != "sqlite" and identity:
        give_back(_lease(identity))


def _lease(identity: str) -> str:
    return f"spool {identity}"
