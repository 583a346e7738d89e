"""Markdown that people wrote, as HTML that can do nothing: no tags of its own, no pictures."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_ONLY_A_LINK = re.compile(r"https?://\S+")


def rendered(text: str) -> SafeString:
    """The text as HTML; a text that is only an address becomes a link."""
    text = text.strip()
    if _ONLY_A_LINK.fullmatch(text):
        return format_html('<p><a href="{0}" rel="noopener noreferrer">{0}</a></p>', text)
    html: str = _renderer().render(text)
    return mark_safe(html)  # noqa: S308 - html and dangerous links are off


@cache
def _renderer() -> MarkdownIt:
    """`html` off: tags are shown as text. Links of other schemes than the web's stay text."""
    from markdown_it import MarkdownIt  # a megabyte, for those who write runbooks

    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.validateLink = lambda url: bool(  # type: ignore[method-assign]
        re.match(r"(https?:|mailto:|/(?!/)|#)", url.strip(), re.IGNORECASE)
    )
    return made
