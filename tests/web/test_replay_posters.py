"""Posters of replays and the heat map in a real browser: drawn, played, and harmless."""
# ruff: noqa: F401, F811 - the fixtures of the other browser tests

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.sink import Sink
from tests.web.clicked import send_clicks
from tests.web.forged_recordings import forged_recording
from tests.web.playing import FILMED, KINDS, NO_CLEANER
from tests.web.recorded import move, send_film, send_replay
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
    from playwright.sync_api import Browser, Frame, Page

CLICKED, FORGED, FILM, BLANK = "c1" * 16, "c2" * 16, "c3" * 16, "c4" * 16
MANY = [f"{number:02x}" * 16 for number in range(0x30, 0x50)]
COLOURED = """
canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const at = (x, y) => data[4 * (Math.round(y * canvas.height) * canvas.width + Math.round(x * canvas.width)) + 3];
  return [at(0.5, 1000 / %(height)d), at(0.25, 100 / %(height)d), at(0.9, 0.5)];
}
"""  # noqa: E501 - how opaque it is where was clicked, and where not


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
        send_clicks(world, CLICKED, user={"email": "eve@example.com"})
        start = clock.timestamp() * 1000 - 7_200_000
        times = {"timestamp": start / 1000, "replay_start_timestamp": start / 1000}
        forged = [(0, [*forged_recording(start, sink.url), *clicks_on(start)])]
        send_replay(world, FORGED, forged, user={"email": "mallory@example.com"}, **times)
        send_replay(world, BLANK, [(0, [move(start), move(start + 10)])], **times)
        for name in MANY:
            send_clicks(world, name, seconds_ago=9000, user={"email": "many@example.com"})
        world.stage.work()

    aside(send)
    return world


def clicks_on(start: float) -> list[dict[str, Any]]:
    """Clicks on the forged page, of which a heat map is drawn."""
    data = {"source": 2, "type": 2, "id": 20, "x": 50, "y": 50}
    return [{"type": 3, "timestamp": start + 4000 + at, "data": data} for at in range(40)]


@pytest.fixture
def bare(site: tuple[str, World], chromium: Browser, session: Any) -> Iterator[Page]:
    """A page in which the browser may complain."""
    context = chromium.new_context(base_url=site[0], storage_state=session)
    yield context.new_page()
    context.close()


def poster(page: Page, replay_id: str) -> Any:
    """The poster of a replay."""
    return page.locator(f".poster[data-still*='{replay_id}']")


def pictures(page: Page) -> list[Frame]:
    """The documents of the recordings that stand on a page."""
    inner = [one for one in page.frames if one.url.startswith("data:")]
    return [child for one in inner for child in one.child_frames]


def test_posters_show_the_pages_of_replays(recorded: World, blank: Page) -> None:
    """All of them in one frame, in which nothing can be reached; without a page a sign stands."""
    blank.goto("/replays/?query=user.email:*@example.com+!user.email:many@example.com")
    expect(poster(blank, CLICKED)).to_have_attribute("data-state", "shown", timeout=15_000)
    assert [one for one in pictures(blank) if one.locator("h1", has_text="Lamps").count()]
    expect(blank.locator("iframe.gallery")).to_have_count(1)
    assert blank.locator("iframe.gallery").get_attribute("aria-hidden") == "true"
    blank.goto(f"/replays/?query=id:{BLANK}")
    expect(poster(blank, BLANK)).to_have_attribute("data-state", "none", timeout=15_000)
    expect(poster(blank, BLANK).locator(".icon")).to_be_visible()


def test_only_posters_in_sight_are_asked_for(recorded: World, blank: Page) -> None:
    """A few at a time; the others when one comes to them, and each once."""
    asked: list[str] = []
    blank.on("request", lambda one: asked.append(one.url) if "/still/" in one.url else None)
    blank.goto("/replays/?query=user.email:many@example.com")
    expect(blank.locator(".poster")).to_have_count(len(MANY))
    expect(blank.locator(".poster").first).to_have_attribute("data-state", "shown", timeout=15_000)
    blank.wait_for_function("() => !document.querySelector('.poster[data-state=loading]')")
    assert 0 < len(asked) < len(MANY) - 5
    blank.locator(".poster").last.scroll_into_view_if_needed()
    expect(blank.locator(".poster").last).to_have_attribute("data-state", "shown", timeout=15_000)
    assert len(asked) == len(set(asked))


def test_resting_on_a_poster_plays_it_and_leaving_it_ends_that(
    recorded: World, blank: Page
) -> None:
    """By pointer and by keyboard; the picture moves on by itself."""
    blank.goto("/replays/?query=user.email:eve@example.com")
    expect(poster(blank, CLICKED)).to_have_attribute("data-state", "shown", timeout=15_000)
    preview = blank.locator(".poster-preview")
    poster(blank, CLICKED).hover()
    expect(preview).to_be_visible()
    expect(preview).to_contain_text("4× as fast")
    expect(preview.locator(".poster-passed")).to_have_attribute(
        "style", re.compile(r"scaleX\(0\.[1-9]"), timeout=15_000
    )
    blank.mouse.move(5, 5)
    expect(preview).to_be_hidden()
    blank.locator(f"a[href='/replays/shop/{CLICKED}/']").first.focus()
    blank.keyboard.press("Shift+Tab")
    blank.keyboard.press("Tab")
    expect(preview).to_be_visible()
    blank.keyboard.press("Escape")
    expect(preview).to_be_hidden()


