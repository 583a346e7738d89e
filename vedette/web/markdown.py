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
_OF_A_RULE = "-:| \t>"  # of the line that makes the one above it the head of a table
_MOST_CELLS = 10_000


def rendered(text: str) -> SafeString:
    """The text as HTML; a text that is only an address becomes a link."""
    text = text.strip()
    if _ONLY_A_LINK.fullmatch(text):
        return format_html('<p><a href="{0}" rel="noopener noreferrer">{0}</a></p>', text)
    html: str = _renderer(has_tables=_most_cells(text) <= _MOST_CELLS).render(text)
    return mark_safe(html)  # noqa: S308 - html and dangerous links are off


def _most_cells(text: str) -> int:
    """How many cells tables could have: every line below has as many as the widest rule says."""
    lines = text.splitlines()
    rules = (line for line in lines if "-" in line and not line.strip(_OF_A_RULE))
    return max((rule.count("|") + 1 for rule in rules), default=0) * len(lines)


@cache
def _renderer(*, has_tables: bool) -> MarkdownIt:
    """`html` off: tags are shown as text. Links of other schemes than the web's stay text.

    A short row of a table is filled up with cells, so a small text can be a huge table.
    """
    from markdown_it import MarkdownIt  # a megabyte, for those who write runbooks

    made = MarkdownIt("commonmark", {"html": False}).disable("image")
    if has_tables:
        made.enable("table")
    made.validateLink = lambda url: bool(  # type: ignore[method-assign]
        re.match(r"(https?:|mailto:|/(?!/)|#)", url.strip(), re.IGNORECASE)
    )
    return made
