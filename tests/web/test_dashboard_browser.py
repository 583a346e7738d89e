"""Dashboards by mouse and keyboard, in a real browser."""
# ruff: noqa: F401, F811 - the fixtures of the other browser tests

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from django.db import connection

from tests.scripted import wait_until
from tests.web.dashboards import make_dashboard
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
from tests.web.world import World
from vedette.dashboards.models import Dashboard
from vedette.dashboards.saving import content_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

WORDS = [
    {
        "kind": "text",
        "title": title,
        "text": title,
        "place": {"x": x, "y": y, "w": 4, "h": 2},
    }
    for title, x, y in (("Alpha", 0, 0), ("Beta", 4, 0), ("Gamma", 0, 2))
]


Found = TypeVar("Found")


def aside(work: Callable[[], Found]) -> Found:
    """Ask the database in a thread of its own: this one runs the browser's loop."""

    def run() -> Found:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.fixture
def row(site: tuple[str, World]) -> Dashboard:
    """Three widgets: two beside each other, one below the first."""
    return aside(lambda: make_dashboard(site[1], *WORDS, title="Grid"))


def places(row: Dashboard) -> dict[str, tuple[int, int, int, int]]:
    """What is kept."""
    aside(row.refresh_from_db)
    return {
        one.title: (one.place.x, one.place.y, one.place.w, one.place.h)
        for one in content_of(row).widgets
    }


def save(page: Page, row: Dashboard) -> dict[str, tuple[int, int, int, int]]:
    """Press Save, and what is kept then."""
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url(f"**/dashboards/{row.pk}/")
    return places(row)


def edit(page: Page, row: Dashboard) -> None:
    page.goto(f"/dashboards/{row.pk}/edit/")
    page.locator("x-grid.is-ready").wait_for()


def middle(page: Page, name: str) -> tuple[float, float]:
    box = page.get_by_role("button", name=name, exact=True).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, name: str, columns: float, rows: float) -> None:
    """By so many cells."""
    width = page.evaluate("document.querySelector('x-grid').cell().width")
    x, y = middle(page, name)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + columns * width / 2, y + rows * 40, steps=3)
    page.mouse.move(x + columns * width, y + rows * 80, steps=3)


def test_a_widget_is_dragged_and_the_others_make_room(blank: Page, row: Dashboard) -> None:
    """What the browser shows is what is saved."""
    edit(blank, row)
    drag(blank, "Move Alpha", 4, 0)
    blank.mouse.up()
    assert save(blank, row) == {
        "Alpha": (4, 0, 4, 2),
        "Beta": (4, 2, 4, 2),
        "Gamma": (0, 0, 4, 2),
    }


def test_a_widget_is_made_larger_by_its_corner(blank: Page, row: Dashboard) -> None:
    """And pushes down what is in its way."""
    edit(blank, row)
    drag(blank, "Size of Alpha", 2, 1)
    blank.mouse.up()
    assert save(blank, row) == {
        "Alpha": (0, 0, 6, 3),
        "Beta": (4, 3, 4, 2),
        "Gamma": (0, 3, 4, 2),
    }


def test_escape_gives_a_drag_up(blank: Page, row: Dashboard) -> None:
    """Everything is where it was."""
    edit(blank, row)
    before = places(row)
    drag(blank, "Move Alpha", 6, 3)
    blank.keyboard.press("Escape")
    blank.mouse.up()
    assert save(blank, row) == before


def test_the_keyboard_moves_and_sizes_and_says_so(blank: Page, row: Dashboard) -> None:
    """Arrows move, with Shift they size; down goes past what is below."""
    edit(blank, row)
    said = blank.locator("x-grid + [aria-live]")
    handle = blank.get_by_role("button", name="Move Alpha", exact=True)
    handle.focus()
    blank.keyboard.press("ArrowDown")
    expect(said).to_have_text("Alpha: column 1, row 3, 4 wide, 2 high")
    blank.keyboard.press("Shift+ArrowRight")
    blank.keyboard.press("Shift+ArrowDown")
    expect(said).to_have_text("Alpha: column 1, row 3, 5 wide, 3 high")
    blank.keyboard.press("ArrowUp")
    expect(said).to_have_text("Alpha: column 1, row 1, 5 wide, 3 high")
    assert save(blank, row) == {
        "Alpha": (0, 0, 5, 3),
        "Beta": (4, 3, 4, 2),
        "Gamma": (0, 3, 4, 2),
    }


def test_a_number_that_is_typed_moves_the_widget(blank: Page, row: Dashboard) -> None:
    """The fields that work without scripts are the same."""
    edit(blank, row)
    blank.locator("details.tile-place summary").first.click()
    blank.fill("input[name=x-1]", "8")
    blank.press("input[name=x-1]", "Tab")
    assert save(blank, row)["Alpha"] == (8, 0, 4, 2)


def test_one_column_on_a_phone(blank: Page, row: Dashboard) -> None:
    """In the order in which they are read."""
    blank.set_viewport_size({"width": 390, "height": 800})
    blank.goto(f"/dashboards/{row.pk}/")
    boxes = [one.bounding_box() for one in blank.locator(".tile").all()]
    assert len({box["x"] for box in boxes if box}) == 1
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert len(set(tops)) == 3


