"""`vedette restore [BACKUP] --data FOLDER`: put a backup into a folder."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from vedette import invocation
from vedette.config import Config

NAME = "restore"
HELP = "put a backup into a folder, also into that of a running product"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which one, from where, and whether something may be replaced."""
    parser.add_argument("backup", nargs="?", help="its name; the newest if there is none")
    parser.add_argument(
        "--from", dest="place", metavar="PLACE", required=True, help="folder, s3://…"
    )
    parser.add_argument(
        "--at", metavar="TIME", help="the last one from before, as 2026-03-01T12:00 (UTC)"
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="in the place of what is in the folder, which is kept",
    )


def run(config: Config, options: argparse.Namespace) -> int:
    """Restore; 1 if that cannot be done, and then nothing was changed."""
    from vedette.backups import shelf
    from vedette.backups.errors import BackupError
    from vedette.backups.places import open_repository
    from vedette.backups.restoring import restore
    from vedette.backups.stillness import is_claimed

    try:
        at = _moment(options.at) if options.at else None
        repository = open_repository(config, options.place)
        name = options.backup or shelf.newest(repository, at=at)
        backup = shelf.load(repository, name)
        is_running = is_claimed(config.run_folder)
        before = restore(config, repository, backup, replace=options.replace)
    except BackupError as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 1
    print(f"{config.data} is as it was at {datetime.fromtimestamp(backup.moment, UTC):%F %T} UTC.")
    if before:
        print(f"What was there before is kept in {before}; delete it when you do not need it.")
    if is_running:
        print("The running Vedette starts again with it.")
    else:
        print(f"Start it with: {invocation.line(config, 'serve')}")
    return 0


def _moment(text: str) -> float:
    """Seconds since 1970 of what people write; without a zone it is UTC. Raises BackupError."""
    from vedette.backups.errors import BackupError

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BackupError(f"{text!r} is no time: write it as 2026-03-01T12:00") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
