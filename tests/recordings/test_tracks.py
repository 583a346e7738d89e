"""Where on a page people clicked: what a segment tells of it, and a replay's segments together."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest

from vedette.recordings import placing, tracks
from vedette.recordings.pages import page_name
from vedette.recordings.placing import Place, Placed, place_clicks, width_class
from vedette.recordings.summary import summarize
from vedette.recordings.tracks import MOST_BYTES, Step, decode_track, encode_track

AT = 1795310774000  # milliseconds
DOCUMENT = 7


def page(
    after: int, href: str = "https://shop.example/item/7?from=mail#top", width: int = 1280,
    *, top: int = 0,
) -> list[dict[str, Any]]:  # fmt: skip
    """A page that is recorded as a whole."""
    meta = {"href": href, "width": width, "height": 720}
    whole = {"node": {"id": DOCUMENT}, "initialOffset": {"left": 0, "top": top}}
    return [
        {"type": 4, "timestamp": AT + after, "data": meta},
        {"type": 2, "timestamp": AT + after, "data": whole},
    ]


def change(after: int, **data: Any) -> dict[str, Any]:
    """An increment."""
    return {"type": 3, "timestamp": AT + after, "data": data}


def click(after: int, x: float = 320, y: float = 100, node: int = 20) -> dict[str, Any]:
    """A click at a place in the window."""
    return change(after, source=2, type=2, id=node, x=x, y=y)


def scroll(after: int, y: int, node: int = DOCUMENT) -> dict[str, Any]:
    """The page, or something on it, is scrolled."""
    return change(after, source=3, id=node, x=0, y=y)


def crumb(after: int, category: str, message: str = "", **data: Any) -> dict[str, Any]:
    """What an SDK says beside."""
    payload = {"category": category, "timestamp": (AT + after) / 1000, "message": message, "data": data}  # noqa: E501  # fmt: skip
    return {"type": 5, "timestamp": AT + after, "data": {"tag": "breadcrumb", "payload": payload}}


def vain(after: int, message: str, clicks: int = 1) -> dict[str, Any]:
    """A click that nothing came of: told seven seconds later, with the moment of the click."""
    told = crumb(after, "ui.slowClickDetected", message, endReason="timeout", clickCount=clicks)
    return {**told, "timestamp": AT + after + 7000}


def track(*events: Any) -> list[Step]:
    """The steps of a segment, as they are stored and read back."""
    return decode_track(encode_track(summarize(json.dumps(events).encode()).track) or "[]")


def placed(*segments: list[dict[str, Any]], numbers: tuple[int, ...] | None = None) -> Placed:
    """The clicks of a replay of these segments."""
    return place_clicks(zip(numbers or range(len(segments)), (track(*one) for one in segments), strict=True))  # noqa: E501  # fmt: skip


def test_a_click_has_its_place_on_the_page() -> None:
    """As a share of the width, and in pixels from the top of the page, not of the window."""
    found = placed([*page(0), scroll(500, 200), scroll(600, 400), click(700)])
    (one,) = found.places
    assert one == Place(AT + 700, "/item/*", 1280, 720, 0.25, 500, "", "", AT)
    assert found.unplaced == 0


def test_a_page_that_was_scrolled_when_it_was_recorded_counts_from_its_top() -> None:
    """And one within which something else is scrolled does not."""
    found = placed([*page(0, top=300), scroll(500, 999, node=30), click(700)])
    assert [one.top for one in found.places] == [400]


def test_what_an_earlier_segment_told_holds_in_a_later_one() -> None:
    """Address, size and scrolling; in whatever order the segments came."""
    first, second = [*page(0), scroll(500, 400)], [click(5700)]
    expected = [("/item/*", 0.25, 500)]
    for found in (placed(first, second), placed(second, first, numbers=(1, 0))):
        assert [(one.page, one.share, one.top) for one in found.places] == expected


def test_a_click_after_a_gap_is_counted_and_not_guessed() -> None:
    """Until the page is recorded as a whole again."""
    found = placed([*page(0), click(100)], [click(9000), *page(9500, "/cart"), click(9900)], numbers=(0, 2))  # noqa: E501  # fmt: skip
    assert [one.page for one in found.places] == ["/item/*", "/cart"]
    assert found.unplaced == 1
    assert placed([click(0)]).unplaced == 1


def test_a_page_that_scripts_go_to_is_another_page() -> None:
    """No page is loaded there; the SDK says so."""
    went = crumb(500, "navigation", to="https://shop.example/orders/18/")
    found = placed([*page(0), went, click(700)])
    assert [one.page for one in found.places] == ["/orders/*/"]


def test_the_window_may_change_its_size() -> None:
    """A click counts for the width that it had then."""
    found = placed([*page(0), change(300, source=4, width=400, height=800), click(700, x=100)])
    assert [(one.width, one.share, one.width_class) for one in found.places] == [(400, 0.25, "phone")]  # noqa: E501  # fmt: skip


@pytest.mark.parametrize(
    ("width", "name"),
    [(320, "phone"), (599, "phone"), (600, "tablet"), (1023, "tablet"), (1024, "desktop")],
)
def test_windows_are_of_three_classes(width: int, name: str) -> None:
    """By their width alone."""
    assert width_class(width) == name


def test_what_was_clicked_is_what_the_sdk_says_of_the_moment() -> None:
    """The nearest in time; a click on the same thing has the same name, though nobody says so."""
    found = placed(
        [
            *page(0),
            click(1000, node=20), crumb(1010, "ui.click", "body > a"),
            click(1500, node=21), crumb(1490, "ui.click", "body > b"),
            click(1900, node=20),
            click(4000, node=22),
        ]
    )  # fmt: skip
    assert [one.selector for one in found.places] == ["body > a", "body > b", "body > a", ""]


def test_clicks_in_vain_are_told_later_and_found() -> None:
    """A dead click is one, and in a rage all on the same thing; others are none."""
    first = [
        *page(0),
        click(1000, node=20), crumb(1000, "ui.click", "body > a"),
        click(2000, node=21), crumb(2000, "ui.click", "body > b"),
        *(click(2000 + 200 * at, node=21) for at in range(1, 6)),
        click(4000, node=22), crumb(4000, "ui.click", "body > i"),
    ]  # fmt: skip
    found = placed(first, [vain(2000, "body > b", 6), vain(1000, "body > a")])
    assert [one.verdict for one in found.places] == ["dead", *["rage"] * 6, ""]


@pytest.mark.parametrize(
    "event",
    [
        {"type": 4, "timestamp": AT, "data": {"href": 7, "width": "wide", "height": None}},
        {"type": 4, "timestamp": AT, "data": {"href": "/", "width": 1e12, "height": -1}},
        {"type": 2, "timestamp": AT, "data": {"node": {"id": True}, "initialOffset": []}},
        {"type": 2, "timestamp": AT, "data": {"node": [], "initialOffset": {"top": "x"}}},
        {"type": 3, "timestamp": AT, "data": {"source": 2, "type": 2, "id": 1, "x": "1", "y": {}}},
        {"type": 3, "timestamp": AT, "data": {"source": 2, "type": 2, "id": -1, "x": 1, "y": 1e9}},
        {"type": 3, "timestamp": AT, "data": {"source": 3, "id": 1 << 70, "x": 0, "y": 0}},
        {"type": 3, "timestamp": AT, "data": {"source": 4, "width": False, "height": 0}},
        {"type": 3, "timestamp": AT, "data": 7},
    ],
)
def test_what_cannot_be_is_left_out(event: dict[str, Any]) -> None:
    """A forged event costs none of those beside it."""
    steps = track(event, click(0))
    assert [step.kind for step in steps] == ["click"]


def test_a_track_is_bounded() -> None:
    """In clicks, and in bytes: what came first stays, and it says that more was lost. What is no
    track is none."""
    many = track(*page(0), *(click(at, node=at) for at in range(1, 200)))
    assert sum(step.kind == "click" for step in many) == tracks.MOST_CLICKS
    names = [Step(AT + at, "click", 1, 1, "x" * 199) for at in range(400)]
    text = encode_track(names) or ""
    assert len(text) <= MOST_BYTES
    *kept, last = decode_track(text)
    assert kept == names[: len(kept)]
    assert last == Step(AT + len(kept), "lost")
    assert encode_track([]) is None
    assert decode_track('[[1,"nonsense",0,0,""]]') == decode_track("{") == []


def test_the_clicks_of_one_replay_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody draws a map alone."""
    monkeypatch.setattr(placing, "MOST_CLICKS", 3)
    found = placed([*page(0), *(click(at) for at in range(1, 9))])
    assert (len(found.places), found.unplaced) == (3, 5)


