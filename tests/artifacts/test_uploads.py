"""Builds are uploaded in chunks, resumed, repeated, and refused in words."""

from __future__ import annotations

import copy
import gzip
import io
import json
import struct
import threading
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.artifacts.bundling import (
    ASSEMBLE,
    CHUNKS,
    DEBUG_ID,
    FILES,
    HERE,
    JSON,
    SCRIPT,
    assemble,
    bundle,
    pieces,
    send_chunk,
    sha1,
    upload,
)
from tests.web.walk import bearer
from tests.web.world import World
from vedette.accounts.models import Organization
from vedette.artifacts import chunks, storage
from vedette.artifacts.models import ArtifactFile, Bundle, Chunk
from vedette.blobs.packed import PackedFolder
from vedette.projects.models import Project


def test_clients_are_told_how_to_cut_files(token: Client) -> None:
    """An address that they can reach, a power of two, and bundles of the second version."""
    about = token.get(CHUNKS).json()
    assert about["url"].endswith(CHUNKS)
    assert about["url"].startswith("http://")
    assert about["chunkSize"].bit_count() == 1
    assert about["hashAlgorithm"] == "sha1"
    assert "artifact_bundles_v2" in about["accept"]


def test_a_bundle_is_there_at_once(token: Client, world: World) -> None:
    """The chunks are asked for, sent, and made a bundle within one answer: `--wait` returns."""
    data = bundle()
    chunks = pieces(data, 200)
    first = assemble(token, data, chunks)
    assert (first["state"], len(first["missingChunks"])) == ("not_found", len(chunks))
    made = upload(token, data, size=200, version="shop@1.0", dist="7")
    assert made == {"state": "ok", "missingChunks": [], "detail": None}
    script = ArtifactFile.objects.get(type="minified_source")
    assert (script.url, str(script.debug_id)) == ("~/assets/app.js", DEBUG_ID)
    assert script.checksum == sha1(SCRIPT.encode())
    place = Bundle.objects.get().places.get()
    assert (place.project, place.release, place.dist) == (world.shop, "shop@1.0", "7")
    assert Project.objects.get(pk=world.shop.pk).artifacts_version > 0


def test_an_upload_goes_on_where_it_stopped(token: Client) -> None:
    """Only what is missing is asked for, raw chunks are taken as well, and order is no matter."""
    data = bundle()
    chunks = pieces(data, 150)
    for chunk in chunks[::2]:
        assert send_chunk(token, chunk, field="file").status_code == 200
    state = assemble(token, data, chunks)
    assert set(state["missingChunks"]) == {sha1(chunk) for chunk in chunks[1::2]}
    for chunk in reversed(chunks[1::2]):
        send_chunk(token, chunk)
    assert assemble(token, data, chunks)["state"] == "ok"


def test_the_same_bundle_again_only_adds_its_release(token: Client) -> None:
    """Nothing is sent twice: a second release, a second project."""
    data = bundle()
    upload(token, data, version="shop@1.0")
    Chunk.objects.all().delete()
    again = assemble(token, data, pieces(data), version="shop@1.1", projects=["shop", "web"])
    assert again["state"] == "ok"
    places = Bundle.objects.get().places.values_list("project__slug", "release")
    assert set(places) == {("shop", "shop@1.0"), ("shop", "shop@1.1"), ("web", "shop@1.1")}


def test_a_chunk_is_what_its_name_says(token: Client) -> None:
    """Other bytes are refused, and so are torn gzip, a bomb, and a field nobody knows."""
    assert send_chunk(token, b"abc", name="0" * 40).status_code == 400
    bomb = b"\0" * ((8 << 20) + 1)
    assert send_chunk(token, bomb).status_code == 400
    form: dict[str, Any] = {"file_gzip": io.BytesIO(gzip.compress(b"abc")[:-9])}
    assert token.post(CHUNKS, form).status_code == 400
    assert send_chunk(token, b"abc", field="file_brotli").status_code == 400
    assert (
        token.post(CHUNKS, b"--x\r\nrubbish", "multipart/form-data; boundary=x").status_code < 500
    )
    assert not Chunk.objects.exists()


def test_chunks_that_make_another_file_are_refused(token: Client) -> None:
    """The checksum is of the whole file."""
    data = bundle()
    send_chunk(token, data)
    state = assemble(token, data, [data], checksum="0" * 40)
    assert state["state"] == "error"
    assert "checksum" in state["detail"]
    assert not Bundle.objects.exists()


