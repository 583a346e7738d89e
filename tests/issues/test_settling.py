"""A spool whose notes cannot be its own gets a name, and nothing of it is taken for digested."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from vedette.detecting.models import LookedAt
from vedette.issues.models import SpoolPosition
from vedette.issues.positions import Positions
from vedette.issues.settling import settle
from vedette.spool.identity import identity_of
from vedette.spool.run import SpoolRun

pytestmark = pytest.mark.usefixtures("rollback")


def _spool(folder: Path, records: int = 3) -> int:
    """A spool of one writer with some records; where they end."""
    with SpoolRun(folder / "web-0") as writer:
        writer.append([(b"{}", b"x" * 100)] * records)
    return sum(path.stat().st_size for path in (folder / "web-0").glob("*.spool"))


def test_a_spool_keeps_the_name_under_which_it_has_noted_what_it_wrote(tmp_path: Path) -> None:
    """A start changes nothing, with and without records that wait."""
    name = identity_of(tmp_path)
    settle(tmp_path, lambda _: 0)
    end = _spool(tmp_path)
    settle(tmp_path, lambda _: 0)
    Positions(tmp_path).move("web-0", end)
    settle(tmp_path, lambda _: 0)
    assert identity_of(tmp_path) == name
    assert Positions(tmp_path).of("web-0") == end


def test_a_spool_from_before_names_takes_its_notes_along(tmp_path: Path) -> None:
    """The position, and how far problems were looked for; others go on without it."""
    end = _spool(tmp_path)
    SpoolPosition.objects.create(writer="web-0", position=end - 10)
    LookedAt.objects.create(writer="web-0", position=end - 20)
    settle(tmp_path, lambda _: 5)
    name = identity_of(tmp_path)
    assert name
    assert Positions(tmp_path).all() == {"web-0": end - 10}
    assert LookedAt.objects.get(writer=f"web-0@{name}").position == end - 20
    SpoolPosition.objects.filter(writer="web-0").update(position=10 * end)
    settle(tmp_path, lambda _: 5)
    assert (identity_of(tmp_path), Positions(tmp_path).of("web-0")) == (name, end - 10)


def test_notes_of_another_spool_are_not_taken_for_its_own(tmp_path: Path) -> None:
    """Two nodes from before names: where the other was further, the store says how far this is."""
    end = _spool(tmp_path)
    SpoolPosition.objects.create(writer="web-0", position=end + 1)
    settle(tmp_path, lambda _: 7)
    assert Positions(tmp_path).all() == {"web-0": 7}


def test_a_spool_that_comes_back_from_the_past_begins_anew(tmp_path: Path) -> None:
    """What it accepts is digested, however far the database has gone without it."""
    end = _spool(tmp_path / "one")
    name = identity_of(tmp_path / "one")
    settle(tmp_path / "one", lambda _: 0)
    name = identity_of(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    Positions(tmp_path / "one").move("web-0", end + (5 << 30))
    settle(tmp_path / "two", lambda _: end)
    assert identity_of(tmp_path / "two") not in ("", name)
    assert Positions(tmp_path / "two").all() == {"web-0": end}


@pytest.mark.parametrize("written", [None, b"", b"0123", b"\xff\xfe", b"0123456789abcdeg"])
def test_a_spool_whose_name_is_lost_goes_on_from_what_the_store_holds(
    tmp_path: Path, written: bytes | None
) -> None:
    """Nothing that was digested is digested again, and the name is whole from there on."""
    identity_of(tmp_path)
    end = _spool(tmp_path)
    Positions(tmp_path).move("web-0", end)
    (tmp_path / "identity").unlink()
    if written is not None:
        (tmp_path / "identity").write_bytes(written)
    settle(tmp_path, lambda _: end)
    assert len(identity_of(tmp_path)) == 16
    assert Positions(tmp_path).all() == {"web-0": end}
    assert {path.name for path in tmp_path.iterdir()} == {"identity", "web-0"}
