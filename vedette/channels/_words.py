"""The words of a message that channels share: a headline, lines about each alert, plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vedette.channels import Parcel
from vedette.rules.durations import in_words

if TYPE_CHECKING:
    from vedette.channels._content import AlertPart, Content

COLOURS = {"critical": 0xC62828, "warning": 0xB26A00, "resolved": 0x2E7D32, "notice": 0x5A6472}
_ACTIVE = re.compile(r"(?<![\w.])@(?=\w)|<(?=[!@#\w/])|\](?=[(\[:])")
_MARKUP = re.compile(r"\[([^\]]{1,200})\]\(([^)\s]{1,500})\)|\*\*([^*]{1,200})\*\*|`([^`]{1,200})`")
_MARKS = {"critical": "🔴", "warning": "🟠", "resolved": "🟢", "notice": "⚪"}


def tone(content: Content) -> str:
    """What the message is like: critical, warning, resolved or notice."""
    is_over = content.kind == "acted" and all(part.state == "over" for part in content.alerts)
    if content.kind == "resolve" or is_over:
        return "resolved"
    return "notice" if content.kind in ("notice", "test", "workflow") else content.level


def headline(content: Content, *, most: int = 300) -> str:
    """One line that says what happened: `[critical] Too many errors`."""
    if content.kind == "workflow":
        return cut(content.title, most)
    word = {"resolve": "resolved", "repeat": f"still {content.level}"}.get(
        content.kind, tone(content)
    )
    return cut(f"[{word}] {content.title}", most)


def marked(content: Content, *, most: int = 300) -> str:
    """The headline with a coloured mark instead of the word."""
    return cut(f"{_MARKS[tone(content)]} {headline(content, most=most)}", most)


def about(part: AlertPart) -> list[str]:
    """What is known of one alert, a line each, the most important first."""
    lines = []
    if part.figure:
        condition = f" ({part.condition})" if part.condition else ""
        lines.append(f"{part.figure}{condition}")
    elif part.condition:
        lines.append(part.condition)
    lines.append(f"{part.project} · since {clock_of(part.began)}")
    if part.over is not None:
        lines[-1] += f" · lasted {in_words(max(1, round(part.over - part.began)))}"
    facts = [f"{name} {value}" for name, value in part.facts if name not in ("environment",)]
    environment = [value for name, value in part.facts if name == "environment"]
    if environment or facts:
        lines.append(" · ".join([*environment, *facts[:5]]))
    if part.acknowledged_by:
        lines.append(f"acknowledged by {part.acknowledged_by}")
    return lines


def plain(parcel: Parcel, *, most: int = 4000) -> str:
    """The whole message as plain text, cut at a line."""
    return "\n".join(_fitting(lines(parcel), most))


def lines(parcel: Parcel) -> Iterator[str]:
    """The message's lines."""
    content = parcel.content
    yield headline(content)
    if content.note:
        yield content.note
    for part in content.alerts:
        yield ""
        if len(content.alerts) > 1:
            yield part.title
        yield from about(part)
        if part.runbook:
            yield f"Runbook: {first_line(part.runbook)}"
        yield part.url or part.issue_url
    if content.more:
        yield ""
        yield f"and {content.more} more: {content.url}"


def first_line(text: str, most: int = 200) -> str:
    """The first line of Markdown that says anything, without its marks."""
    found = (_MARKUP.sub(_plain, line.strip("# ").strip()) for line in text.splitlines())
    return cut(next((line for line in found if line), ""), most)


def _plain(found: re.Match[str]) -> str:
    """A link as `text (address)`, everything else without what is around it."""
    text, address, strong, code = found.groups()
    return f"{text} ({address})" if address else strong or code


def clock_of(seconds: float) -> str:
    """A moment for people anywhere: `2026-01-01 12:00:05 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def cut(text: str, most: int) -> str:
    """At most so many characters, with a mark where it was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"


def inert(text: str) -> str:
    """The text for chats that read Markdown: it mentions nobody and hides no address in a word.

    What a stranger wrote must neither call a whole channel nor lead people where they do not
    see. A space of no width parts the signs that would.
    """
    return _ACTIVE.sub("\\g<0>\u200b", text)


def _fitting(found: Iterator[str], most: int) -> Iterator[str]:
    left = most
    for line in found:
        if len(line) + 1 > left:
            yield cut(line, max(left - 1, 1))
            return
        left -= len(line) + 1
        yield line
