"""Waiting for what a script in a page says."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def wait_until(page: Page, expression: str, seconds: float = 30) -> None:
    """Until the JavaScript `expression` is true in `page`.

    Asked again and again from outside: `Page.wait_for_function` asks within the page by `eval`,
    which a content security policy refuses from the second time on.
    """
    until = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < until, f"not within {seconds} s: {expression}"
        page.wait_for_timeout(20)
