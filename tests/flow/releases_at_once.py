"""Reports of one release at the same moment, against the database that the environment names.

Run as a program by `test_releases_at_once.py`; prints the statuses of all answers as JSON.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from vedette import config, django_setup

django_setup.setup(config.load())
django_setup.migrate()

from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402

from vedette.accounts.models import ApiToken, Organization  # noqa: E402
from vedette.projects.creation import create_project  # noqa: E402

THREADS = 6
REQUESTS = 120
HERE = "/api/0/organizations/lantern/releases/"


def main() -> None:
    """Report, change, deploy and delete the same release from several threads."""
    organization = Organization.objects.create(slug="lantern", name="Lantern")
    create_project(organization, "Shop")
    create_project(organization, "Web")
    token = ApiToken.create(organization)
    with ThreadPoolExecutor(THREADS) as threads:
        found = set(threads.map(lambda index: _ask(token, index), range(REQUESTS)))
    print(json.dumps(sorted(found)))


def _ask(token: str, index: int) -> int:
    client = Client(headers={"authorization": f"Bearer {token}", "host": "localhost"})
    method, path, body = _requests(index)[index % 4]
    try:
        answer = client.generic(method, HERE + path, json.dumps(body), "application/json")
    finally:
        connections.close_all()
    return answer.status_code


def _requests(index: int) -> list[tuple[str, str, dict[str, Any]]]:
    commits = [{"id": f"{index}-{number}", "repository": "r"} for number in range(20)]
    return [
        ("POST", "", {"version": "1.0", "projects": ["shop", "web"], "commits": commits}),
        ("PUT", "1.0/", {"projects": ["shop"], "refs": [{"repository": "r", "commit": "c"}]}),
        ("POST", "1.0/deploys/", {"environment": "production"}),
        ("DELETE", "1.0/", {}),
    ]


main()
