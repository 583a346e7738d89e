"""What is durable after a kill at each step, and what the replay brings back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.store.shop import count, open_store, run_until_killed, sales, sell, sold
from vedette.store import query as q
from vedette.store.duck import DuckStore


def replay(store: DuckStore, last: int, *, days: int = 1) -> None:
    """Read the spool again as the pipeline does: from the note, cut at what is held."""
    start = store.replay_position("till")
    cuts = sorted({*(cut + 1 for cut in store.held_positions("till")), last + 1})
    for end in [cut for cut in cuts if cut > start]:
        spread: dict[int, list[int]] = {}
        for position in range(start, end):
            spread.setdefault(position % days, []).append(position)
        store.append(
            [sales(found, day=day) for day, found in spread.items()], writer="till", end=end
        )
        start = end


def everything(last: int) -> list[int]:
    return list(range(last + 1))


def test_rows_in_memory_are_read_again(tmp_path: Path) -> None:
    """A kill before the flush loses them; the note does not claim them."""
    run_until_killed(tmp_path, "sell(store, range(5)); store.flush(); sell(store, [5, 6]); die()")
    store = open_store(tmp_path)
    assert sold(store) == everything(4)
    assert store.replay_position("till") == 5
    replay(store, 6)
    store.flush()
    assert sold(store) == everything(6)
    store.close()


STEPS = {
    "before a file's last transaction": (
        "real = store._writing._transaction\n"
        "def step(file, group, number, end):\n"
        "    if end is not None: die()\n"
        "    real(file, group, number, end)\n"
        "store._writing._transaction = step\n"
        "import vedette.store.writing as w; w.TRANSACTION_BYTES = 500\n"
    ),
    "between two files": (
        "real = store._writing.write; seen = []\n"
        "def step(file):\n"
        "    if seen: die()\n"
        "    seen.append(file); real(file)\n"
        "store._writing.write = step\n"
    ),
    "between the files and the note": "store._positions.note_durable = die\n",
    "before the checkpoint": "store._folding.fold = die\n",
    "between two checkpoints": (
        "real = store._folding.fold; seen = []\n"
        "def step(file):\n"
        "    if seen: die()\n"
        "    seen.append(file); return real(file)\n"
        "store._folding.fold = step\n"
    ),
    "between the checkpoint and the catalog": "store._files.note = die\n",
    "between the catalog and the note": "store._positions.note_safe = die\n",
}


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_loses_and_doubles_nothing(tmp_path: Path, step: str) -> None:
    """Three days, several appends, a kill in the middle of a checkpoint, a replay."""
    code = (
        "def take(a, b):\n"
        "    store.append([sales(range(a, b)[i::3], day=range(a, b)[i] % 3) for i in range(3)],"
        " writer='till', end=b)\n"
        "take(0, 30); store.checkpoint(); take(30, 60); store.flush(); take(60, 90); take(90, 99)\n"
        f"{STEPS[step]}"
        "store.checkpoint()"
    )
    run_until_killed(tmp_path, code)
    store = open_store(tmp_path)
    assert store.replay_position("till") >= 60
    held = sold(store)
    assert len(held) == len(set(held))
    assert set(everything(59)) <= set(held)
    replay(store, 104, days=3)
    assert sold(store) == everything(104)
    store.close()
    store = open_store(tmp_path)
    assert sold(store) == everything(104)
    assert store.safe_position("till") == 105
    store.abandon()


def test_a_kill_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    """Killed again and again while it writes and checkpoints at full speed."""
    code = (
        "import threading, time\n"
        "start = store.replay_position('till')\n"
        "threading.Timer(0.25 + (start % 7) / 20, die).start()\n"
        "flushing = lambda: [store.flush() for _ in iter(int, 1)]\n"
        "threading.Thread(target=flushing, daemon=True).start()\n"
        "cuts = sorted(c + 1 for c in store.held_positions('till') if c + 1 > start)\n"
        "step = 0\n"
        "while True:\n"
        "    end = cuts.pop(0) if cuts else start + 30\n"
        "    store.append([sales([p for p in range(start, end) if p % 3 == d], day=d)"
        " for d in range(3)], writer='till', end=end)\n"
        "    start = end; step += 1\n"
        "    if step % 20 == 0: store.checkpoint()\n"
    )
    for _ in range(6):
        run_until_killed(tmp_path, code)
        store = open_store(tmp_path)
        found, durable = sold(store), store.replay_position("till")
        store.abandon()
        assert len(found) == len(set(found))
        assert set(range(durable)) <= set(found)


def test_a_deletion_is_finished_after_a_kill(tmp_path: Path) -> None:
    """Noted once, it is done in every file; later rows stay."""
    code = (
        "for day in range(3):\n"
        "    sell(store, range(day * 10, day * 10 + 10), day=day, project=day % 2)\n"
        "store.flush()\n"
        "real = store._changes._in_file; seen = []\n"
        "def step(*arguments):\n"
        "    if seen: die()\n"
        "    seen.append(1); return real(*arguments)\n"
        "store._changes._in_file = step\n"
        "from vedette.store import query as q\n"
        "store.delete(None, q.Compare(q.Field('project_id'), '=', 0), 0, EVER)"
    )
    run_until_killed(tmp_path, code)
    store = open_store(tmp_path)
    assert sold(store) == list(range(10, 20))
    sell(store, [30], project=0)
    store.flush()
    store.close()
    store = open_store(tmp_path)
    assert sold(store) == [*range(10, 20), 30]
    store.abandon()


def test_deleted_rows_do_not_come_back_in_a_replay(tmp_path: Path) -> None:
    """They are held, though they are not there."""
    store = open_store(tmp_path)
    sell(store, range(10))
    assert store.delete(["sales"], q.OneOf(q.Field("position"), [3, 4]), 0, 1 << 60) == 2
    store._positions._durable_path.unlink()
    store.abandon()
    store = open_store(tmp_path)
    assert store.replay_position("till") == 0
    replay(store, 11)
    assert sold(store) == [0, 1, 2, 5, 6, 7, 8, 9, 10, 11]
    store.abandon()


def test_a_damaged_log_is_replayed_from_the_checkpoint(tmp_path: Path) -> None:
    """What it held comes back; what was checkpointed never left."""
    run_until_killed(
        tmp_path,
        "sell(store, range(10)); store.checkpoint(); sell(store, range(10, 20), day=1)\n"
        "store.flush(); sell(store, range(20, 30)); store.flush(); die()",
    )
    log = tmp_path / "telemetry_20260101.duckdb.wal"
    content = bytearray(log.read_bytes())
    for place in range(40, len(content), 97):
        content[place] ^= 0xFF
    log.write_bytes(content)
    store = open_store(tmp_path)
    assert store.replay_position("till") == 10
    assert sold(store) == everything(19)
    heal(store, [range(10, 20), range(20, 30)], days=[1, 0])
    assert sold(store) == everything(29)
    store.checkpoint()
    store.end_healing()
    store.close()
    store = open_store(tmp_path)
    assert store.replay_position("till") == 30
    assert count(store) == 30
    store.abandon()


def heal(store: DuckStore, batches: Sequence[Sequence[int]], *, days: Sequence[int]) -> None:
    for positions, day in zip(batches, days, strict=True):
        sell(store, positions, day=day)


def test_a_file_that_is_lost_while_the_store_works_is_replayed(tmp_path: Path) -> None:
    """Nothing more is taken until the spool is read again, and the spool is not forgotten."""
    from vedette.store.errors import StoreUnavailable

    store = open_store(tmp_path)
    sell(store, range(10))
    store.checkpoint()
    sell(store, range(10, 20))
    store.flush()
    (file,) = store._files.all()
    with store._files.lock:
        store._files._detach(file)
    content = bytearray(file.log.read_bytes())
    for place in range(40, len(content), 97):
        content[place] ^= 0xFF
    file.log.write_bytes(content)
    assert sold(store) == everything(9)
    with pytest.raises(StoreUnavailable):
        sell(store, range(20, 30))
    store.checkpoint()
    assert store.replay_position("till") == store.safe_position("till") == 10
    replay(store, 29)
    assert sold(store) == everything(29)
    store.checkpoint()
    assert store.safe_position("till") == 30
    store.abandon()


def test_every_writer_is_told_of_a_loss(tmp_path: Path) -> None:
    """One that has begun to replay does not speak for the others."""
    from vedette.store.errors import StoreUnavailable

    store = open_store(tmp_path)
    for writer in ("one", "two"):
        store.append([sales(range(5), writer=writer)], writer=writer, end=5)
    store.checkpoint()
    for writer in ("one", "two"):
        store.append([sales(range(5, 9), writer=writer)], writer=writer, end=9)
    store.flush()
    (file,) = store._files.all()
    with store._files.lock:
        store._files._detach(file)
    file.log.unlink()
    assert len(sold(store)) == 10
    assert store.replay_position("one") == 5
    store.append([sales(range(5, 9), writer="one")], writer="one", end=9)
    with pytest.raises(StoreUnavailable):
        store.append([sales([9], writer="two")], writer="two", end=10)
    store.checkpoint()
    store.end_healing()
    assert (store.safe_position("one"), store.safe_position("two")) == (9, 5)
    assert store.replay_position("two") == 5
    store.append([sales(range(5, 9), writer="two")], writer="two", end=9)
    store.checkpoint()
    store.end_healing()
    assert len(sold(store)) == 18
    assert store.replay_position("two") == 9
    store.abandon()
