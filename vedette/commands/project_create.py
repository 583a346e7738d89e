"""`vedette project create NAME`: a project and its DSN, also while the server runs."""

from __future__ import annotations

import argparse
import json

from vedette import address, django_setup
from vedette.config import Config

NAME = "project create"
HELP = "create a project and print its DSN"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The project's name and where it belongs."""
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--organization", metavar="SLUG", help="default: the first one")
    parser.add_argument("--platform", default="", help="python, javascript, node, …")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(config: Config, options: argparse.Namespace) -> int:
    """Create it and print organisation, project, id and DSN."""
    config = address.as_running(config)
    django_setup.setup(config)
    django_setup.migrate()
    from vedette.accounts.models import Organization
    from vedette.projects.creation import create_organization, create_project

    wanted = options.organization
    found = Organization.objects.order_by("id")
    organization = (found.filter(slug=wanted) if wanted else found).first()
    organization = organization or create_organization(wanted or "My organization")
    project = create_project(organization, options.name, platform=options.platform)
    key = project.keys.get()
    about = {
        "organization": organization.slug,
        "project": project.slug,
        "id": str(project.id),
        "public_key": key.public_key,
        "dsn": key.dsn(config.base_url),
    }
    if options.json:
        print(json.dumps(about))
    else:
        print("\n".join(f"{name + ':':<14}{value}" for name, value in about.items()))
    return 0