def _zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


_LISTED = b'{"files":{"a.js":{"type":"minified_source","url":"~/a.js"}}}'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x05\x06 torn", "no artifact bundle"),
        (b"<html>", "no artifact bundle"),
        (_zip({}), "no manifest.json"),
        (_zip({"manifest.json": b"[]"}), "manifest.json cannot be read"),
        (_zip({"manifest.json": b'{"files":{}}'}), "names no file"),
        (_zip({"manifest.json": _LISTED, "../../etc/passwd": b"x"}), "leads out"),
        (_zip({"manifest.json": _LISTED, "/etc/passwd": b"x"}), "leads out"),
        (_zip({"manifest.json": _LISTED, "C:\\x": b"x"}), "leads out"),
        (_zip({"manifest.json": _LISTED, "a.js": b"\0" * (65 << 20)}), "zip bomb"),
        (
            _zip({"manifest.json": _LISTED, "a.js": b"abc"}, zipfile.ZIP_STORED).replace(
                b"abc", b"abd"
            ),
            "cannot be read",
        ),
    ],
)
def test_a_bad_archive_is_refused_in_words(token: Client, data: bytes, words: str) -> None:
    """Torn, empty, a bomb, names that lead elsewhere, bytes that were changed."""
    state = upload(token, data)
    assert state["state"] == "error"
    assert words in state["detail"]
    assert not Bundle.objects.exists()


def test_a_lying_size_is_not_believed(token: Client) -> None:
    """The archive says that a file is small; it is read no further than is allowed."""
    data = bytearray(_zip({"manifest.json": _LISTED, "a.js": b"\0" * (70 << 20)}))
    true, small = struct.pack("<I", 70 << 20), struct.pack("<I", 100)
    state = upload(token, bytes(data).replace(true, small))
    assert state["state"] == "error"


def test_names_that_no_database_holds_are_taken_without_what_is_wrong(token: Client) -> None:
    """A NUL in an address, a header or the release: PostgreSQL would refuse the whole bundle."""
    files = copy.deepcopy(FILES)
    for about in files.values():
        about["url"] = about["url"].replace("assets", "as\x00sets")
        about["headers"] = {"debug\x00-id": DEBUG_ID, "sourcemap": "app\x00.js.map"}
    made = upload(token, bundle(files, release="shop\x00@1", dist="\x007"))
    assert made["state"] == "ok"
    for row in ArtifactFile.objects.all():
        assert "\x00" not in row.url + row.sourcemap + json.dumps(row.headers)
        assert str(row.debug_id) == DEBUG_ID
    place = Bundle.objects.get().places.get()
    assert (place.release, place.dist) == ("shop@1", "7")


def test_large_files_are_made_a_few_at_a_time(
    token: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A chunk sent once can be named a hundred times: the disk would fill at a word."""
    monkeypatch.setattr(chunks, "_SMALL_BYTES", 4)
    data = bundle()
    (piece,) = pieces(data)
    send_chunk(token, piece)
    wanted = {"checksum": sha1(data), "chunks": [sha1(piece)], "projects": ["shop"]}
    monkeypatch.setattr(chunks, "_waiting", threading.BoundedSemaphore(1))
    with chunks._waiting:
        refused = token.post(ASSEMBLE, wanted, JSON)
        assert (refused.status_code, "try again" in refused.json()["detail"]) == (503, True)
    assert token.post(ASSEMBLE, wanted, JSON).json()["state"] == "ok"


def test_nothing_is_made_of_an_upload_on_a_full_disk(
    token: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told, and what was sent is there when there is room again."""
    data = bundle()
    (piece,) = pieces(data)
    send_chunk(token, piece)
    wanted = {"checksum": sha1(data), "chunks": [sha1(piece)], "projects": ["shop"]}
    token.post(f"{HERE}/releases/", {"version": "shop@1", "projects": ["shop"]}, JSON)
    with monkeypatch.context() as patched:
        patched.setattr(storage.shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 30))
        refused = token.post(ASSEMBLE, wanted, JSON)
        assert send_chunk(token, piece).status_code == 503
        for path in ("releases/shop@1/files/", "files/dsyms/"):
            form = {"file": SimpleUploadedFile("app.js", b"1")}
            assert token.post(f"/api/0/projects/lantern/shop/{path}", form).status_code == 503
    assert (refused.status_code, "nearly full" in refused.json()["detail"]) == (503, True)
    assert token.post(ASSEMBLE, wanted, JSON).json()["state"] == "ok"


