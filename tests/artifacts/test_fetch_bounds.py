"""What strangers can make the product fetch is bounded, and what is fetched stays right."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.artifacts.bundling import MAP, SCRIPT
from tests.artifacts.reading import FRAME, Reader, event, frames_of, verdict_of
from tests.artifacts.test_fetching import LOOPBACK, reader
from tests.artifacts.test_repair import repair
from vedette import clock
from vedette.artifacts import fetching
from vedette.artifacts.models import ArtifactFile, MapFetch
from vedette.projects.models import Project

__all__ = ["reader"]
# The same program after a line of comment, as the next deployment has it.
NEXT = f"/* the shop */{SCRIPT}"
NEXT_MAP = {**MAP, "mappings": f"c{MAP['mappings'][1:]}"}


class Site:
    """A site that answers what it is told to."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                found = site.held.get(self.path.partition("?")[0])
                self.send_response(200 if found is not None else 404)
                for name, value in site.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(found or b"")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def deploy(self, script: str, source_map: dict[str, Any]) -> None:
        """Put a build at the same addresses."""
        self.held = {
            "/app.js": script.encode(),
            "/app.js.map": json.dumps(source_map).encode(),
        }


@pytest.fixture
def site() -> Iterator[Site]:
    """A site with a build."""
    made = Site()
    made.deploy(SCRIPT, MAP)
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_site_that_packs_its_files_unasked_is_read(reader: Reader, site: Site) -> None:
    """As buckets do in which files lie compressed."""
    site.held = {path: gzip.compress(body) for path, body in site.held.items()}
    site.headers = {"Content-Encoding": "gzip"}
    sent = event({**FRAME, "abs_path": f"{site.url}/app.js"})
    reader.send(sent)
    fetching.fetch_wanted(LOOPBACK)
    assert repair(reader) == 1
    assert frames_of(reader.stored(sent["event_id"]))[-1]["function"] == "pay"


def test_a_packed_file_that_is_a_bomb_is_refused(
    reader: Reader, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It inflates no further than a file may be large."""
    monkeypatch.setattr(fetching, "MOST_FILE_BYTES", 1 << 20)
    site.held = {"/app.js": gzip.compress(b" " * (64 << 20))}
    site.headers = {"Content-Encoding": "gzip"}
    reader.send(event({**FRAME, "abs_path": f"{site.url}/app.js"}))
    fetching.fetch_wanted(LOOPBACK)
    assert "cannot be unpacked" in MapFetch.objects.get().fault
    assert not ArtifactFile.objects.exists()


def test_whoever_has_the_key_makes_only_so_many_requests(
    reader: Reader, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when each address is answered at once, and after what was asked is forgotten."""
    monkeypatch.setattr(fetching, "MOST_PER_HOUR", 5)
    for number in range(8):
        url = f"{site.url}/app.js?n={number}"
        reader.send(event({**FRAME, "abs_path": url, "filename": url}, release=str(number)))
        fetching.fetch_wanted(LOOPBACK)
        ArtifactFile.objects.all().delete()
        MapFetch.objects.all().delete()
    assert len([path for path in site.asked if "?n=" in path]) == 5


def test_what_was_fetched_is_bounded_and_the_oldest_goes(
    reader: Reader, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the files of years of deployments would stay, or a stranger fill the disk."""
    monkeypatch.setattr(fetching, "MOST_BYTES", 3 * len(SCRIPT) + len(json.dumps(MAP)))
    for number in range(6):
        site.held[f"/{number}.js"] = SCRIPT.encode()
        reader.send(event({**FRAME, "abs_path": f"{site.url}/{number}.js"}))
        fetching.fetch_wanted(LOOPBACK)
    urls = set(ArtifactFile.objects.values_list("url", flat=True))
    assert f"{site.url}/5.js" in urls
    assert f"{site.url}/0.js" not in urls
    assert len(urls) == 4


def test_the_next_deployment_at_the_same_address_is_fetched(reader: Reader, site: Site) -> None:
    """A day later at most: the map of the build before says that it is another's."""
    frame = {**FRAME, "abs_path": f"{site.url}/app.js"}
    reader.send(event(frame))
    fetching.fetch_wanted(LOOPBACK)
    assert reader.frame(event(frame))["function"] == "pay"
    site.deploy(NEXT.replace("function o", "function zz").replace("=>o(", "=>zz("), NEXT_MAP)
    moved = {**frame, "function": "zz", "colno": FRAME["colno"] + 14 + 1}
    assert verdict_of(reader.frame(event(moved))) == "other_build"
    assert not MapFetch.objects.filter(done_at=None).exists()
    MapFetch.objects.update(done_at=clock.now() - timedelta(days=1, minutes=1))
    fetching.fetch_wanted(LOOPBACK)
    reader.send(event(moved))
    fetching.fetch_wanted(LOOPBACK)
    assert verdict_of(reader.frame(event(moved))) == "applied"


def test_one_project_does_not_keep_the_others_waiting(
    reader: Reader, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its slow addresses have a part of a turn, and the others theirs."""
    world = reader.world
    other = Project.objects.exclude(pk=world.shop.pk).filter(organization=world.organization)[0]
    for project, count in ((world.shop, 30), (other, 1)):
        for number in range(count):
            url = f"{site.url}/{project.slug}/{number}.js"
            MapFetch.objects.create(project=project, url=url, url_key=fetching.url_key(url))
    Project.objects.update(fetches_source_maps=True)
    fetching.fetch_wanted(LOOPBACK)
    assert f"/{other.slug}/0.js" in site.asked
    assert 1 < len(site.asked) < 30
    site.asked.clear()
    monkeypatch.setattr(fetching, "_TURN_SECONDS", 0.0)
    fetching.fetch_wanted(LOOPBACK)
    assert len(site.asked) == 1


def test_an_address_that_cannot_be_kept_does_not_stop_the_next(
    reader: Reader, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is told, and the same address is not the first again for ever."""
    site.held["/b.js"] = SCRIPT.encode()
    reader.send(event({**FRAME, "abs_path": f"{site.url}/app.js"}))

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(fetching, "_keep", full)
        with pytest.raises(OSError, match="no space"):
            fetching.fetch_wanted(LOOPBACK)
    assert MapFetch.objects.get().fault
    fetching.fetch_wanted(LOOPBACK)


def test_an_address_with_a_nul_is_not_written(reader: Reader, site: Site) -> None:
    """No database can hold it; the batch goes on."""
    url = f"{site.url}/a\x00.js"
    sent = event({**FRAME, "abs_path": url, "filename": url})
    assert frames_of(reader.send(sent))
    assert not MapFetch.objects.filter(url__contains="\x00").exists()
