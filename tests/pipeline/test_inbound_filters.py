"""The steps that turn away: what goes along, what is passed on, who sends too much."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.filters.passing import Passage, envelope
from vedette import clock
from vedette.filters._samples import error, span, transaction
from vedette.pipeline.context import Context
from vedette.pipeline.offenders import Offenders
from vedette.spool.meta import Meta, Origin, encode_meta
from vedette.spool.run import SpoolRun
from vedette.wire.envelope import build_envelope


@pytest.fixture
def passage(tmp_path: Path) -> Iterator[Passage]:
    """A pipeline of its own."""
    made = Passage(tmp_path)
    yield made
    made.crash()


def test_files_go_with_the_event_that_is_turned_away(passage: Passage) -> None:
    """They count by the same reason; those of an event that is stored are stored."""
    passage.choose(localhost=True)
    file = ({"type": "attachment", "filename": "a.txt"}, b"a")
    for url in ("http://localhost/", "https://shop.example/"):
        sample = error(request={"url": url})
        event = json.dumps(dict(sample.payload)).encode()
        head = {"event_id": uuid.uuid4().hex}
        passage.spool(build_envelope(head, [file, ({"type": "event"}, event)]))
    passage.work()
    assert passage.counted() == {
        ("error", "filtered", "localhost"): 1,
        ("attachment", "filtered", "localhost"): 1,
        ("error", "accepted", ""): 1,
        ("attachment", "accepted", ""): 1,
    }
    assert len(passage.rows("attachments", "event_id")) == 1


def test_spans_of_a_container_are_turned_away_one_by_one(passage: Passage) -> None:
    """With all spans of a segment that is; the rest is stored, and the counts are exact."""
    passage.choose(web_crawlers=True, releases=["old@*"])
    now = time.time()
    check = dict(span("GET /robots.txt", user_agent__original="Googlebot/2.1").payload)
    cart = dict(span("GET /cart").payload)
    cart["span_id"] = "7a" * 8
    of_old = {**cart, "span_id": "7b" * 8, "is_segment": False, "name": "SELECT 1"}
    of_old["attributes"] = {**cart["attributes"], "sentry.release": _text("old@1")}
    of_cart = {**cart, "span_id": "7c" * 8, "is_segment": False, "name": "SELECT 2"}
    of_check = {
        **check,
        "span_id": "7d" * 8,
        "is_segment": False,
        "name": "SELECT 3",
        "attributes": {
            "sentry.op": _text("db"),
            "sentry.segment.id": _text(check["span_id"]),
        },
    }
    items = [
        {**one, "start_timestamp": now - 0.1, "end_timestamp": now}
        for one in (of_check, check, cart, of_old, of_cart)
    ]
    body = json.dumps({"version": 2, "items": items}).encode()
    kind = "application/vnd.sentry.items.span.v2+json"
    header = {"type": "span", "item_count": 5, "content_type": kind}
    passage.spool(build_envelope({}, [(header, body)]))
    passage.work()
    assert passage.counted() == {
        ("span", "filtered", "web-crawlers"): 2,
        ("span", "filtered", "release-version"): 1,
        ("span", "accepted", ""): 2,
    }
    stored = {row["span_id"] for row in passage.rows("spans", "span_id")}
    assert stored == {"7a" * 8, "7c" * 8}


def _text(value: str) -> dict[str, str]:
    return {"value": value, "type": "string"}


def test_what_is_read_again_is_not_filtered_again(passage: Passage) -> None:
    """It was let in when it came: it moves from kept to accepted."""
    passage.choose(localhost=True)
    local = envelope(error(request={"url": "http://localhost/"}))
    meta = Meta(1, clock.timestamp(), origin=Origin("a" * 32, "error", 1))
    with SpoolRun(passage.folder / "spool" / "reingest") as spool:
        spool.append([(encode_meta(meta), local)])
    passage.work()
    counted = passage.counted()
    assert counted[("error", "accepted", "")] == 1
    assert not any(outcome == "filtered" for _, outcome, _ in counted)


def test_every_filter_at_once_costs_nobody_an_event(passage: Passage) -> None:
    """What no filter is about is stored, whatever is missing in it."""
    from vedette.filters import filters

    passage.choose(**{name: value for one in filters().values() for name, value in one.on.items()})
    bare = error(exception=None, request=None, platform=None)
    odd = error(
        exception={"values": [None, {"type": None, "value": None}]},
        tags=[["a", None], ["b", 1e400]],
        contexts={"response": {"status_code": [404]}, "device": {"id": {}}},
        user={"ip_address": "no address"},
        request={"url": "http://[", "headers": []},
        release="",
    )
    passage.send(bare, odd, transaction(request="no request"))
    assert passage.counted() == {("error", "accepted", ""): 2, ("transaction", "accepted", ""): 1}


def test_a_user_is_stored_so_often_an_hour(passage: Passage) -> None:
    """What comes beyond is counted; others are not touched, nor is who is not known."""
    passage.choose(offender_limit=3, offender="user")
    passage.send(
        *[error(user={"id": "7"}) for _ in range(5)],
        *[error(user={"id": "8"}) for _ in range(3)],
        *[error(exception=None, message="m", request=None, platform="python") for _ in range(5)],
    )
    assert passage.counted() == {
        ("error", "accepted", ""): 11,
        ("error", "filtered", "repeat-offender"): 2,
    }


@pytest.mark.parametrize(
    ("offender", "fields"),
    [
        ("device", {"contexts": {"device": {"id": "d1"}}}),
        ("address", {"user": {"ip_address": "192.0.2.7"}}),
    ],
)
def test_a_device_and_an_address_are_offenders_too(
    passage: Passage, offender: str, fields: dict[str, object]
) -> None:
    """As it is set."""
    passage.choose(offender_limit=1, offender=offender)
    passage.send(*[error(**fields) for _ in range(3)], error(), error())
    assert passage.counted()[("error", "filtered", "repeat-offender")] == 2


class Sharing(Passage):
    """A pipeline whose digesters share what they count."""

    number = 0

    def make_context(self) -> Context:
        context = super().make_context()
        context.offenders = Offenders(self.folder / "run", self.number)
        return context


def test_digesters_count_together(tmp_path: Path) -> None:
    """The limit holds for all of them, also after one was started again."""
    passage = Sharing(tmp_path)
    passage.choose(offender_limit=10, offender="user")
    for number in (0, 1, 0, 1):
        passage.number = number
        passage.digester.close()
        passage.digester = passage.make_digester()
        passage.send(*[error(user={"id": "7"}) for _ in range(4)])
        passage.owner.checkpoint()  # else the next digests again what only memory holds
    assert passage.counted() == {
        ("error", "accepted", ""): 10,
        ("error", "filtered", "repeat-offender"): 6,
    }
    passage.crash()


def test_counting_keeps_to_its_stated_error(tmp_path: Path) -> None:
    """Never too few; with 200,000 keys in the same hour at most 9 too many."""
    one, other = Offenders(tmp_path, 0), Offenders(tmp_path, 1)
    now = 1_800_000_000.0
    for number in range(100_000):
        other.count(1, "repeat-offender", f"person {number}", now)
        one.count(1, "repeat-offender", f"user {number}", now)
    for key in ("user 5", "person 77", "user 99999"):
        assert 2 <= one.count(1, "repeat-offender", key, now) <= 11
    assert one.count(2, "repeat-offender", "user 5", now) <= 10
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 5 << 20


def test_an_hour_begins_at_nothing() -> None:
    """What is late by an hour is counted in its own; what is later is not counted."""
    counting = Offenders()
    now = 1_800_000_000.0
    assert [counting.count(1, "a", "k", now) for _ in range(3)] == [1, 2, 3]
    assert counting.count(1, "a", "k", now + 3600) == 1
    assert counting.count(1, "a", "k", now) == 4
    assert counting.count(1, "a", "k", now + 7200) == 1
    assert counting.count(1, "a", "k", now) == 0


def test_a_clock_that_was_ahead_ends_no_counting(tmp_path: Path) -> None:
    """Not until then, nor after a restart: what is received with the right time counts."""
    now = clock.timestamp()
    for ahead in (2 * 3600, 3 * 3600, 50_000 * 3600, 50_001 * 3600):
        counting = Offenders(tmp_path)
        assert counting.count(1, "a", "k", now + ahead) == 1
        counting.close()
        counting = Offenders(tmp_path)
        assert [counting.count(1, "a", f"k{ahead}", now) for _ in range(3)] == [1, 2, 3]
        counting.close()