def test_tiles_are_asked_a_few_at_once_and_one_that_fails_is_alone(
    blank: Page, site: tuple[str, World]
) -> None:
    """The others are there; it can be tried again."""
    twelve = ({"kind": "text", "title": f"T{n}", "text": f"said {n}"} for n in range(12))
    row = aside(lambda: make_dashboard(site[1], *twelve))
    held: list[Any] = []
    blank.route(
        "**/widgets/**", lambda route: held.append(route) if len(held) < 4 else route.continue_()
    )
    blank.goto(f"/dashboards/{row.pk}/")
    wait_until(blank, "document.querySelector('x-tiles').waiting.size === 8")
    while len(held) < 4:  # the page has sent them; they need not have arrived here
        blank.wait_for_timeout(20)
    for one in held:
        if "/widgets/3/" in one.request.url:
            one.fulfill(status=404, body="")
        else:
            one.continue_()
    blank.get_by_text("said 11").wait_for()
    tile = blank.locator(".tile", has_text="T2").first
    sync_api.expect(tile.get_by_role("alert")).to_contain_text("The server answered 404.")
    expect(blank.locator(".tile-body[data-src]", has_text="said")).to_have_count(11)
    tile.get_by_role("button", name="Try again").click()
    blank.get_by_text("said 2", exact=True).wait_for()


def test_a_hidden_page_asks_nothing(blank: Page, row: Dashboard) -> None:
    """And asks again as soon as it is seen, if it is due."""
    asked: list[str] = []
    blank.add_init_script(
        "Object.defineProperty(document, 'hidden', {get: () => window.isHidden ?? false})"
    )
    blank.clock.install()
    blank.on("request", lambda one: asked.append(one.url) if "/widgets/" in one.url else None)
    blank.goto(f"/dashboards/{row.pk}/?refresh=30")
    _all_answered(blank)
    assert len(asked) == 3
    blank.clock.run_for(31_000)
    _all_answered(blank)
    assert len(asked) == 6
    blank.evaluate("window.isHidden = true; document.dispatchEvent(new Event('visibilitychange'))")
    blank.clock.run_for(31_000)
    before = len(asked)
    blank.clock.run_for(300_000)
    assert len(asked) == before <= 9
    with blank.expect_response("**/widgets/3/**"):
        blank.evaluate(
            "window.isHidden = false; document.dispatchEvent(new Event('visibilitychange'))"
        )
        blank.clock.run_for(1_000)


def _all_answered(page: Page) -> None:
    """Wait until no tile is being asked or waits for it: one that is, is not asked again."""
    wait_until(
        page,
        """() => {
            const tiles = document.querySelector("x-tiles");
            return !tiles.asked.size && !tiles.waiting.size
                && tiles.parts.every((part) => part.dataset.filled !== undefined);
        }""",
    )


def test_what_was_answered_stays_when_it_cannot_be_asked_again(blank: Page, row: Dashboard) -> None:
    """A wall is not emptied by one bad minute, but says so; the next answer is shown again."""
    blank.clock.install()
    blank.goto(f"/dashboards/{row.pk}/?refresh=30")
    body = blank.locator(".tile", has_text="Gamma").locator(".tile-body")
    sync_api.expect(body).to_have_text("Gamma")
    busy = {"X-Again": "3"}
    blank.route("**/widgets/**", lambda route: route.fulfill(headers=busy, body="Busy"))
    blank.clock.run_for(31_000)
    sync_api.expect(body).to_contain_text("It could not be asked again just now.")
    expect(body).to_contain_text("Gamma")
    blank.unroute("**/widgets/**")
    blank.clock.run_for(31_000)
    sync_api.expect(body).to_have_text("Gamma")


def test_what_may_not_be_seen_any_more_leaves_the_wall(blank: Page, row: Dashboard) -> None:
    """A link that was ended, a right that was taken: its last answer must not stay on a screen."""
    blank.clock.install()
    blank.goto(f"/dashboards/{row.pk}/?refresh=30")
    body = blank.locator(".tile", has_text="Gamma").locator(".tile-body")
    sync_api.expect(body).to_have_text("Gamma")
    blank.route("**/widgets/**", lambda route: route.fulfill(status=404, body=""))
    blank.clock.run_for(31_000)
    sync_api.expect(body).to_contain_text("The server answered 404.")
    expect(body).not_to_contain_text("Gamma")


def test_the_preview_follows_what_is_written(blank: Page, row: Dashboard) -> None:
    """Also after another dataset was chosen, which keeps what was entered."""
    blank.goto(f"/dashboards/{row.pk}/widgets/new/?kind=number&period=24h")
    preview = blank.locator(".widget-preview .tile-body")
    preview.locator(".figure-value").wait_for()
    blank.fill("#title", "Slow")
    blank.select_option("#id_dataset", "transactions")
    blank.locator("x-search[src*='dataset=transactions']").first.wait_for()
    expect(blank.locator("#title")).to_have_value("Slow")
    blank.fill("#id_figure", "p95(transaction.duration)")
    sync_api.expect(preview.locator(".figure-unit")).to_have_text("s")
    blank.fill("#id_figure", "nope()")
    sync_api.expect(preview).to_contain_text("no function nope()")
