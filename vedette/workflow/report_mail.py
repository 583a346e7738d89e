"""The weekly report as text and HTML. Everything that strangers wrote is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from html import escape

from vedette.alerts.content import base_url
from vedette.channels._mail_html import FONT, line, link, page, row, soft
from vedette.channels._words import COLOURS, cut
from vedette.workflow.figures import Week, trend

_MOST_PROJECTS = 10
_MOST_TITLE = 120
_INK = f"{FONT};font-size:15px;line-height:22px;color:#1c2127"


def subject_of(week: Week, name: str) -> str:
    """`Your week at Lantern: 1,204 events, 3 new issues`."""
    events, new = _times(week.now.events, "event"), _times(week.now.new, "new issue")
    return f"Your week at {name}: {events}, {new}"


def text_of(week: Week, name: str, leave: str) -> str:
    """Plain text."""
    return "\n".join([*_lines(week, name), "", f"No more of these mails: {leave}"])


def html_of(week: Week, name: str, leave: str) -> str:
    """A document that looks as the mails of alerts do."""
    figures = "".join(
        f'<div class="ink" style="{_INK}"><b>{figure}</b> {escape(noun)} '
        f'<span class="soft" style="{soft()}">{escape(words)}</span></div>'
        for figure, noun, words in _figures(week)
    )
    rows = [row(figures), *_html_parts(week)]
    footer = " · ".join(
        (
            escape(f"{name}, {_days(week)}"),
            link(f"{base_url()}/notifications/", "notifications"),
            link(leave, "no more of these mails"),
        )
    )
    return page(
        subject_of(week, name), rows, colour=COLOURS["notice"], note=line(_days(week)),
        footer=footer,
    )  # fmt: skip


def _html_parts(week: Week) -> Iterator[str]:
    if week.worst:
        yield _html_list(
            "The worst issues",
            [
                link(f"{base_url()}/issues/{issue.pk}/", cut(issue.title, _MOST_TITLE))
                + f'<br><span class="soft" style="{soft()}">'
                + escape(f"{issue.short_name}: {_times(events, 'event')}, {_times(users, 'user')}")
                + "</span>"
                for issue, events, users in week.worst
            ],
        )
    if len(week.projects) > 1:
        yield _html_list(
            "Projects",
            [
                escape(f"{project.name}: {_times(now, 'event')}, {trend(now, before)}")
                for project, now, before in week.projects[:_MOST_PROJECTS]
            ],
        )
    if week.releases:
        yield _html_list(
            "Releases",
            [escape(f"{version} ({', '.join(names)})") for version, names in week.releases],
        )


def _html_list(title: str, items: list[str]) -> str:
    made = "".join(
        f'<div class="ink" style="{_INK};font-size:14px;padding:3px 0">{item}</div>'
        for item in items
    )
    return row(f'<div class="ink" style="{_INK};font-weight:600">{escape(title)}</div>{made}')


def _lines(week: Week, name: str) -> Iterator[str]:
    yield subject_of(week, name)
    yield _days(week)
    yield ""
    for figure, noun, words in _figures(week):
        yield f"{figure} {noun}" + (f" ({words})" if words else "")
    if week.worst:
        yield from ("", "The worst issues")
        for issue, events, users in week.worst:
            yield f"- {issue.short_name}: {cut(issue.title, _MOST_TITLE)}"
            counts = f"{_times(events, 'event')}, {_times(users, 'user')}"
            yield f"  {counts}, {base_url()}/issues/{issue.pk}/"
    if len(week.projects) > 1:
        yield from ("", "Projects")
        for project, now, before in week.projects[:_MOST_PROJECTS]:
            yield f"- {project.name}: {_times(now, 'event')}, {trend(now, before)}"
    if week.releases:
        yield from ("", "Releases")
        for version, names in week.releases:
            yield f"- {version} ({', '.join(names)})"


def _figures(week: Week) -> Iterator[tuple[str, str, str]]:
    """Each figure, what it counts, and how it was before."""
    now, before = week.now, week.before
    yield f"{now.events:,}", _noun(now.events, "event"), trend(now.events, before.events)
    yield f"{now.new:,}", _noun(now.new, "new issue"), trend(now.new, before.new)
    if now.regressed or before.regressed:
        yield f"{now.regressed:,}", "came back", trend(now.regressed, before.regressed)
    yield f"{now.resolved:,}", "resolved", trend(now.resolved, before.resolved)
    yield f"{now.alerts:,}", f"{_noun(now.alerts, 'alert')} fired", trend(now.alerts, before.alerts)
    if now.alerts:
        words = f"{now.not_real:,} closed as not real" if now.not_real else ""
        yield f"{now.acknowledged:,}", "of them acknowledged", words


def _times(number: int, noun: str) -> str:
    return f"{number:,} {_noun(number, noun)}"


def _noun(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def _days(week: Week) -> str:
    """`16 to 22 November 2026`."""
    last = week.end - timedelta(days=1)
    first = f"{week.start:%-d}" if week.start.month == last.month else f"{week.start:%-d %B}"
    return f"{first} to {last:%-d %B %Y}"
