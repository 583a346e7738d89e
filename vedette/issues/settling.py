"""A spool gets a name of its own where what is noted under its present one cannot be its alone.

So does one of before spools had names, one whose name is lost or damaged, and one that comes back
from the past: a snapshot of the folder, while the database went on. Under the old name others would
go on noting positions that it takes for its own, and what it accepts would be taken for digested.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from vedette.detecting.models import LookedAt
from vedette.issues.models import SpoolPosition
from vedette.issues.positions import Positions, named
from vedette.spool import backlog, segment
from vedette.spool.identity import identity_of, new_name, rename

log = logging.getLogger("vedette.worker")


def settle(spool_folder: Path, held: Callable[[str], int]) -> None:
    """Give it a new name if it needs one; before anything works with its positions.

    `held` says up to which position the store has a writer's records. From there a writer begins
    again whose note is missing or says more than it ever wrote: nothing is lost, and what was in
    flight may count twice. The notes are there before the name is.
    """
    identity, noted = identity_of(spool_folder), Positions(spool_folder).all()
    ends = {folder.name: segment.end_position(folder) for folder in backlog.writers(spool_folder)}
    if not ends or (identity and all(noted.get(name, 0) <= end for name, end in ends.items())):
        return
    name = new_name()
    reached = {
        writer: noted[writer] if noted.get(writer, end + 1) <= end else min(held(writer), end)
        for writer, end in ends.items()
    }
    with transaction.atomic():
        for writer, position in reached.items():
            SpoolPosition.objects.create(writer=named(writer, name), position=position)
            _keep_looked_at(named(writer, identity), named(writer, name), position)
    rename(spool_folder, name)
    log.warning("the spool is called %s from here on; it was %s", name, identity or "nameless")


def _keep_looked_at(former: str, name: str, most: int) -> None:
    for looked in LookedAt.objects.filter(writer=former):
        LookedAt.objects.create(writer=name, position=min(looked.position, most))
