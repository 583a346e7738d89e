"""Writes that a kill or a loss of power cuts in two: no day file is lost by one."""

from __future__ import annotations

import errno
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.store.shop import open_store, run_until_killed, sell, sold
from vedette.store import doublewrite, durable
from vedette.store.errors import StoreUnavailable

_TEAR = "import ctypes; ctypes.CDLL(None).tear_after({})\n"
_FOLDED = "sell(store, range(10)); store.checkpoint(); sell(store, range(10, 20)); store.flush()\n"
_MOST_WRITES = 8  # of a flush and a checkpoint of one small file: its log, blocks, a header


@pytest.fixture(scope="module")
def preload(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the loader shall put before the C library."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("needs a C compiler (Debian: gcc)")
    library = tmp_path_factory.mktemp("torn") / "torn.so"
    source = Path(__file__).with_name("torn.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return str(library)


@pytest.mark.parametrize("number", range(1, _MOST_WRITES + 1))
def test_a_kill_within_a_write_loses_nothing(
    tmp_path: Path, preload: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each write of a flush and of the checkpoint after it, one by one."""
    monkeypatch.setenv("LD_PRELOAD", preload)
    code = _FOLDED + "sell(store, range(20, 30))\n" + _TEAR.format(number)
    run_until_killed(tmp_path, code + "store.flush(); store.checkpoint(); die()")
    monkeypatch.delenv("LD_PRELOAD")
    store = open_store(tmp_path)
    durable = store.replay_position("till")
    assert sold(store)[:durable] == list(range(durable))
    assert durable >= 10
    sell(store, range(durable, 40))
    store.close()
    store = open_store(tmp_path)
    assert sold(store) == list(range(40))
    store.abandon()


@pytest.fixture
def cut_off(tmp_path: Path) -> Path:
    """A file whose checkpoint has just begun: ten rows are in it, ten in its log."""
    run_until_killed(
        tmp_path,
        "from vedette.store import doublewrite\n"
        "real = doublewrite.keep\n" + _FOLDED + "def step(*a): real(*a); die()\n"
        "doublewrite.keep = step\n"
        "store.checkpoint()",
    )
    (path,) = tmp_path.glob("*.duckdb")
    assert doublewrite.beside(path).exists()
    return path


def test_half_a_block_is_put_back(cut_off: Path) -> None:
    """The first metadata block of a small file is its first block."""
    content = bytearray(cut_off.read_bytes())
    half = doublewrite._place(0) + doublewrite._BLOCK_BYTES // 2
    content[half : doublewrite._place(1)] = bytes(doublewrite._place(1) - half)
    content[doublewrite._place(0) : doublewrite._place(0) + 8] = b"\xff" * 8
    cut_off.write_bytes(content)
    assert _rows(cut_off.parent) == list(range(20))
    assert not doublewrite.beside(cut_off).exists()


def test_half_a_header_is_put_back(cut_off: Path) -> None:
    """A loss of power may leave one that is neither old nor new."""
    content = bytearray(cut_off.read_bytes())
    content[4096 + 64 : 4096 + 512] = b"\xee" * 448
    content[8192 + 64 : 8192 + 512] = b"\xee" * 448
    cut_off.write_bytes(content)
    assert _rows(cut_off.parent) == list(range(20))


def test_what_was_kept_by_half_is_not_used(cut_off: Path) -> None:
    """A kill while it was written: the checkpoint has not begun."""
    kept = doublewrite.beside(cut_off)
    kept.write_bytes(kept.read_bytes()[:-5000])
    assert _rows(cut_off.parent) == list(range(20))
    assert not kept.exists()


def test_what_was_kept_is_not_put_over_a_newer_checkpoint(cut_off: Path) -> None:
    """One that came to its end, and a kill before what was kept was gone."""
    kept = doublewrite.beside(cut_off)
    content = kept.read_bytes()
    store = open_store(cut_off.parent)
    sell(store, range(20, 30))
    store.checkpoint()
    store.abandon()
    kept.write_bytes(content)
    assert _rows(cut_off.parent) == list(range(30))
    assert not kept.exists()


def test_it_goes_with_its_file(cut_off: Path) -> None:
    """Retention leaves nothing of a day."""
    from datetime import date

    store = open_store(cut_off.parent)
    doublewrite.beside(cut_off).touch()
    store.drop_before("telemetry", date(2026, 2, 1))
    store.abandon()
    assert not list(cut_off.parent.glob("telemetry_*"))


def test_what_cannot_be_put_back_now_is_put_back_later(
    cut_off: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that takes no writes for a while: the store says that it is away."""

    def fail(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    content = bytearray(cut_off.read_bytes())
    content[4096 + 64 : 8192 + 512] = b"\xee" * (4096 + 448)
    cut_off.write_bytes(content)
    monkeypatch.setattr(doublewrite.os, "fsync", fail)
    with pytest.raises(StoreUnavailable):
        open_store(cut_off.parent)
    assert doublewrite.beside(cut_off).exists()


def test_what_was_kept_of_a_file_that_is_gone_goes(cut_off: Path) -> None:
    """A kill while retention deleted a day, or while it was written."""
    kept = doublewrite.beside(cut_off)
    kept.with_name(kept.name + ".new").touch()
    cut_off.unlink()
    cut_off.with_suffix(".duckdb.wal").unlink()
    open_store(cut_off.parent).abandon()
    assert not list(cut_off.parent.glob("telemetry_*"))


def test_what_cannot_be_kept_is_not_kept_by_half(
    cut_off: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: no checkpoint begins, and nothing is left in the way."""

    def fail(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store = open_store(cut_off.parent)
    with monkeypatch.context() as patch:
        patch.setattr(durable.os, "fsync", fail)
        assert not store._folding.fold(store._files.all()[0])
    assert not list(cut_off.parent.glob("*doublewrite*"))
    store.close()
    assert _rows(cut_off.parent) == list(range(20))


def _rows(folder: Path) -> list[int]:
    store = open_store(folder)
    try:
        return sold(store)
    finally:
        store.abandon()


def test_a_file_beyond_repair_is_set_aside_with_what_was_kept(cut_off: Path) -> None:
    """Neither the file nor what was kept can be read: the store opens without them."""
    doublewrite.beside(cut_off).write_bytes(b"")
    cut_off.write_bytes(cut_off.read_bytes()[: doublewrite._place(0)] + b"\xee" * 300_000)
    assert _rows(cut_off.parent) == []
    assert not doublewrite.beside(cut_off).exists()
    assert list(cut_off.parent.glob("*.duckdb.damaged-*"))