def test_a_page_is_called_by_its_path_without_ids() -> None:
    """Whatever stands in front of it or behind, and whatever it is."""
    names = {
        "https://shop.example/item/7?token=x#y": "/item/*",
        "https://shop.example": "/",
        "/orders/3fa85f64-5717-4562-b3fc-2c963f66afa6": "/orders/*",
        "http://[::1": "",
        "": "",
        "/\x00\ud800": "/?",
    }
    assert {text: page_name(text) for text in names} == names


def test_addresses_without_end_are_not_remembered_whole() -> None:
    """A digester that met a thousand of them is no larger."""
    tracemalloc.start()
    try:
        for number in range(100):
            assert page_name(f"https://shop.example/{number:03d}x" + "a" * (1 << 18))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 4 << 20


def test_thousands_of_signs_of_rage_cost_no_more_than_people_can_make() -> None:
    """A forged replay tells of as many as a track holds, in each of two thousand segments."""
    clicks = [Step(AT + at, "click", 1, 1, "a") for at in range(100)]
    page = [Step(AT, "page", 1280, 720, "/"), Step(AT, "whole", 0, 0, DOCUMENT)]
    signs = [Step(AT + at % 100, "rage", 0, 0, "a") for at in range(500)]
    segments = [(number, [*page, *clicks, *signs]) for number in range(200)]
    begin = time.process_time()
    found = place_clicks(segments)
    assert time.process_time() - begin < 5
    assert len(found.places) == placing.MOST_CLICKS


@pytest.mark.parametrize(
    "many",
    [
        [change(1000 + at, source=4, width=900 + at % 9, height=700) for at in range(450)],
        [one for at in range(90) for one in (click(1000 + at * 20, node=at + 99),
                                             crumb(1000 + at * 20, "ui.click", "é" * 195))],
    ],
    ids=["sizes", "names"],
)  # fmt: skip
def test_what_has_no_room_leaves_nothing_to_be_guessed(many: list[dict[str, Any]]) -> None:
    """A click in a later segment is not placed by where the page was before it was scrolled."""
    found = placed([*page(0), *many, scroll(4000, 3000)], [click(5500)], [*page(9000), click(9500)])
    assert [one.top for one in found.places if one.ms > AT + 5000] == [100]
    assert [one.ms - AT for one in found.places][-1] == 9500
    assert found.unplaced >= 1
