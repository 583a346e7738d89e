"""The player of replays in a real browser, as its tests drive it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.sink import Sink
from tests.web.recorded import change, crumb, document, element, move, span, whole, words

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Frame, FrameLocator, Page

PLAIN, FORGED, GROWING, FILM = "a1" * 16, "a2" * 16, "a3" * 16, "a4" * 16
FRAMED = "a5" * 16
AFTER_ALL = 1e15  # milliseconds
LURE = "<img src=x onerror=alert(1)>"
KINDS = {"ready", "size", "time", "end", "read", "skipped", "blank", "broken", "failed"}
# Takes everything as it comes, as if nothing were taken out.
NO_CLEANER = (
    "export class Cleaner { clean(event) { return event; } }"
    "export const cleanStyles = (text) => text;"
)


def plain(start: float) -> list[tuple[int, list[dict[str, Any]]]]:
    """Three segments, of which the second is missing: a page, an event that is none, last words."""
    title = words("Lamps")
    page = document(element("h1", {}, title))
    request = {"headers": {"x-shop": "berlin"}, "body": '{"item": 7}'}
    answer = {"headers": {}, "body": {"left": 3}}
    first = [
        *whole(start, page),
        move(start + 100),
        crumb(start + 500, "ui.click", LURE),
        span(start + 700, "resource.fetch", "https://shop.example/api/add", method="POST",
             statusCode=500, request=request, response=answer),
        change(start + 1000, texts=[{"id": title["id"], "value": "More lamps"}]),
        {**move(start + 1400), "data": {"source": 2, "type": 99, "id": title["id"]}},
        move(start + 2000),
    ]  # fmt: skip
    last = [
        move(start + 61_000),
        crumb(start + 61_500, "console", "out of lamps"),
        change(start + 62_000, texts=[{"id": title["id"], "value": "No lamps"}]),
        move(start + 63_000),
    ]
    return [(0, first), (2, last)]


def framed(start: float) -> list[dict[str, Any]]:
    """A page with a frame whose document was recorded, and one of another site."""
    own, other = element("iframe"), element("iframe", {"rr_src": "https://pay.example/"})
    inner = {"parentId": own["id"], "nextId": None, "node": document(words("Delivery"))}
    return [
        *whole(start, document(own, other)),
        change(start + 10, adds=[inner], isAttachIframe=True),
        move(start + 1000),
    ]


def grown(start: float, number: int) -> tuple[int, list[dict[str, Any]]]:
    """One of three segments of a second each: the page, and then changes of it."""
    title = {"id": 4001}
    at = start + number * 1000
    events = [move(at + 100), change(at + 600, texts=[{**title, "value": f"Lamp {number + 1}"}])]
    if number == 0:
        node = {"type": 3, "textContent": "Lamps", **title}
        events = [*whole(at, document(element("h1", {}, node))), *events]
    return number, [*events, move(at + 900)]


# A second of film, as the browser itself makes one.
FILMED = """
(async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [160, 120];
  const brush = canvas.getContext("2d");
  const stream = canvas.captureStream(20);
  const recorder = new MediaRecorder(stream, { mimeType: "video/mp4;codecs=vp9" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((done) => { recorder.onstop = done; });
  recorder.start();
  for (let at = 0; at < 20; at++) {
    brush.fillStyle = `hsl(${at * 18} 80% 50%)`;
    brush.fillRect(0, 0, 160, 120);
    await new Promise((done) => setTimeout(done, 50));
  }
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
})()
"""


def picture(page: Page) -> FrameLocator:
    """The recorded page: in the replayer's frame, in the frame of nobody's origin, in ours."""
    outer = page.frame_locator("x-replay iframe")
    return outer.frame_locator("iframe").frame_locator("iframe")


def open_replay(page: Page, replay_id: str, query: str = "") -> None:
    page.goto(f"/replays/shop/{replay_id}/{query}")
    page.locator("x-replay[data-ready]").wait_for()


def play_forged(page: Page, sink: Sink) -> list[str]:
    """Play all of it, and see that nothing ran or reached the sink; the addresses asked for."""
    page.add_init_script(
        "if (window === top) { window.heard = []; addEventListener('message', (event) => {"
        "heard.push([event.origin, event.data]);"
        "document.documentElement.dataset.heard = heard.map(([, data]) => data.is); }); }"
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_replay(page, FORGED, "?t=3600000")
    expect(page.locator("html")).to_have_attribute("data-heard", re.compile("size"))
    page.keyboard.press("Space")
    page.wait_for_timeout(1500)  # for what would be fetched or run late
    heard = page.evaluate("heard")
    assert {origin for origin, _ in heard} == {"null"}
    assert {data.get("is") for _, data in heard} <= KINDS
    assert sink.received == []
    return [url for url in asked if url.startswith(sink.url)]


# The words of a document, with those of frames and shadow roots within.
_WORDS = """
(() => {
  const found = [];
  const walk = (node) => {
    if (node.nodeType === 3) found.push(...node.textContent.split(/\\s+/).filter(Boolean));
    if (["STYLE", "SCRIPT", "NOSCRIPT", "TITLE", "TEXTAREA"].includes(node.nodeName)) return;
    for (const child of node.childNodes) walk(child);
    if (node.shadowRoot) walk(node.shadowRoot);
    if (node.contentDocument) walk(node.contentDocument);
  };
  walk(document);
  return found.sort();
})()
"""


def words_in(frame: Frame) -> list[str]:
    """The words of a page, in order of the alphabet."""
    found: list[str] = frame.evaluate(_WORDS)
    return sorted(found)


def words_shown(page: Page) -> list[str] | None:
    """The words of the recorded page just now; None while there is none."""
    children = [
        child for one in page.frames if one.url.startswith("data:") for child in one.child_frames
    ]
    try:
        return words_in(children[0]) if children else None
    except sync_api.Error:  # it is just being made anew
        return None
