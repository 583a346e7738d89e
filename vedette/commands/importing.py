"""`vedette import SOURCE …`: projects, keys, people, issues and events from elsewhere."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from vedette import django_setup
from vedette.config import Config

if TYPE_CHECKING:
    from vedette.imports import Source
    from vedette.imports._events import EventWriter
    from vedette.imports._taking import Taken

NAME = "import"
HELP = "take over projects, keys, people, issues and events from elsewhere"
_LOOK_SECONDS = 0.2
_MOST_WAIT_SECONDS = 60.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """From where, with what that source needs; and into which organisation."""
    from vedette.imports import sources

    found = parser.add_subparsers(metavar="SOURCE", required=True, dest="source")
    for source in sources().values():
        its = found.add_parser(source.name, help=source.help, description=source.help)
        its.add_argument("--data", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        its.add_argument(
            "--organization", metavar="SLUG", help="into which; default: that of the source"
        )
        source.arguments(its)


def run(config: Config, options: argparse.Namespace) -> int:
    """Take what is there; may be run again after whatever cut it off. Prints what was taken."""
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.claim import Claimed
    from vedette.imports import sources
    from vedette.imports._events import EventWriter
    from vedette.imports._records import ImportFailed
    from vedette.store import access
    from vedette.store.errors import StoreError, StoreUnavailable
    from vedette.store.remote import StoreClient

    access.use(StoreClient(config.store_socket))
    options.progress_folder = config.data / "imports"
    try:
        with EventWriter(config.spool_folder) as events:
            taken = _take(config, sources()[options.source], options, events)
    except StoreUnavailable:
        print("vedette: events need `vedette serve`: start it and import again", file=sys.stderr)
        return 1
    except (ImportFailed, StoreError, Claimed, OSError) as error:
        print(f"vedette: {error}", file=sys.stderr)
        return 1
    _show(taken)
    return 0


def _take(
    config: Config, source: Source, options: argparse.Namespace, events: EventWriter
) -> Taken:
    from vedette.accounts.models import Organization
    from vedette.imports._records import ImportFailed
    from vedette.imports._taking import Taker
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher

    organization = None
    if options.organization:
        organization = Organization.objects.filter(slug=options.organization).first()
        if organization is None:
            raise ImportFailed(f"there is no organisation {options.organization!r}")
    fetcher = Fetcher(read_networks(config.outgoing_networks))
    taken = Taker(organization, events).take(source.read(options, fetcher), source=source.name)
    _wait(events)
    return taken


def _wait(events: EventWriter) -> None:
    """Until the pipeline has taken what was written, as long as it goes on."""
    left, until = events.backlog_bytes, time.monotonic() + _MOST_WAIT_SECONDS
    while left and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
        now = events.backlog_bytes
        if now < left:
            left, until = now, time.monotonic() + _MOST_WAIT_SECONDS
    if left:
        print("the events are on disk; the server has not read all of them yet", file=sys.stderr)


def _show(taken: Taken) -> None:
    for words, counts in (
        ("taken over", taken.made),
        ("there already", taken.known),
        ("left out", taken.lost),
    ):
        for name, count in sorted(counts.items()):
            if count:
                print(f"{words + ':':<15}{count:>10,}  {name}")
