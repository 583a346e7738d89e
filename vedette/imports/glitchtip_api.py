"""A running GlitchTip, whose API is Sentry's."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from vedette.imports import Source
from vedette.imports._client import api_arguments
from vedette.imports._records import Record
from vedette.imports._sentry_api import Dialect, read_all
from vedette.outgoing.fetcher import Fetcher

_DIALECT = Dialect(
    name="glitchtip",
    events="/api/0/issues/{issue}/events/",
    events_query={},
    issues_query={"limit": "100"},
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    api_arguments(parser, url="https://app.glitchtip.com")
    parser.add_argument("--org", required=True, metavar="SLUG")


def _read(options: argparse.Namespace, fetcher: Fetcher) -> Iterator[Record]:
    return read_all(options, fetcher, _DIALECT)


SOURCE = Source(
    name="glitchtip-api",
    help="a running GlitchTip: projects, keys, people, issues and their events",
    arguments=_arguments,
    read=_read,
)
