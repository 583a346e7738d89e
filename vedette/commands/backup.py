"""`vedette backup [list] [--to PLACE]`: back up beside the running product, or list backups."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from vedette import django_setup
from vedette.config import Config

NAME = "backup"
HELP = "take a backup beside the running product, or list those there are"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, where, and which backups to keep."""
    parser.add_argument(
        "action", nargs="?", choices=("take", "list"), default="take", help="take (or list)"
    )
    parser.add_argument(
        "--to", metavar="PLACE", help="folder or s3://BUCKET/PREFIX?endpoint=… (as is set)"
    )
    for name, text in (
        ("last", "the last backups"),
        ("days", "the last backup of each of so many days"),
        ("weeks", "the last backup of each of so many weeks"),
    ):
        parser.add_argument(
            f"--keep-{name}", type=int, default=0, metavar="N", help=f"keep {text}, remove others"
        )


def run(config: Config, options: argparse.Namespace) -> int:
    """Take one, or list them; 1 if that fails."""
    from vedette.backups.errors import BackupError

    try:
        place = options.to or chosen_place(config)
        return _list(config, place) if options.action == "list" else _take(config, place, options)
    except BackupError as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 1


def chosen_place(config: Config) -> str:
    """Where the installation keeps its backups. Raises BackupError if it has chosen none."""
    from vedette.backups.errors import BackupError

    django_setup.setup(config)
    from vedette.control.choosing import resolved_at
    from vedette.control.places import Place
    from vedette.options import groups

    place = str(resolved_at(Place(), groups()["backups"], config)["place"].value)
    if not place:
        raise BackupError("say where with --to, or set it under Settings → Backups")
    return place


def _take(config: Config, place: str, options: argparse.Namespace) -> int:
    from vedette.backups import noting, shelf
    from vedette.backups.modesty import be_modest
    from vedette.backups.places import folder_of, open_repository
    from vedette.backups.taking import take

    be_modest()
    repository = open_repository(config, place)
    backup = take(config, repository, without=folder_of(place))
    noting.add(
        config.data,
        noting.Taken(
            name=backup.name,
            place=place,
            moment=backup.moment,
            seconds=backup.seconds,
            size_bytes=backup.size_bytes,
            written_bytes=backup.written_bytes,
        ),
    )
    keeping = shelf.Keeping(
        last=options.keep_last, days=options.keep_days, weeks=options.keep_weeks
    )
    with repository.owned():
        gone = shelf.prune(repository, keeping)
        noting.keep_only(config.data, place, set(shelf.names(repository)))
    print(
        f"Backup {backup.name}: {_size(backup.size_bytes)} in {len(backup.files)} files, "
        f"{_size(backup.written_bytes)} of it new, in {backup.seconds:.1f} s"
        + (f"; {len(gone)} older ones removed." if gone else ".")
    )
    return 0


def _list(config: Config, place: str) -> int:
    from vedette.backups import shelf
    from vedette.backups.errors import Damaged
    from vedette.backups.places import open_repository

    repository = open_repository(config, place)
    found = shelf.names(repository)
    for name in found:
        try:
            backup = shelf.load(repository, name)
        except Damaged as error:
            print(f"{name}  {error}")
            continue
        moment = datetime.fromtimestamp(backup.moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        print(
            f"{name}  {moment}  {_size(backup.size_bytes):>9}  "
            f"{_size(backup.written_bytes):>9} new  {sum(backup.store.values()):,} rows"
        )
    if not found:
        print("There is no backup yet.")
    return 0


def _size(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
