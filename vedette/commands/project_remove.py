"""`vedette project remove SLUG`: a project with its issues, keys and events, for good."""

from __future__ import annotations

import argparse
import sys

from vedette import django_setup
from vedette.config import Config

NAME = "project remove"
HELP = "remove a project with its issues and events, for good"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which one, and that it is meant."""
    parser.add_argument("slug", metavar="SLUG")
    parser.add_argument("--organization", metavar="SLUG", help="default: the first one")
    parser.add_argument("--yes", action="store_true", help="do it without asking")


def run(config: Config, options: argparse.Namespace) -> int:
    """Remove it after a question; the worker deletes its events within minutes."""
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.accounts.models import Organization
    from vedette.projects.models import Project
    from vedette.projects.removal import remove_project

    found = Organization.objects.order_by("id")
    wanted = options.organization
    organization = (found.filter(slug=wanted) if wanted else found).first()
    project = Project.objects.filter(organization=organization, slug=options.slug).first()
    if project is None:
        print(f"vedette: there is no project {options.slug!r}", file=sys.stderr)
        return 1
    if not options.yes and not _is_meant(project.name):
        print("nothing was removed")
        return 1
    remove_project(project)
    print(f"{project.name} was removed; its events are deleted in the background")
    return 0


def _is_meant(name: str) -> bool:
    try:
        return input(f"Remove {name} with all its issues and events? Type yes: ") == "yes"
    except EOFError:
        return False
