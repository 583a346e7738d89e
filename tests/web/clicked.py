"""Replays in which people click, made by hand."""

from __future__ import annotations

from typing import Any

from tests.web.recorded import Event, crumb, document, element, move, send_replay, whole, words
from tests.web.world import World
from vedette import clock

PAY, LAMP = "body > button#pay", 'body > a[title="lamp"]'
PAGE = "/lamps"  # as `recorded.whole` names it


def click(ms: float, x: int, y: int, node: int = 20) -> Event:
    """A click at a place in the window."""
    return {"type": 3, "timestamp": ms, "data": {"source": 2, "type": 2, "id": node, "x": x, "y": y}}  # noqa: E501  # fmt: skip


def scroll(ms: float, document_id: int, y: int) -> Event:
    """The page is scrolled."""
    return {"type": 3, "timestamp": ms, "data": {"source": 3, "id": document_id, "x": 0, "y": y}}


def clicked_replay(start: float, *, width: int = 1200) -> list[tuple[int, list[Event]]]:
    """Two segments: a page of which two things are clicked, one of them in a rage."""
    page = document(
        element(
            "style", {}, words("body,h1{margin:0}body{height:1500px}.h{height:100vh}", isStyle=True)
        ),
        element("h1", {}, words("Lamps")),
        element("div", {"class": "h"}),
    )
    rage: dict[str, Any] = {"endReason": "timeout", "clickCount": 6}
    first = [
        *whole(start, page, width=width),
        click(start + 1000, width // 4, 100, node=20),
        crumb(start + 1000, "ui.click", LAMP),
        scroll(start + 2000, page["id"], 700),
        move(start + 2500),
    ]
    second = [
        *(click(start + 6000 + 200 * at, width // 2, 300, node=21) for at in range(6)),
        crumb(start + 6000, "ui.click", PAY),
        {**crumb(start + 6000, "ui.slowClickDetected", PAY, **rage), "timestamp": start + 13_000},
    ]
    return [(0, first), (1, second)]


def send_clicks(
    world: World, replay_id: str, *, seconds_ago: float = 3600, width: int = 1200, **about: Any
) -> float:
    """Send such a replay; when it began, in milliseconds since 1970."""
    start = round((clock.timestamp() - seconds_ago) * 1000)
    times = {"timestamp": start / 1000 + 13, "replay_start_timestamp": start / 1000}
    urls = ["https://shop.example/lamps"]
    send_replay(world, replay_id, clicked_replay(start, width=width), urls=urls, **times, **about)
    return start