def test_equal_files_are_kept_once(token: Client, folder: PackedFolder) -> None:
    """Two builds that share a file share its bytes."""
    upload(token, bundle())
    before = len(folder.names_before(float("inf")))
    more = {**FILES, "b.js": {"content": "b", "type": "minified_source", "url": "~/b.js"}}
    upload(token, bundle(more))
    chunk_and_new_file = 2
    assert len(folder.names_before(float("inf"))) == before + chunk_and_new_file
    assert ArtifactFile.objects.count() == 5


def test_others_can_neither_see_nor_guess(token: Client, world: World) -> None:
    """Another organisation must send what we have already sent; ours is not theirs to fill."""
    data = bundle()
    upload(token, data)
    other = Organization.objects.create(slug="other", name="Other")
    Project.objects.create(organization=other, slug="theirs", name="Theirs")
    theirs = bearer(other)
    body = {"checksum": sha1(data), "chunks": [sha1(data)], "projects": ["theirs"]}
    address = "/api/0/organizations/other/artifactbundle/assemble/"
    assert theirs.post(address, body, "application/json").json()["state"] == "not_found"
    assert send_chunk(theirs, b"abc").status_code == 404
    assert theirs.get(CHUNKS).status_code == 404
    assert token.post(address, body, "application/json").status_code == 404


def test_a_project_must_be_named_and_known(token: Client) -> None:
    """The words say which one is wrong."""
    data = bundle()
    assert "project" in assemble(token, data, [data], projects=[])["detail"]
    assert "'nobody'" in assemble(token, data, [data], projects=["nobody"])["detail"]


def test_files_of_a_release_come_one_by_one(token: Client) -> None:
    """Added, listed, kept from being overwritten, and deleted."""
    token.post(
        f"{HERE}/releases/", {"version": "shop@1.0", "projects": ["shop"]}, "application/json"
    )
    files = "/api/0/projects/lantern/shop/releases/shop@1.0/files/"
    form = {"name": "~/app.js", "header": ["Sourcemap: app.js.map"], "dist": "7"}
    made = token.post(files, {**form, "file": io.BytesIO(b"abc")})
    assert made.status_code == 201
    assert made.json()["headers"] == {"Sourcemap": "app.js.map"}
    assert (made.json()["sha1"], made.json()["dist"]) == (sha1(b"abc"), "7")
    assert token.post(files, {**form, "file": io.BytesIO(b"abc")}).status_code == 201
    assert token.post(files, {**form, "file": io.BytesIO(b"other")}).status_code == 409
    assert [one["name"] for one in token.get(files).json()] == ["~/app.js"]
    assert token.post(files, {"name": "~/b.js"}).status_code == 400
    assert token.post(files.replace("1.0", "2.0"), form).status_code == 404
    one = f"{files}{made.json()['id']}/"
    assert token.get(one).json()["size"] == 3
    assert token.delete(one).status_code == 204
    assert token.get(files).json() == []


def test_debug_files_are_kept_as_they_came(token: Client) -> None:
    """A ProGuard mapping under its id; a file of no known format is refused in words."""
    address = "/api/0/projects/lantern/shop/files/difs/assemble/"
    mapping = b"com.example.Till -> a.b:\n    void pay() -> a\n"
    name = sha1(mapping)
    about = {"name": "mapping.txt", "debug_id": DEBUG_ID, "chunks": [name]}
    first = token.post(address, {name: about}, "application/json").json()[name]
    assert (first["state"], first["missingChunks"]) == ("not_found", [name])
    send_chunk(token, mapping)
    for _ in range(2):
        made = token.post(address, {name: about}, "application/json").json()[name]
        assert (made["state"], made["dif"]["debugId"]) == ("ok", DEBUG_ID)
        assert made["dif"]["objectName"] == "mapping.txt"
        assert made["dif"]["sha1"] == name
    send_chunk(token, b"rubbish")
    body = {sha1(b"rubbish"): {"name": "x", "chunks": [sha1(b"rubbish")]}}
    refused = token.post(address, body, "application/json").json()[sha1(b"rubbish")]
    assert refused["state"] == "error"
    assert "no debug file" in refused["detail"]
    assert token.post(address, {"x": about}, "application/json").status_code == 400
