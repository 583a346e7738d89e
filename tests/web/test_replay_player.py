"""The player of replays in a real browser: what it shows, and what a forged recording cannot do."""
# ruff: noqa: F401, F811 - the fixtures of the other browser tests

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.sink import Sink
from tests.web.forged_recordings import forged_recording
from tests.web.playing import (
    AFTER_ALL,
    FILM,
    FILMED,
    FORGED,
    FRAMED,
    GROWING,
    LURE,
    NO_CLEANER,
    PLAIN,
    framed,
    grown,
    open_replay,
    picture,
    plain,
    play_forged,
    words_shown,
)
from tests.web.recorded import last_words, send_film, send_replay
from tests.web.test_browser import (
    addresses,
    blank,
    chromium,
    expect,
    pytestmark,
    session,
    site,
)
from tests.web.test_dashboard_browser import aside
from tests.web.world import World
from vedette import clock

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


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
    blank.keyboard.press("m")
    skip = blank.get_by_role("button", name="Skip inactivity")
    expect(skip).to_have_attribute("aria-pressed", "false")


def test_only_frames_that_were_not_recorded_are_hatched(recorded: World, blank: Page) -> None:
    """One of another site is; one whose document was recorded stands as it was."""
    start = clock.timestamp() * 1000 - 3_600_000

    def send() -> None:
        send_replay(recorded, FRAMED, [(0, framed(start))])
        recorded.stage.work()

    aside(send)
    open_replay(blank, FRAMED, "?t=1000")
    frames = picture(blank).locator("iframe")
    expect(frames.nth(0).content_frame.locator("body")).to_have_text("Delivery")
    hatched = re.compile("gradient")
    expect(frames.nth(0)).not_to_have_css("background-image", hatched)
    expect(frames.nth(1)).to_have_css("background-image", hatched)


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


# What is left of styles that would be more than they look like, and the milliseconds of long ones.
CLEANED = """
async () => {
  const base = document.querySelector("script[src*='/x-replay.js']").src;
  const { cleanStyles } = await import(new URL("frame/cleaning.js", base));
  const began = performance.now();
  for (const part of ["url(", "image-set(", "@import", "url(x"]) cleanStyles(part.repeat(3e4));
  cleanStyles("url(" + " ".repeat(60_000));
  return { took: performance.now() - began, left: %s.map(cleanStyles) };
}
"""
MISREAD = {
    "a{b:url(http://x": "a{b:url(data:,",
    "a{b:image-set(f(g(h())) 1x, 'http://x' 2x)}": "a{b:no-set(f(g(h())) 1x, 'http://x' 2x)}",
    "@im@import;port 'http://x'": "@im@no;port 'http://x'",
    r"@\\69mport 'http://x'": r"@\\69mport 'http://x'",
    r"u\72 l(http://x)": "url(data:,)",
    r"ur\6\63(http://x)": r"ur\000006 c(http://x)",
    "a{b:url( 'data:image/png;base64,AA' )}": "a{b:url( 'data:image/png;base64,AA' )}",
}


def test_styles_are_cleaned_as_a_browser_reads_them_and_quickly(
    recorded: World, blank: Page
) -> None:
    """What is left open, nested, joined, escaped twice; a long one takes no longer than it is."""
    open_replay(blank, PLAIN)
    found = blank.evaluate(CLEANED % json.dumps(list(MISREAD)))
    assert dict(zip(MISREAD, found["left"], strict=True)) == MISREAD
    assert found["took"] < 2000


# What a browser reads of styles whose pieces come together, later, or one after the other changed.
SPLIT = """
async () => {
  const base = document.querySelector("script[src*='/x-replay.js']").src;
  const { Cleaner } = await import(new URL("frame/cleaning.js", base));
  const pieces = ["@im", "port 'http://x'; a { color: red; background: u", "rl(http://x/1) }"];
  const texts = (ids) => pieces.map((textContent, at) => ({ type: 3, textContent, id: ids + at }));
  const style = (id, childNodes) => ({ type: 2, tagName: "style", attributes: {}, childNodes, id });
  const cleaner = new Cleaner();
  const node = { type: 0, id: 1, childNodes: [style(2, texts(3)), style(6, [])] };
  const change = { source: 0, removes: [], attributes: [], texts: [], adds: [] };
  for (const text of texts(7)) change.adds.push({ parentId: 6, nextId: null, node: text });
  cleaner.clean({ type: 2, data: { node } });
  cleaner.clean({ type: 3, data: change });
  const values = pieces.map((value, at) => ({ id: 3 + at, value }));
  const changed = { ...change, adds: [], texts: values };
  cleaner.clean({ type: 3, data: changed });
  return [
    node.childNodes[0].childNodes.map((one) => one.textContent).join(""),
    change.adds.map((one) => one.node.textContent).join(""),
    changed.texts.map((one) => one.value).join(""),
  ].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    const read = [...sheet.cssRules].map((one) => one.cssText).join(" ");
    return [/@import|url\\((?!"?data:)/i.test(text + read), read];
  });
}
"""


def test_a_style_in_pieces_is_cleaned_as_one(recorded: World, blank: Page) -> None:
    """What is no address in any piece is none in the whole; pieces that came together are shown."""
    open_replay(blank, PLAIN)
    found = blank.evaluate(SPLIT)
    assert [is_read for is_read, _ in found] == [False, False, False]
    assert "color: red" in found[0][1]


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


def test_a_replay_that_is_still_recorded_goes_on(recorded: World, blank: Page) -> None:
    """At its end it waits; what comes in later is played by itself, and what comes late is there
    when it is looked for."""
    start = clock.timestamp() * 1000 - 3000

    def send(number: int) -> None:
        send_replay(recorded, GROWING, [grown(start, number)])
        recorded.stage.work()

    aside(lambda: send(0))
    open_replay(blank, GROWING)
    title = picture(blank).locator("h1")
    blank.keyboard.press("Space")
    expect(title).to_have_text("Lamp 1")
    expect(blank.locator("[data-note]")).to_contain_text("Still being recorded")
    aside(lambda: send(2))
    expect(title).to_have_text("Lamp 3", timeout=15_000)
    expect(blank.locator(".rt-gap")).to_have_count(1)
    aside(lambda: send(1))
    expect(blank.locator(".rt-gap")).to_have_count(0, timeout=15_000)
    box = blank.get_by_role("slider").bounding_box()
    assert box is not None
    blank.mouse.click(box["x"] + box["width"] * 0.62, box["y"] + 10)
    expect(title).to_have_text("Lamp 2")


def test_a_video_of_a_mobile_replay_plays(recorded: World, blank: Page) -> None:
    """Two segments, one after the other, with the same controls."""
    video = base64.b64decode(blank.evaluate(FILMED))

    def send() -> None:
        start = clock.timestamp() * 1000 - 3_600_000
        for number in range(2):
            send_film(recorded, FILM, number, start + number * 1000, video)
        recorded.stage.work()

    blank.goto("/issues/")
    aside(send)
    open_replay(blank, FILM)
    expect(blank.locator("[data-time]")).to_have_text("0:00 / 0:02")
    blank.keyboard.press(">")
    blank.keyboard.press("Space")
    expect(blank.locator("[data-time]")).to_have_text("0:02 / 0:02", timeout=15_000)
    assert blank.evaluate("document.querySelector('x-replay video').videoWidth") == 160
    expect(blank.get_by_role("button", name="Play", exact=True)).to_be_visible()
