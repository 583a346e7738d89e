"""Pages with unmodified SDKs that record replays in Chromium, and the player that shows them."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from tests.flow.product import Product
from tests.flow.test_javascript_sdks import CHROMIUM, MODULES
from tests.flow.visitor import sign_in_owner
from tests.scripted import wait_until
from tests.web.playing import picture, words_in, words_shown

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AFTER_ALL_MS = 600_000
NOTE = "for Eve: two lamps"
# Numbers of a session's segments are given in order: the next one is how many were sent.
_SENT = "JSON.parse(sessionStorage.sentryReplaySession).segmentId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page had at its end, and the replay of it."""

    replay_id: str
    segments: int
    words: list[str]
    note: str

    def masked(self) -> Shown:
        """The same with stars alone, in a field also for spaces."""
        words = sorted(map(_stars, self.words))
        return replace(self, words=words, note=_stars(self.note))


def _stars(text: str) -> str:
    """As SDKs write them: one for each unit of UTF-16."""
    return "*" * (len(text.encode("utf-16-le")) // 2)


# A frame within the page is recorded in a turn of its own after it has loaded.
_FRAMES_THERE = (
    "[...document.querySelectorAll('iframe')].every((one) => one.contentDocument"
    " && one.contentDocument.URL !== 'about:blank'"
    " && one.contentDocument.readyState === 'complete')"
)
_RECORDED = (
    "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done))))"
)


def bundle_react(source: Path, made: Path, package: str) -> None:
    """Bundle a page of tests/sdk/builds, with this package as its @sentry/react."""
    subprocess.run(
        [
            *(MODULES / ".bin" / "esbuild", source.name, "--bundle", f"--outfile={made}"),
            *([] if package == "react" else [f"--alias:@sentry/react=@sentry/{package}"]),
            *("--jsx=automatic", '--define:process.env.NODE_ENV="production"'),
        ],
        cwd=source.parent,
        check=True,
        capture_output=True,
    )
    made.with_suffix(".html").write_text(
        f'<!doctype html><title>shop</title><body><h1>Lamps</h1><script src="{made.name}"></script>'
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for as long as it is needed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


def record(page: Page, address: str, asked: list[str], **values: str) -> Shown:
    """Write a note and pay, which fails; what the page has then, once all of it is sent."""
    page.goto(f"{address}?{urlencode({**values, **dict.fromkeys(asked, '1')})}")
    wait_until(page, _FRAMES_THERE)
    page.evaluate(_RECORDED)
    page.fill("#note", NOTE)
    with page.expect_event("pageerror"):
        page.click("#pay")
    if "error" in asked:
        # What was kept back is sent by the SDK itself, after the error.
        wait_until(page, f"sessionStorage.sentryReplaySession && {_SENT} > 0")
    page.evaluate(_RECORDED)
    page.evaluate("flushed()")
    return Shown(
        replay_id=page.evaluate("replayId()"),
        segments=page.evaluate(_SENT),
        words=words_in(page.main_frame),
        note=page.input_value("#note"),
    )


def held_segments(product: Product, project: dict[str, str], replay_id: str) -> int:
    """How many segments of a replay the product has."""
    path = f"organizations/{project['organization']}/replays/?query={replay_id}"
    found = product.api(path)["data"]
    return int(found[0]["count_segments"]) if found else 0


def signed_in(product: Product, browser: Browser) -> Page:
    """A page of who owns the installation."""
    visitor = sign_in_owner(product)
    context = browser.new_context(base_url=product.base)
    host = urlsplit(product.base).hostname or ""
    context.add_cookies(
        [
            {"name": one.name, "value": one.value or "", "domain": host, "path": "/"}
            for one in visitor.jar
        ]
    )
    return context.new_page()


def play_to_the_end(
    viewer: Page, product: Product, project: dict[str, str], wanted: Shown
) -> Shown:
    """What the last frame of a replay has, as soon as it is what is wanted or ten seconds after."""
    product.wait(
        lambda: held_segments(product, project, wanted.replay_id) >= wanted.segments, seconds=10
    )
    viewer.goto(f"/replays/{project['project']}/{wanted.replay_id}/?t={AFTER_ALL_MS}")
    viewer.locator("x-replay[data-ready]").wait_for()
    deadline = time.monotonic() + 10
    while words_shown(viewer) != wanted.words and time.monotonic() < deadline:
        viewer.wait_for_timeout(50)
    note = picture(viewer).locator("#note").input_value()
    return replace(wanted, words=words_shown(viewer) or [], note=note)
