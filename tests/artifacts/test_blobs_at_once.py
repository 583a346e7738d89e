"""Bytes that several threads write at once are there whole, and nothing is left of half writes."""

from __future__ import annotations

import os
import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.artifacts.bundling import bundle, upload
from tests.artifacts.reading import Reader, event, verdict_of
from tests.artifacts.test_repair import reader
from vedette import clock
from vedette.artifacts.lookup import find_maps
from vedette.artifacts.models import BundlePlace
from vedette.artifacts.sweeping import sweep
from vedette.blobs import BlobFolder
from vedette.blobs.packed import PackedFolder
from vedette.sourcemaps.lookup import Question, Wanted

__all__ = ["reader"]


def test_the_same_bytes_from_many_threads_are_one_blob(tmp_path: Path) -> None:
    """As when several jobs of a build upload the same files at the same time."""
    folder, made = BlobFolder(tmp_path), random.Random(7)
    for _ in range(20):
        data, start = made.randbytes(400_000), threading.Barrier(8)

        def put(data: bytes = data, start: threading.Barrier = start) -> str:
            start.wait()
            return folder.put(data)

        with ThreadPoolExecutor(8) as pool:
            names = {future.result() for future in [pool.submit(put) for _ in range(8)]}
        (name,) = names
        assert folder.get(name) == data
    assert not list(tmp_path.glob("??/*.*"))


def test_what_an_upload_left_that_ended_half_way_goes(token: Client, folder: PackedFolder) -> None:
    """A process that is killed takes nothing with it; what is being written stays."""
    upload(token, bundle())
    (held, other) = sorted(folder.names_before(float("inf")))[:2]
    whole = folder.get(held, 1 << 20)
    shard = folder.folder / held[:2]
    os.replace(shard / held, shard / f"{held}.7-1.old")
    (shard / f"{'0' * 64}.7-1.new").write_bytes(b"half")
    (folder.folder / "tmp1.joined").write_bytes(b"half")
    (folder.folder / "tmp2.symbols").mkdir()
    (folder.folder / "tmp2.symbols/file-0").write_bytes(b"half")
    sweep(timedelta(days=90))
    assert len(list(folder.folder.rglob("*.*"))) == 4
    assert folder.get(held, 1 << 20) is None
    clock_ahead(folder)
    assert not [path for path in folder.folder.rglob("*") if "." in path.name]
    assert folder.get(held, 1 << 20) == whole
    assert folder.has(other)


def clock_ahead(folder: PackedFolder) -> None:
    """Sweep as in two hours."""
    import pytest

    from vedette.artifacts import sweeping

    later = clock.timestamp() + 7200
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sweeping.clock, "timestamp", lambda: later)
        sweep(timedelta(days=90))


def test_a_bundle_of_many_releases_serves_its_debug_ids(token: Client, reader: Reader) -> None:
    """A part that no build changes is uploaded with each."""
    for number in range(30):
        upload(token, bundle(), version=f"shop@{number}")
    assert BundlePlace.objects.count() == 30
    assert verdict_of(reader.frame(event(debug_id="4c4fcd0e-5a04-4a4f-8a5c-1b1b1b1b1b1b"))) == (
        "applied"
    )


def test_debug_ids_that_nobody_uploaded_cost_no_question_each(
    token: Client, reader: Reader
) -> None:
    """Whoever has a project's key may name hundreds in every event."""
    upload(token, bundle())
    known = "4c4fcd0e-5a04-4a4f-8a5c-1b1b1b1b1b1b"
    files = [Wanted(f"https://x/{number}.js", str(uuid.uuid4())) for number in range(300)]
    question = Question(reader.world.shop.pk, "", "", [*files, Wanted("https://x/a.js", known)])
    with CaptureQueriesContext(connection) as asked:
        found = find_maps(question)
    assert [one.by for one in found if one.by] == ["debug_id"]
    assert len(asked) < 10
