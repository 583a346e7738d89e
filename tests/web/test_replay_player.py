"""The player of replays in a real browser: what it shows, and what a forged recording cannot do."""
# ruff: noqa: F401, F811 - the fixtures of the other browser tests

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.sink import Sink
from tests.web.forged_recordings import RUN, forged_recording
from tests.web.recorded import (
    change,
    crumb,
    document,
    element,
    last_words,
    move,
    send_replay,
    span,
    whole,
    words,
)
from tests.web.test_browser import (
    addresses,
    blank,
    chromium,
    expect,
    pytestmark,
    session,
    site,
    sync_api,
)
from tests.web.test_dashboard_browser import aside
from tests.web.world import World
from vedette import clock

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page

PLAIN, FORGED, GROWING = "a1" * 16, "a2" * 16, "a3" * 16
AFTER_ALL = 1e15  # milliseconds
LURE = "<img src=x onerror=alert(1)>"
KINDS = {"ready", "size", "time", "end", "read", "skipped", "blank", "broken", "failed"}
# Takes everything as it comes, as if nothing were taken out.
NO_CLEANER = (
    "export class Cleaner { clean(event) { return event; } }"
    "export const cleanStyles = (text) => text;"
)


def plain(start: float) -> list[tuple[int, list[dict[str, Any]]]]:
    """Three segments, of which the second is missing: a page, and its last words."""
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
        move(start + 2000),
    ]  # fmt: skip
    last = [
        move(start + 61_000),
        crumb(start + 61_500, "console", "out of lamps"),
        change(start + 62_000, texts=[{"id": title["id"], "value": "No lamps"}]),
        move(start + 63_000),
    ]
    return [(0, first), (2, last)]


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    """Counts what is fetched."""
    with Sink() as held:
        yield held


@pytest.fixture(scope="module")
def recorded(site: tuple[str, World], sink: Sink) -> World:
    """The replays of this module."""
    world = site[1]

    def send() -> None:
        start = clock.timestamp() * 1000 - 3_600_000
        times = {"timestamp": start / 1000, "replay_start_timestamp": start / 1000}
        send_replay(world, PLAIN, plain(start), tags={"plan": "gold"}, **times)
        send_replay(world, FORGED, [(0, forged_recording(start, sink.url))], **times)
        world.stage.work()

    aside(send)
    return world


@pytest.fixture(scope="module")
def captured(recorded: World, fixtures: Path) -> World:
    """The replays that real SDKs sent."""

    def send() -> None:
        for path in sorted((fixtures / "captures").glob("*-browser-replay*.envelope")):
            recorded.stage.flow.spool(path.read_bytes(), project=recorded.shop.pk)
        recorded.stage.work()

    aside(send)
    return recorded


@pytest.fixture
def bare(site: tuple[str, World], chromium: Browser, session: Any) -> Iterator[Page]:
    """A page in which the browser may complain."""
    context = chromium.new_context(base_url=site[0], storage_state=session)
    yield context.new_page()
    context.close()


def picture(page: Page) -> FrameLocator:
    """The recorded page: in the replayer's frame, in the frame of nobody's origin, in ours."""
    outer = page.frame_locator("x-replay iframe")
    return outer.frame_locator("iframe").frame_locator("iframe")


def open_replay(page: Page, replay_id: str, query: str = "") -> None:
    page.goto(f"/replays/shop/{replay_id}/{query}")
    page.locator("x-replay[data-ready]").wait_for()