def test_who_wants_no_motion_gets_the_picture_alone(recorded: World, blank: Page) -> None:
    """Larger, and standing still."""
    blank.emulate_media(reduced_motion="reduce")
    blank.goto("/replays/?query=user.email:eve@example.com")
    expect(poster(blank, CLICKED)).to_have_attribute("data-state", "shown", timeout=15_000)
    poster(blank, CLICKED).hover()
    preview = blank.locator(".poster-preview")
    expect(preview).to_contain_text("The page as it was")
    inner = preview.frame_locator("iframe").frame_locator("iframe").frame_locator("iframe")
    expect(inner.locator("h1")).to_have_text("Lamps", timeout=15_000)
    passed = preview.locator(".poster-passed").get_attribute("style")
    blank.wait_for_timeout(800)
    assert preview.locator(".poster-passed").get_attribute("style") == passed


def test_a_video_has_its_first_picture(recorded: World, blank: Page) -> None:
    """And plays where one rests on it."""
    video = base64.b64decode(blank.evaluate(FILMED))

    def send() -> None:
        send_film(recorded, FILM, 0, clock.timestamp() * 1000 - 3_600_000, video)
        recorded.stage.work()

    aside(send)
    blank.goto(f"/replays/?query=id:{FILM}")
    expect(poster(blank, FILM)).to_have_attribute("data-state", "shown", timeout=15_000)
    blank.wait_for_function("() => document.querySelector('.poster video').videoWidth === 160")
    poster(blank, FILM).hover()
    expect(blank.locator(".poster-preview video")).to_have_js_property("videoWidth", 160)


def test_the_heat_map_draws_clicks_over_all_of_the_page(recorded: World, blank: Page) -> None:
    """The page as high as it is, with a share of the window as a share of that; warm where was
    clicked, clear where not."""
    blank.goto("/replays/heat/?page=shop+/lamps&width=desktop")
    map_ = blank.locator("x-heat[data-ready]")
    expect(map_).to_have_count(1, timeout=15_000)
    (inner,) = pictures(blank)
    expect(inner.locator("h1")).to_have_text("Lamps")
    assert inner.evaluate("innerHeight") == 1500
    assert inner.evaluate("document.querySelector('.h').offsetHeight") == 600
    warm, mild, clear = map_.locator("canvas").evaluate(COLOURED % {"height": 1500})
    assert warm > 100
    assert mild > 30
    assert clear == 0


def test_forged_recordings_run_and_fetch_nothing_small_or_large(
    recorded: World, blank: Page, sink: Sink
) -> None:
    """In the poster, in its preview, and under a heat map; nothing is even asked for."""
    asked = watch(blank)
    see_forged(blank)
    assert [url for url in asked if url.startswith(sink.url)] == []
    assert sink.received == []


def test_the_policy_alone_holds_forged_stills(recorded: World, bare: Page, sink: Sink) -> None:
    """Where everything is built as it was forged, the browser refuses what it tries."""
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"}
    bare.route(
        "**/frame/cleaning.js", lambda route: route.fulfill(body=NO_CLEANER, headers=headers)
    )
    refused: list[str] = []
    bare.on("console", lambda message: refused.append(message.text))
    watch(bare)
    see_forged(bare, "shown|none")  # what throws while it is built is not shown
    assert any("Content Security Policy" in text for text in refused)
    assert sink.received == []


def watch(page: Page) -> list[str]:
    """Note what the page hears and what is asked for."""
    page.add_init_script(
        "if (window === top) { window.heard = []; addEventListener('message', (event) => "
        "heard.push([event.origin, event.data])); }"
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def see_forged(page: Page, shown: str = "shown") -> None:
    """Look at the forged replay in every small way, and at what the page heard of it."""
    page.goto(f"/replays/?query=id:{FORGED}")
    state = re.compile(shown)
    expect(poster(page, FORGED)).to_have_attribute("data-state", state, timeout=15_000)
    poster(page, FORGED).hover()
    expect(page.locator(".poster-preview iframe")).to_have_count(1, timeout=15_000)
    page.wait_for_timeout(1500)  # for what would be fetched or run late
    heard(page)
    page.goto("/replays/heat/?page=shop+/lamps&width=tablet")
    drawn = page.locator("x-heat[data-ready]")
    failed = page.get_by_text("The picture of this page cannot be shown")
    expect(drawn if shown == "shown" else drawn.or_(failed)).to_be_visible(timeout=15_000)
    page.wait_for_timeout(1000)
    heard(page)


def heard(page: Page) -> None:
    """Nothing but what frames of players and stills tell, from the origin of nobody."""
    told = page.evaluate("heard")
    assert told
    assert {origin for origin, _ in told} == {"null"}
    assert {data.get("is") for _, data in told} <= {*KINDS, "built"}
    assert "ran" not in map(title_of, page.frames)


def title_of(frame: Frame) -> str:
    """Of its document; nothing if the browser refused the frame one, which has no end else."""
    try:
        title: str = frame.locator("html").evaluate("root => root.ownerDocument.title", timeout=500)
    except sync_api.TimeoutError:
        return ""
    return title
