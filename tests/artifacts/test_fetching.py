"""Maps are fetched from their public address where a project allows it, beside the pipeline."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.artifacts.bundling import MAP, SCRIPT
from tests.artifacts.reading import FRAME, Reader, event, frames_of, verdict_of
from tests.artifacts.test_repair import repair
from tests.web.world import World
from vedette.artifacts import fetching, repairing, storage
from vedette.artifacts.fetching import fetch_wanted
from vedette.artifacts.models import MapFetch
from vedette.blobs.packed import PackedFolder
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.fetcher import Fetcher
from vedette.projects.models import Project

LOOPBACK = Fetcher(read_networks("127.0.0.1"))


@pytest.fixture
def reader(world: World, folder: PackedFolder, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Events of the shop, which allows fetching."""
    monkeypatch.setattr(repairing, "artifact_blobs", storage.artifact_blobs)
    repairing.forget_all()
    fetching.forget_all()
    Project.objects.filter(pk=world.shop.pk).update(fetches_source_maps=True)
    made = Reader(world, folder)
    made.context.refresh()
    return made


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A site with a script and its map."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/app.js").write_text(SCRIPT)
    (tmp_path / "site/app.js.map").write_text(json.dumps(MAP))
    (tmp_path / "site/bare.js").write_text(SCRIPT.partition("//#")[0])
    (tmp_path / "site/page.js.html").write_text("<!doctype html>")
    handler = functools.partial(_Quiet, directory=str(tmp_path / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_public_map_is_fetched_and_the_event_read_again(reader: Reader, site: str) -> None:
    """The first event waits and is repaired; the next is read at once, also with a query."""
    sent = event({**FRAME, "abs_path": f"{site}/app.js"})
    assert verdict_of(frames_of(reader.send(sent))[-1]) == "fetch_pending"
    fetch_wanted(LOOPBACK)
    assert repair(reader) == 1
    frame = frames_of(reader.stored(sent["event_id"]))[-1]
    assert (frame["function"], frame["filename"]) == ("pay", "src/till.ts")
    later = reader.frame(event({**FRAME, "abs_path": f"{site}/app.js?v=2"}))
    assert later["function"] == "pay"
    assert MapFetch.objects.count() == 1


@pytest.mark.parametrize("path", ["/missing.js", "/bare.js"])
def test_what_cannot_be_fetched_is_said(reader: Reader, site: str, path: str) -> None:
    """And is not asked for again at once."""
    reader.send(event({**FRAME, "abs_path": site + path}))
    fetch_wanted(LOOPBACK)
    assert verdict_of(reader.frame(event({**FRAME, "abs_path": site + path}))) == "fetch_refused"
    assert MapFetch.objects.filter(done_at=None).count() == 0


def test_a_private_address_is_never_asked(reader: Reader, site: str) -> None:
    """The rules of all outgoing requests hold."""
    reader.send(event({**FRAME, "abs_path": f"{site}/app.js"}))
    fetch_wanted(Fetcher())
    assert "127.0.0.1" in MapFetch.objects.get().fault


def test_nothing_is_fetched_unless_the_project_allows_it(reader: Reader, site: str) -> None:
    """Off by default; turned off, what waits is let go."""
    reader.send(event({**FRAME, "abs_path": f"{site}/app.js"}))
    Project.objects.update(fetches_source_maps=False)
    reader.context.refresh()
    fetch_wanted(LOOPBACK)
    assert MapFetch.objects.get().fault
    MapFetch.objects.all().delete()
    reader.send(event({**FRAME, "abs_path": f"{site}/app.js"}))
    assert not MapFetch.objects.exists()


def test_only_so_many_scripts_wait(reader: Reader) -> None:
    """A flood of addresses is no flood of requests."""
    frames = [{**FRAME, "abs_path": f"http://127.0.0.1:1/{n}.js"} for n in range(150)]
    reader.send(event(*frames, {**FRAME, "abs_path": "app:///x.js"}))
    assert MapFetch.objects.count() == 100
