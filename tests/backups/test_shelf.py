"""Which backups stay, and what goes with those that do not."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from vedette.backups import pieces, shelf
from vedette.backups.errors import Damaged, NoBackup
from vedette.backups.manifest import Backup, File, name_of
from vedette.backups.pieces import PIECE_BYTES, Pieces
from vedette.backups.repository import FolderRepository
from vedette.backups.shelf import Keeping, kept

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # a Monday


def store(repository: FolderRepository, moment: datetime, content: bytes) -> tuple[Backup, int]:
    """A backup of one file, and how much was written for it."""
    writer = Pieces(repository)
    file = writer.add("a", io.BytesIO(content), most_bytes=len(content), changed=1)
    backup = backup_of(moment, file)
    shelf.save(repository, backup)
    return backup, writer.written_bytes


def backup_of(moment: datetime, *files: File) -> Backup:
    return Backup(
        name=name_of(moment.timestamp()),
        moment=moment.timestamp(),
        seconds=1.0,
        version="0.1.0",
        engine="sqlite",
        files=list(files),
        store={},
        database={},
        spool={},
        written_bytes=0,
    )


def test_only_what_changed_of_a_file_is_written_again(tmp_path: Path) -> None:
    """A change in one place of a large file costs one piece, and the same file nothing."""
    repository = FolderRepository(tmp_path)
    content = b"".join(bytes([number]) * PIECE_BYTES for number in range(20))
    _, first = store(repository, NOON, content)
    changed = content[: 5 * PIECE_BYTES] + b"!" + content[5 * PIECE_BYTES + 1 :]
    _, second = store(repository, NOON + timedelta(hours=1), changed)
    _, third = store(repository, NOON + timedelta(hours=2), changed)
    assert 0 < second <= first / 19
    assert third == 0


def test_the_last_and_one_of_each_day_and_week_stay() -> None:
    """An hourly backup for three weeks, thinned out; the newest of each day and week counts."""
    hours = [NOON - timedelta(hours=hour) for hour in range(24 * 21)]
    names = [name_of(hour.timestamp()) for hour in hours]
    stay = kept(names, Keeping(last=3, days=4, weeks=3))
    days = [NOON, *(NOON.replace(hour=23) - timedelta(days=day) for day in (1, 2, 3))]
    weeks = [NOON, *(NOON.replace(hour=23) - timedelta(days=day) for day in (1, 8))]
    wanted = {name_of(hour.timestamp()) for hour in [*hours[:3], *days, *weeks]}
    assert stay == wanted


def test_a_point_in_time_is_of_the_backup_and_not_of_its_name(tmp_path: Path) -> None:
    """After a clock was set back names go on from where they were; the moment is told inside."""
    repository = FolderRepository(tmp_path)
    backup = backup_of(NOON)
    shelf.save(repository, msgspec.structs.replace(backup, name=name_of(backup.moment + 9e6)))
    assert shelf.newest(repository, at=backup.moment) == name_of(backup.moment + 9e6)
    with pytest.raises(NoBackup):
        shelf.newest(repository, at=backup.moment - 1)


def test_the_newest_stays_whatever_is_asked() -> None:
    """No number of days or weeks lets the last backup go, and without any number all stay."""
    names = [name_of((NOON + timedelta(days=day)).timestamp()) for day in range(3)]
    assert kept(names, Keeping(days=0, weeks=0, last=0)) == set(names)
    assert kept(names, Keeping(last=-9)) == {names[-1]}


def test_pieces_that_no_backup_needs_go(tmp_path: Path) -> None:
    """Those of a backup that went and those of one that was never finished; no others."""
    repository = FolderRepository(tmp_path)
    old, _ = store(repository, NOON, b"old" * 1000)
    Pieces(repository).add("b", io.BytesIO(b"unfinished"), most_bytes=99, changed=1)
    new, _ = store(repository, NOON + timedelta(days=1), b"new" * 1000)
    assert shelf.prune(repository, Keeping(last=1)) == [old.name]
    assert set(pieces.stored(repository)) == new.pieces()
    assert shelf.names(repository) == [new.name]


def test_a_damaged_manifest_takes_nothing_along(tmp_path: Path) -> None:
    """As long as it is not known what a backup needs, no piece is removed."""
    repository = FolderRepository(tmp_path)
    old, _ = store(repository, NOON, b"old" * 1000)
    store(repository, NOON + timedelta(days=1), b"new" * 1000)
    path = tmp_path / "backups" / f"{old.name}.json"
    path.write_bytes(path.read_bytes().replace(b'"seconds":1', b'"seconds":2'))
    with pytest.raises(Damaged, match="was changed"):
        shelf.load(repository, old.name)
    before = set(pieces.stored(repository))
    shelf.prune(repository, Keeping())
    assert set(pieces.stored(repository)) == before


def test_a_point_in_time_names_the_last_backup_before_it(tmp_path: Path) -> None:
    """`--at` never gives what was not yet true then."""
    repository = FolderRepository(tmp_path)
    first, _ = store(repository, NOON, b"1")
    second, _ = store(repository, NOON + timedelta(days=1), b"2")
    assert shelf.newest(repository) == second.name
    assert shelf.newest(repository, at=second.moment) == second.name
    assert shelf.newest(repository, at=second.moment - 1) == first.name
    with pytest.raises(NoBackup):
        shelf.newest(repository, at=first.moment - 1)
    with pytest.raises(NoBackup):
        shelf.load(repository, "../../etc/passwd")


def test_a_damaged_piece_is_written_anew(tmp_path: Path) -> None:
    """After it was noted the next backup does not take it for there; then the note goes."""
    repository = FolderRepository(tmp_path)
    backup, _ = store(repository, NOON, b"content" * 100)
    (piece,) = backup.pieces()
    path = tmp_path / pieces.key_of(piece)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(Damaged, match="is damaged"):
        pieces.read(repository, piece)
    pieces.note_damaged(repository, {piece})
    writer = Pieces(repository)
    writer.add("a", io.BytesIO(b"content" * 100), most_bytes=999, changed=1)
    writer.end()
    assert pieces.read(repository, piece) == b"content" * 100
    assert pieces.damaged(repository) == set()
