"""Markdown that people wrote for everybody, as HTML that can do nothing, and as plain text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LINK = re.compile(r"(https?:|mailto:)", re.IGNORECASE)


def as_html(text: str) -> SafeString:
    """No tags of its own, no pictures, no tables; links lead to the web and are not followed."""
    html: str = _renderer().render(text.strip())
    return mark_safe(html)  # noqa: S308 - html and dangerous links are off


@cache
def _renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False}).disable("image")
    made.validateLink = lambda url: bool(_LINK.match(url.strip()))  # type: ignore[method-assign]
    return made
