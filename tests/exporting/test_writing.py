"""A folder of an export is whole when it says so, and not before."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vedette.exporting.formats import format_named
from vedette.exporting.shapes import Holds, Part, Portions, Shape
from vedette.exporting.writing import MANIFEST, write_folder

SHAPE = Shape("things", {"id": Holds.INTEGER})


class Cut(Exception):
    pass


_KILLED = """
import os, signal, sys
from pathlib import Path
from vedette.exporting.formats import format_named
from vedette.exporting.shapes import Holds, Shape
def portions():
    yield [{"n": 1}]
    os.kill(os.getpid(), signal.SIGKILL)
shape = Shape("errors", {"n": Holds.INTEGER})
list(format_named("parquet").chunks(shape, portions(), Path(sys.argv[1])))
"""


def _portions(count: int, *, is_cut: bool) -> Portions:
    for number in range(count):
        yield [{"id": number}]
    if is_cut:
        raise Cut


def _part(count: int, *, is_cut: bool = False) -> Part:
    def read() -> Iterator[list[dict[str, object]]]:
        return _portions(count, is_cut=is_cut)

    return Part(SHAPE, read)


def test_an_export_that_was_cut_off_is_not_taken_for_the_one_before(tmp_path: Path) -> None:
    """Into the same folder: files of both are no export, so nothing says that they are."""
    form = format_named("jsonl")
    write_folder(tmp_path, [_part(2)], form, {})
    assert json.loads((tmp_path / MANIFEST).read_bytes())["counts"] == {"things": 2}
    with pytest.raises(Cut):
        write_folder(tmp_path, [_part(3), _part(3, is_cut=True)], form, {})
    assert not (tmp_path / MANIFEST).exists()
    write_folder(tmp_path, [_part(3)], form, {})
    assert json.loads((tmp_path / MANIFEST).read_bytes())["counts"] == {"things": 3}


def test_what_a_killed_export_has_left_goes_with_the_next(tmp_path: Path) -> None:
    """Its rows as plain text; what another export is writing stays, and so do other folders."""
    (tmp_path / "export-of-mine").mkdir()
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path)], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (left,) = tmp_path.glob(".vedette-export-*")
    assert (left / "lines").exists()
    form = format_named("parquet")
    part = _part(3)
    first = form.chunks(part.shape, part.read(), tmp_path)
    next(first)
    assert not left.exists()
    (held,) = tmp_path.glob(".vedette-export-*")
    assert b"".join(form.chunks(part.shape, part.read(), tmp_path))[:4] == b"PAR1"
    assert held.exists()
    assert list(first) == []
    assert [one.name for one in tmp_path.iterdir()] == ["export-of-mine"]
