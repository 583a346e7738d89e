"""`vedette export`: what files can say as YAML; with `--to` telemetry and issues, as data."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vedette import address, django_setup
from vedette.config import Config

if TYPE_CHECKING:
    from vedette.accounts.models import Organization
    from vedette.exporting.asking import Asked

NAME = "export"
HELP = "print rules, channels, routes and dashboards as a file, or export everything that is kept"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Of which organisation, in which form; or where data goes, and which."""
    parser.add_argument("--organization", metavar="SLUG", help="default: the first one")
    parser.add_argument("--markdown", action="store_true", help="a document of the rules")
    data = parser.add_argument_group("data", "what was reported and decided, with --to")
    data.add_argument("--to", metavar="FOLDER|FILE|-", help="where it goes; - is standard output")
    data.add_argument("--format", default="jsonl", help="jsonl (default) or parquet")
    data.add_argument("--dataset", default="all", help="errors, spans, issues, …; default: all")
    data.add_argument("--query", default="", metavar="SEARCH", help="only what matches")
    data.add_argument("--project", action="append", default=[], metavar="SLUG", help="repeatable")
    data.add_argument("--from", dest="start", metavar="TIME", type=_moment, help="ISO 8601, UTC")
    data.add_argument("--until", dest="end", metavar="TIME", type=_moment, help="ISO 8601, UTC")


def run(config: Config, options: argparse.Namespace) -> int:
    """Print or write it; secrets are never part of it, but for the keys of DSNs in data."""
    config = address.as_running(config)
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.configuration._organization import chosen

    organization = chosen(options.organization)
    if organization is None:
        print("there is no such organisation", file=sys.stderr)
        return 1
    if options.to is None:
        return _configuration(organization, is_document=options.markdown)
    return _data(config, organization, options)


def _configuration(organization: Organization, *, is_document: bool) -> int:
    from vedette.configuration._exporting import as_markdown, as_yaml

    print(as_markdown(organization) if is_document else as_yaml(organization), end="")
    return 0


def _data(config: Config, organization: Organization, options: argparse.Namespace) -> int:
    from vedette.exporting.shapes import ExportError
    from vedette.search import SearchError
    from vedette.store import access
    from vedette.store.errors import StoreError, StoreUnavailable
    from vedette.store.remote import StoreClient

    access.use(StoreClient(config.store_socket))
    try:
        return _write(_asked(organization, options), options)
    except StoreUnavailable:
        print("vedette: nobody answers: start `vedette serve` first", file=sys.stderr)
    except (ExportError, SearchError, StoreError, OSError) as error:
        print(f"vedette: {error}", file=sys.stderr)
    return 1


def _asked(organization: Organization, options: argparse.Namespace) -> Asked:
    from vedette.exporting.asking import Asked
    from vedette.exporting.shapes import ExportError

    wanted = set(options.project)
    projects = list(organization.projects.order_by("pk"))
    if missing := wanted - {one.slug for one in projects}:
        raise ExportError(f"there is no project {', '.join(sorted(missing))}")
    return Asked(
        organization=organization,
        projects=[one for one in projects if not wanted or one.slug in wanted],
        dataset=options.dataset,
        query=options.query,
        start=options.start,
        end=options.end,
    )


def _write(asked: Asked, options: argparse.Namespace) -> int:
    from vedette.exporting.asking import ALL
    from vedette.exporting.formats import format_named
    from vedette.exporting.shapes import ExportError
    from vedette.exporting.writing import write_file, write_folder, write_out

    form = format_named(options.format)
    parts = asked.parts()
    target = Path(options.to)
    if options.to == "-":
        if options.dataset == ALL:
            raise ExportError("standard output holds one dataset: say which by --dataset")
        write_out(parts[0], form)
    elif options.dataset != ALL and not target.is_dir():
        print(f"{write_file(target, parts[0], form):>12,}  {target}", file=sys.stderr)
    else:
        about = {"organization": asked.organization.slug, "query": asked.query}
        for name, count in write_folder(target, parts, form, about).items():
            print(f"{count:>12,}  {name}", file=sys.stderr)
    return 0


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
