"""What was kept is read again once its kind has a home: once, in its own time, corrected."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.drawers import added
from tests.pipeline.pipe import FAR, Pipe
from vedette import items
from vedette.pipeline import reingest as module
from vedette.pipeline.reingest import reingest
from vedette.search.fields import fields_of
from vedette.store import query as q
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import build_envelope

KIND = '''
    """Parcels, a kind that came with a later version."""

    import msgspec

    from vedette.items import Effects, ItemKind, Row, SearchField
    from vedette.items._columns import integer, text, uuid
    from vedette.items._kept import json_sample
    from vedette.outcome import Drop, DropReason
    from vedette.store.table import Table

    PARCELS = Table(
        name="parcels",
        columns=(*integer("project_id"), *uuid("event_id"), *text("city", "address", "trace")),
    )

    def read(item):
        parcel = msgspec.json.decode(item.payload)
        if "city" not in parcel:
            return Drop(DropReason.INVALID_ITEM, "parcel_without_city")
        envelope = msgspec.json.decode(item.envelope_line)
        values = {
            "project_id": item.meta.project_id,
            "event_id": item.meta.event_id,
            "timestamp": int(item.meta.received * 1_000_000),
            "city": parcel["city"],
            "address": item.meta.remote_address,
            "trace": envelope.get("trace", {}).get("trace_id"),
        }
        return Effects(rows=[Row(PARCELS, values)])

    KIND = ItemKind(
        types=("parcel",),
        category="parcel",
        tables=(PARCELS,),
        read=read,
        sample=json_sample("parcel", {"city": "Berlin"}),
        fields={"parcel.city": SearchField(column="city", help="where it goes")},
    )
'''


@contextmanager
def a_new_kind(folder: Path) -> Iterator[None]:
    """The product of a later version: one file more."""
    forget = (
        items.kinds.cache_clear,
        items.tables.cache_clear,
        items.fact_types.cache_clear,
        items.names_of.cache_clear,
        fields_of.cache_clear,
    )
    with added("vedette.items", "parcel", KIND, folder / "later", forget=forget):
        yield


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    held = Pipe(tmp_path)
    yield held
    held.crash()


def send_parcels(pipe: Pipe, *cities: str) -> None:
    """Each in an envelope of its own, with what the SDK and the door know."""
    for number, city in enumerate(cities):
        headers: dict[str, object] = {
            "event_id": f"{number:032x}",
            "trace": {"trace_id": f"{number + 100:032x}"},
        }
        payload = {"city": city} if city else {"nothing": 1}
        item = ({"type": "parcel"}, json.dumps(payload).encode())
        pipe.spool(build_envelope(headers, [item]))
    pipe.work()
    pipe.store.flush()


def test_kept_items_move_to_their_home_once(pipe: Pipe, tmp_path: Path) -> None:
    """With their time, address and trace; the outcomes tell what became of them."""
    send_parcels(pipe, "Berlin", "Paris", "")
    assert len(pipe.rows("kept_items", "item_type")) == 3
    assert pipe.outcomes() == {("default", "kept"): 3}
    kept_at = {row["timestamp"] for row in pipe.rows("kept_items", "timestamp")}
    with a_new_kind(tmp_path):
        pipe.restart()
        assert reingest(pipe.store, pipe.digester._blobs, pipe.folder / "spool") == 3
        assert reingest(pipe.store, pipe.digester._blobs, pipe.folder / "spool") == 0
        pipe.work()
        found = pipe.rows("parcels", "city", "trace", "timestamp")
        assert [row["city"] for row in found] == ["Berlin", "Paris"]
        assert found[0]["trace"] == f"{100:032x}"
        assert {row["timestamp"] for row in found} <= kept_at
        assert pipe.rows("kept_items", "item_type") == []
        assert pipe.outcomes() == {("parcel", "accepted"): 2, ("parcel", "invalid"): 1}


def test_a_crash_between_spool_and_deletion_doubles_nothing(
    pipe: Pipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reading is known as what it is, and leaves no trace in the outcomes."""
    send_parcels(pipe, "Berlin", "Paris", "")
    with a_new_kind(tmp_path):
        pipe.restart()
        with monkeypatch.context() as patch:
            patch.setattr(pipe.store, "delete", _fail)
            with pytest.raises(OSError, match="power"):
                reingest(pipe.store, pipe.digester._blobs, pipe.folder / "spool")
        pipe.restart()
        pipe.work()
        assert reingest(pipe.store, pipe.digester._blobs, pipe.folder / "spool") == 3
        pipe.work()
        assert [row["city"] for row in pipe.rows("parcels", "city")] == ["Berlin", "Paris"]
        assert pipe.outcomes() == {("parcel", "accepted"): 2, ("parcel", "invalid"): 1}


