"""Uploads of one build at the same moment, against the database that the environment names.

Run as a program by `test_uploads_at_once.py`; prints the statuses of all answers and what is
there in the end as JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

from vedette import config, django_setup

django_setup.setup(config.load())
django_setup.migrate()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402

from tests.artifacts.bundling import ASSEMBLE, HERE, bundle, send_chunk, sha1  # noqa: E402
from vedette.accounts.models import ApiToken, Organization  # noqa: E402
from vedette.artifacts.bundles import remove_from_project  # noqa: E402
from vedette.artifacts.models import ArtifactFile, Bundle, BundleKind, BundlePlace  # noqa: E402
from vedette.artifacts.storage import artifact_blobs  # noqa: E402
from vedette.artifacts.sweeping import sweep  # noqa: E402
from vedette.projects.creation import create_project  # noqa: E402
from vedette.projects.models import Project  # noqa: E402

THREADS = 6
REQUESTS = 150
DATA = bundle()
FILES = "/api/0/projects/lantern/shop/releases/1.0/files/"


def main() -> None:
    """Send, assemble, place and remove the same bundle and the same files from several threads."""
    organization = Organization.objects.create(slug="lantern", name="Lantern")
    create_project(organization, "Shop")
    create_project(organization, "Web")
    token = ApiToken.create(organization)
    _client(token).post(
        f"{HERE}/releases/", {"version": "1.0", "projects": ["shop"]}, "application/json"
    )
    settings.CONFIG.artifact_folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(THREADS) as threads:
        found = Counter(threads.map(lambda index: _ask(token, index), range(REQUESTS)))
    send_chunk(_client(token), DATA)
    last = _assemble(_client(token), REQUESTS)
    files = ArtifactFile.objects.filter(bundle__kind=BundleKind.UPLOADED)
    print(
        json.dumps(
            {
                "answers": sorted(found),
                "last": last,
                "bundles": Bundle.objects.filter(kind=BundleKind.UPLOADED).count(),
                "files": sorted(files.values_list("url", flat=True)),
                "lost": [one.url for one in files if not artifact_blobs().has(one.blob)],
                "places": BundlePlace.objects.filter(bundle__kind=BundleKind.SINGLE).count(),
            }
        )
    )


def _client(token: str) -> Client:
    return Client(headers={"authorization": f"Bearer {token}", "host": "localhost"})


def _ask(token: str, index: int) -> str:
    client = _client(token)
    asks = (_send, _assemble, _file, _assemble, _listing, _remove)
    try:
        return asks[index % len(asks)](client, index)
    finally:
        connections.close_all()


def _send(client: Client, _: int) -> str:
    return f"chunk {send_chunk(client, DATA).status_code}"


def _assemble(client: Client, index: int) -> str:
    wanted: dict[str, Any] = {
        "checksum": sha1(DATA),
        "chunks": [sha1(DATA)],
        "projects": ["shop", "web"][: 1 + index % 2],
        "version": f"{index % 3}.0",
    }
    answer = client.post(ASSEMBLE, wanted, "application/json")
    return f"assemble {answer.status_code} {answer.json().get('state')}"


def _file(client: Client, index: int) -> str:
    form = {"name": f"~/{index % 4}.js", "file": BytesIO(b"1"), "dist": str(index // 6 % 2)}
    return f"file {client.post(FILES, form).status_code}"


def _listing(client: Client, _: int) -> str:
    found = client.get(FILES)
    held = found.json()
    if index := len(held):
        path = f"{FILES}{held[index // 2]['id']}/"
        return f"gone {client.delete(path).status_code}"
    return f"list {found.status_code}"


def _remove(_: Client, index: int) -> str:
    held = Bundle.objects.filter(kind=BundleKind.UPLOADED).first()
    if held is not None and index % 4 == 1:
        remove_from_project(held, Project.objects.get(slug="shop"))
    sweep(timedelta(days=90))
    return "removed"


main()
