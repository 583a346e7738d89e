"""`vedette verify [BACKUP]`: look whether a backup is whole and can be restored."""

from __future__ import annotations

import argparse
import sys

from vedette import clock
from vedette.config import Config

NAME = "verify"
HELP = "look whether a backup is whole and can be restored"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which one, and where it is."""
    parser.add_argument("backup", nargs="?", help="its name, as `vedette backup list` tells it")
    parser.add_argument("--to", metavar="PLACE", help="where backups are kept (as is set)")


def run(config: Config, options: argparse.Namespace) -> int:
    """Look at every piece, the metadata and every file of the store; 1 if something is wrong."""
    from vedette.backups import noting, shelf
    from vedette.backups.errors import BackupError
    from vedette.backups.modesty import be_modest
    from vedette.backups.places import open_repository
    from vedette.backups.verifying import verify
    from vedette.commands.backup import chosen_place

    try:
        place = options.to or chosen_place(config)
        be_modest()
        repository = open_repository(config, place)
        with repository.owned():
            name = options.backup or shelf.newest(repository)
            verdict = verify(repository, shelf.load(repository, name))
    except BackupError as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 1
    if config.data.is_dir():
        noting.note_verified(config.data, place, name, clock.timestamp(), verdict.problems)
    for problem in verdict.problems:
        print(f"!!  {problem}")
    rows, entries = sum(verdict.store.values()), sum(verdict.database.values())
    print(
        f"{'!!' if verdict.problems else 'ok'}  {name}: {verdict.pieces:,} pieces, {rows:,} rows "
        f"of the store, {entries:,} of the metadata"
    )
    return 1 if verdict.problems else 0
