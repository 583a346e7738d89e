"""What a removed project leaves in the blob folder: nothing that others do not need."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.pipeline.pipe import Pipe
from vedette import clock
from vedette.blobs import BlobFolder
from vedette.config import Config
from vedette.loops import House
from vedette.loops.retention import run
from vedette.projects.models import RemovedProject
from vedette.wire.envelope import build_envelope

pytestmark = pytest.mark.usefixtures("rollback")


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    held = Pipe(tmp_path)
    yield held
    held.crash()


def house(pipe: Pipe) -> House:
    return SimpleNamespace(  # type: ignore[return-value]
        config=Config(data=pipe.folder),
        store=pipe.store,
        blobs=BlobFolder(pipe.folder / "blobs"),
        dead=pipe.dead,
    )


def send(pipe: Pipe, project: int, *attachments: bytes, body: bytes = b"") -> None:
    """Attachments as they come, and an item of a kind without a home, as large as given."""
    found: list[tuple[dict[str, object], bytes]] = [
        ({"type": "attachment", "filename": "a.bin"}, data) for data in attachments
    ]
    if body:
        found.append(({"type": "letter"}, body))
    pipe.spool(build_envelope({"event_id": secrets.token_hex(16)}, found), project=project)
    pipe.work()


def held(pipe: Pipe) -> set[bytes]:
    return {path.read_bytes() for path in (pipe.folder / "blobs").glob("??/*")}


def remove_project(project: int) -> None:
    RemovedProject.objects.create(project_id=project, removed_at=clock.now())


def make_old(pipe: Pipe) -> None:
    """As if all that is there had been sent an hour ago."""
    for path in (pipe.folder / "blobs").glob("??/*"):
        os.utime(path, (time.time() - 3600,) * 2)


def test_bytes_of_a_removed_project_go_unless_another_project_has_them(pipe: Pipe) -> None:
    """Attachments and bodies too large for a row, in every table that names blobs."""
    send(pipe, 2, b"only theirs", b"of both", body=secrets.token_bytes(40_000))
    send(pipe, 1, b"of both", b"only ours")
    assert len(held(pipe)) == 4
    make_old(pipe)
    remove_project(2)
    run(house(pipe))
    assert held(pipe) == {b"of both", b"only ours"}
    remove_project(1)
    run(house(pipe))
    assert held(pipe) == set()
    assert list((pipe.folder / "blobs").glob("*.json")) == []


def test_bytes_that_somebody_is_just_sending_stay(pipe: Pipe) -> None:
    """The row that names them may come a moment later; without one they go later."""
    send(pipe, 2, b"theirs", b"of both")
    make_old(pipe)
    remove_project(2)
    BlobFolder(pipe.folder / "blobs").put(b"of both")
    BlobFolder(pipe.folder / "blobs").put(b"theirs")
    run(house(pipe))
    assert held(pipe) == {b"theirs", b"of both"}
    send(pipe, 1, b"of both")
    make_old(pipe)
    pipe.restart()
    pipe.work()
    make_old(pipe)
    run(house(pipe))
    assert held(pipe) == {b"of both"}
    assert list((pipe.folder / "blobs").glob("*.json")) == []


def test_a_crash_before_the_end_forgets_no_blob(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows that named them are gone by then; the note is not."""
    send(pipe, 2, b"theirs")
    make_old(pipe)
    remove_project(2)

    def fail(*_: object, **__: object) -> set[str]:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(BlobFolder, "remove", fail)
        with pytest.raises(OSError, match="power"):
            run(house(pipe))
    assert held(pipe) == {b"theirs"}
    run(house(pipe))
    assert held(pipe) == set()


def test_what_was_on_its_way_when_a_project_was_removed_goes_too(pipe: Pipe) -> None:
    """Digesters hear of it a little later; after that nothing comes, and nobody looks again."""
    send(pipe, 2, b"theirs")
    remove_project(2)
    run(house(pipe))
    send(pipe, 2, b"late")
    assert {use.project_id for use in pipe.store.usage() if use.table == "attachments"} == {2}
    run(house(pipe))
    assert {use.project_id for use in pipe.store.usage() if use.table == "attachments"} == set()
    RemovedProject.objects.update(removed_at=clock.now() - timedelta(hours=1))
    run(house(pipe))
    assert RemovedProject.objects.get().purged_at is not None


def test_a_blob_that_comes_again_as_it_ages_away_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written again between the look at its age and its end; older ones go."""
    blobs = BlobFolder(tmp_path)
    again, old = blobs.put(b"again"), blobs.put(b"old")
    for name in (again, old):
        os.utime(tmp_path / name[:2] / name, (1000, 1000))
    look = Path.stat

    def stat(path: Path, **rest: Any) -> os.stat_result:
        found = look(path, **rest)
        if path.name == again:
            blobs.put(b"again")
        return found

    monkeypatch.setattr(Path, "stat", stat)
    assert blobs.remove_before(2000) == 1
    assert (blobs.get(again), blobs.get(old)) == (b"again", None)


def test_the_name_of_a_blob_outlasts_a_loss_of_power(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its entry and that of its folder are on disk before anybody hears of it."""
    synced: list[tuple[Path, list[str]]] = []
    sync = os.fsync

    def note(handle: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        synced.append((path, os.listdir(path) if path.is_dir() else []))
        sync(handle)

    monkeypatch.setattr(os, "fsync", note)
    (tmp_path / "sent").write_bytes(b"adopted")
    blobs = BlobFolder(tmp_path / "blobs")
    for name in (blobs.put(b"put"), blobs.adopt(tmp_path / "sent")):
        folder = tmp_path / "blobs" / name[:2]
        assert any(path == folder and name in held for path, held in synced)
        assert any(path == folder.parent and folder.name in held for path, held in synced)