def _fail(*_: object, **__: object) -> int:
    raise OSError("power cut")


def test_a_large_kept_item_is_read_from_its_blob(pipe: Pipe, tmp_path: Path) -> None:
    """What does not fit into a row is found again."""
    import secrets

    city = secrets.token_hex(20_000)
    send_parcels(pipe, city)
    with a_new_kind(tmp_path):
        pipe.restart()
        reingest(pipe.store, pipe.digester._blobs, pipe.folder / "spool")
        pipe.work()
        assert [row["city"] for row in pipe.rows("parcels", "city")] == [city]


def test_many_are_taken_in_portions(
    pipe: Pipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until none is left, none twice."""
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    send_parcels(pipe, *(f"city {number}" for number in range(8)))
    with a_new_kind(tmp_path):
        pipe.restart()
        taken = []
        while number := reingest(pipe.store, pipe.digester._blobs, pipe.folder / "spool"):
            taken.append(number)
            pipe.work()
        assert taken == [3, 3, 2]
        assert len(pipe.rows("parcels", "city")) == 8


def test_a_run_of_portions_is_one_segment_and_changes_only_its_own_time(
    pipe: Pipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of kept items must not cost a file each, nor a look at every day for each."""
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    send_parcels(pipe, *(f"city {number}" for number in range(8)))
    times = [row["timestamp"] for row in pipe.rows("kept_items", "timestamp")]
    spans: list[tuple[int, int]] = []
    delete = pipe.store.delete

    def noting(names: list[str], condition: q.Condition, start: int, end: int) -> int:
        spans.append((start, end))
        return delete(names, condition, start, end)

    with a_new_kind(tmp_path):
        pipe.restart()
        delete = pipe.store.delete
        monkeypatch.setattr(pipe.store, "delete", noting)
        spool = pipe.folder / "spool"
        blobs = pipe.digester._blobs
        assert reingest(pipe.store, blobs, spool, most_portions=9, has_room=lambda: False) == 3
        assert reingest(pipe.store, blobs, spool, most_portions=9) == 5
        assert reingest(pipe.store, blobs, spool, most_portions=9) == 0
        assert len(list((spool / "reingest").glob("*.spool"))) == 2
        assert [(s, e - 1) for s, e in spans] == [
            (times[0], times[2]),
            (times[3], times[5]),
            (times[6], times[7]),
        ]
        pipe.work()
        assert [row["city"] for row in pipe.rows("parcels", "city")] == [
            f"city {number}" for number in range(8)
        ]
        assert pipe.rows("kept_items", "item_type") == []


def test_large_items_make_small_portions(
    pipe: Pipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A portion lies in memory: it is bounded in bytes as well as in rows."""
    monkeypatch.setattr(module, "_BYTES_AT_ONCE", 100)
    send_parcels(pipe, "a" * 80, "b" * 80, "c", "d")
    with a_new_kind(tmp_path):
        pipe.restart()
        taken = [
            reingest(pipe.store, pipe.digester._blobs, pipe.folder / "spool") for _ in range(4)
        ]
        assert taken == [1, 1, 2, 0]


def test_only_what_was_read_is_deleted(pipe: Pipe, tmp_path: Path) -> None:
    """Beside it lie items of the same envelope and time that have no home yet."""
    parcel = ({"type": "parcel"}, b'{"city": "Berlin"}')
    unknown = ({"type": "letter"}, b'{"city": "Paris"}')
    pipe.spool(build_envelope({"event_id": "a" * 32}, [unknown, parcel, parcel, unknown]))
    pipe.work()
    pipe.store.flush()
    with a_new_kind(tmp_path):
        pipe.restart()
        assert reingest(pipe.store, pipe.digester._blobs, pipe.folder / "spool") == 2
        pipe.work()
        assert len(pipe.rows("parcels", "city")) == 2
        assert [row["item_type"] for row in pipe.rows("kept_items", "item_type")] == ["letter"] * 2


def test_a_kind_from_outside_is_found_by_search(pipe: Pipe, tmp_path: Path) -> None:
    """One file: its items are stored, its keys are known, no other edit."""
    from vedette.search import compile_event_search, parse

    with a_new_kind(tmp_path):
        pipe.restart()
        send_parcels(pipe, "Berlin", "Paris")
        where = compile_event_search(parse("parcel.city:Paris"), fields_of("parcels"))
        select = q.Select(
            projects=VisibleProjects.of_system(),
            table="parcels",
            columns={"city": q.Field("city")},
            where=[where],
            start=int((time.time() - 3600) * 1e6),
            end=FAR,
        )
        assert pipe.store.query(select).rows == [["Paris"]]