def test_a_replay_plays_to_its_last_frame(recorded: World, blank: Page) -> None:
    """Over a segment that is missing, without the minute in which nobody did anything."""
    open_replay(blank, PLAIN)
    expect(picture(blank).locator("h1")).to_have_text("Lamps")
    expect(blank.locator("[data-time]")).to_have_text("0:00 / 1:03")
    expect(blank.locator(".rt-gap")).to_have_count(1)
    expect(blank.locator("[data-url]")).to_have_text("https://shop.example/lamps")
    blank.keyboard.press("Space")
    expect(blank.get_by_role("button", name="Pause")).to_be_visible()
    expect(picture(blank).locator("h1")).to_have_text("No lamps", timeout=15_000)
    expect(blank.locator("[data-time]")).to_have_text("1:03 / 1:03")
    expect(blank.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_a_moment_is_reached_by_link_key_and_line(recorded: World, blank: Page) -> None:
    """The picture is that of the moment, forwards and back; a link says where one is."""
    open_replay(blank, PLAIN, "?t=1500")
    title = picture(blank).locator("h1")
    expect(title).to_have_text("More lamps")
    blank.keyboard.press("ArrowLeft")
    expect(title).to_have_text("Lamps")
    blank.keyboard.press(".")
    expect(blank.locator("[aria-current=time]")).to_contain_text("Click")
    blank.get_by_role("tab", name="Console").click()
    blank.get_by_role("button", name="out of lamps").click()
    expect(blank.locator("[data-time]")).to_have_text("1:01 / 1:03")
    expect(title).to_have_text("More lamps")
    line = blank.get_by_role("slider")
    line.focus()
    blank.keyboard.press("End")
    expect(title).to_have_text("No lamps")
    box = line.bounding_box()
    assert box is not None
    blank.mouse.click(box["x"] + 1, box["y"] + 10)
    expect(title).to_have_text("Lamps")
    blank.get_by_role("button", name="Copy link").click()
    blank.wait_for_url(re.compile(r"\?t=\d+$"))
    for key in ("Shift+>", "m"):
        blank.keyboard.press(key)
    expect(blank.locator("[data-speed]")).to_have_value("2")
    expect(blank.get_by_role("button", name="Skip inactivity")).to_have_attribute(
        "aria-pressed", "false"
    )
    blank.keyboard.press("?")
    expect(blank.get_by_role("dialog", name="Keys of the player")).to_be_visible()


def test_panels_tell_what_happened_as_text(recorded: World, blank: Page) -> None:
    """A request with its bodies, the filter, tags; markup in a label is nothing but words."""
    open_replay(blank, PLAIN)
    expect(picture(blank).locator("h1")).to_have_text("Lamps")
    expect(blank.locator(".rr-line", has_text="Click")).to_contain_text(LURE)
    blank.get_by_role("tab", name="Network").click()
    blank.get_by_role("button", name="POST /api/add").click()
    detail = blank.locator(".rr-detail")
    expect(detail).to_contain_text('{"item": 7}')
    expect(detail).to_contain_text("x-shop: berlin")
    expect(detail).to_contain_text('"left": 3')
    blank.get_by_role("tab", name="Changes").click()
    expect(blank.locator(".rr-line")).not_to_have_count(0)
    blank.get_by_role("tab", name="Trail").click()
    blank.get_by_placeholder("Filter").fill("out of")
    expect(blank.locator(".rr-line")).to_have_count(1)
    blank.get_by_role("tab", name="Tags").click()
    expect(blank.locator("#replay-panel")).to_contain_text("gold")


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


def test_a_forged_recording_runs_and_fetches_nothing(
    recorded: World, blank: Page, sink: Sink
) -> None:
    """Of all that it tries nothing is even asked for, and the page is shown all the same."""
    assert play_forged(blank, sink) == []
    expect(picture(blank).locator("h1")).to_have_text("The last frame")
    expect(picture(blank).locator("#lure").first).to_have_attribute("href", "#")
    assert [frame.title() for frame in blank.frames if frame.title() == "ran"] == []


def test_the_policy_alone_holds_a_forged_recording(recorded: World, bare: Page, sink: Sink) -> None:
    """Where everything is built as it was forged, the browser refuses what it tries."""
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"}
    bare.route(
        "**/frame/cleaning.js", lambda route: route.fulfill(body=NO_CLEANER, headers=headers)
    )
    refused: list[str] = []
    bare.on("console", lambda message: refused.append(message.text))
    play_forged(bare, sink)
    assert any("Content Security Policy" in text for text in refused)


@pytest.mark.parametrize(
    ("replay_id", "shown"),
    [
        ("de25e422a9ea468b947739e2db07935a", "hi hello replay"),
        ("afe78ebf1bda4798b8c0e97f9f8a7aad", "** ***** ******"),
    ],
    ids=["as it was", "masked"],
)
def test_what_real_sdks_sent_is_played(
    captured: World, blank: Page, replay_id: str, shown: str
) -> None:
    """The last frame has the words of the page; masked, it has stars."""
    open_replay(blank, replay_id, "?t=600000")
    expect(picture(blank).locator("body")).to_have_text(shown)


# Of the last words of a document, with those of frames and shadow roots within.
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


def test_recordings_of_the_recorder_itself_are_played(
    recorded: World, blank: Page, fixtures: Path
) -> None:
    """Every list of events that rrweb tests with ends with the words that its events leave."""
    open_replay(blank, PLAIN)
    expect(picture(blank).locator("h1")).to_have_text("Lamps")
    for path in sorted((fixtures / "replay" / "rrweb").glob("*.json")):
        text = path.read_text()
        order = {
            "order": "open",
            "segments": [{"id": 0, "text": text}],
            "at": AFTER_ALL,
            "plays": False,
        }
        blank.evaluate(
            "order => document.querySelector('x-replay iframe')"
            ".contentWindow.frames[0].postMessage(order, '*')",
            order,
        )
        wanted = last_words(json.loads(text))
        deadline = time.monotonic() + 10
        while (shown := words_shown(blank)) != wanted and time.monotonic() < deadline:
            blank.wait_for_timeout(50)
        assert shown == wanted, path.name


def words_shown(page: Page) -> list[str] | None:
    """The words of the recorded page just now; None while there is none."""
    (inner,) = [one for one in page.frames if one.url.startswith("data:")]
    children = inner.child_frames
    try:
        return sorted(children[0].evaluate(_WORDS)) if children else None
    except sync_api.Error:  # it is just being made anew
        return None
