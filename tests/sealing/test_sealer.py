"""Secrets at rest: sealed, opened with any key of the installation, rotated without loss."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from vedette.sealing.sealer import CannotOpen, Sealer, add_key, drop_old_keys, rotation


def test_what_is_sealed_can_be_opened_by_another_process(tmp_path: Path) -> None:
    """Both read the same key file, which only its owner can read."""
    sealed = Sealer(tmp_path).seal(b"xoxb-secret")
    assert b"xoxb" not in sealed
    assert Sealer(tmp_path).open(sealed) == b"xoxb-secret"
    assert stat.S_IMODE(os.stat(tmp_path / "seal_keys").st_mode) == 0o600


def test_a_rotation_beside_a_running_process_loses_nothing(tmp_path: Path) -> None:
    """It opens what was sealed before, and seals with the new key from then on."""
    running = Sealer(tmp_path)
    before = running.seal(b"before")
    add_key(tmp_path)
    after = running.seal(b"after")
    anew = Sealer(tmp_path).seal_anew(before)
    assert drop_old_keys(tmp_path) == 1
    assert running.open(after) == b"after"
    assert running.open(anew) == b"before"
    with pytest.raises(CannotOpen):
        running.open(before)


def test_a_changed_text_is_refused(tmp_path: Path) -> None:
    """Sealing tells of every changed byte."""
    sealer = Sealer(tmp_path)
    sealed = bytearray(sealer.seal(b"secret"))
    sealed[-5] ^= 1
    with pytest.raises(CannotOpen):
        sealer.open(bytes(sealed))


def test_processes_that_begin_at_once_share_one_key(tmp_path: Path) -> None:
    """Nobody finds half a file, and no key replaces another."""
    sealers: list[Sealer] = []
    threads = [threading.Thread(target=lambda: sealers.append(Sealer(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealed = [sealer.seal(b"secret") for sealer in sealers]
    assert len(sealed) == 8
    assert {Sealer(tmp_path).open(one) for one in sealed} == {b"secret"}
    assert os.listdir(tmp_path) == ["seal_keys"]


def test_a_second_rotation_waits_for_the_first(tmp_path: Path) -> None:
    """It would else forget the key that the first has just sealed with."""
    done: list[str] = []

    def rotate() -> None:
        with rotation(tmp_path):
            done.append("second")

    second = threading.Thread(target=rotate)
    with rotation(tmp_path):
        second.start()
        second.join(0.05)
        done.append("first")
    second.join(10)
    assert done == ["first", "second"]


def test_a_dead_record_that_is_lost_keeps_no_other_from_being_sealed_anew(tmp_path: Path) -> None:
    """It stays as it lies there."""
    from vedette.pipeline.dead import DeadLetters

    folder, sealer = tmp_path / "dead", Sealer(tmp_path)
    folder.mkdir()
    (folder / "1.sealed").write_bytes(b"lost")
    (folder / "2.sealed").write_bytes(before := sealer.seal(b"a record"))
    add_key(tmp_path)
    assert DeadLetters(folder, sealer).seal_anew() == (1, 1)
    assert (folder / "1.sealed").read_bytes() == b"lost"
    assert (after := (folder / "2.sealed").read_bytes()) != before
    assert Sealer(tmp_path).open(after) == b"a record"
