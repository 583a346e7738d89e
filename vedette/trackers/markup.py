"""How trackers write texts: Markdown, or the wiki notation of Jira.

What comes from an event is only ever put into code, where it can mention nobody and lead nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_TICKS = re.compile(r"`+")
_WIKI_SIGNS = re.compile(r"[\\\[\]{}!|*_^~+?-]")
_NOFORMAT = re.compile(r"\{(noformat[^}\n]{0,200})\}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Markup:
    """A notation: a heading, a link, code within a line, a block of code."""

    heading: Callable[[str], str]
    link: Callable[[str, str], str]
    code: Callable[[str], str]
    block: Callable[[str], str]


def _fence(text: str) -> str:
    """Longer than any run of backticks in the text, so that the text cannot end it."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    return "`" * max(3, longest + 1)


def _markdown_code(text: str) -> str:
    line = " ".join(text.split()).replace("`", "'")
    return f"`{line}`" if line else ""


def _markdown_block(text: str) -> str:
    fence = _fence(text)
    return f"{fence}\n{text}\n{fence}"


def _wiki_code(text: str) -> str:
    """Monospaced, where Jira still reads mentions, links and pictures."""
    line = _WIKI_SIGNS.sub(r"\\\g<0>", " ".join(text.split()))
    return f"{{{{{line}}}}}" if line else ""


def _wiki_block(text: str) -> str:
    return "{noformat}\n" + _NOFORMAT.sub(r"{ \1}", text) + "\n{noformat}"


MARKDOWN = Markup(
    heading=lambda text: f"### {text}",
    link=lambda text, url: f"[{text}]({url})",
    code=_markdown_code,
    block=_markdown_block,
)
WIKI = Markup(
    heading=lambda text: f"h3. {text}",
    link=lambda text, url: f"[{text}|{url}]",
    code=_wiki_code,
    block=_wiki_block,
)
