"""A running Sentry, over its web API: of projects everything but what only its files have."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from vedette.imports import Source
from vedette.imports._client import api_arguments
from vedette.imports._records import Record
from vedette.imports._sentry_api import Dialect, read_all
from vedette.outgoing.fetcher import Fetcher

_DIALECT = Dialect(
    name="sentry",
    events="/api/0/organizations/{organization}/issues/{issue}/events/",
    events_query={"full": "true", "statsPeriod": "90d"},
    issues_query={"statsPeriod": "90d", "limit": "100"},
)


def _arguments(parser: argparse.ArgumentParser) -> None:
    api_arguments(parser, url="https://sentry.io")
    parser.add_argument("--org", required=True, metavar="SLUG")


def _read(options: argparse.Namespace, fetcher: Fetcher) -> Iterator[Record]:
    return read_all(options, fetcher, _DIALECT)


SOURCE = Source(
    name="sentry-api",
    help="a running Sentry: projects, keys, people, issues of 90 days and their events",
    arguments=_arguments,
    read=_read,
)
