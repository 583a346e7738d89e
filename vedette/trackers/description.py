"""What an issue that is opened elsewhere says: the link, what is known, the stack, the tags."""

from __future__ import annotations

import logging

from vedette.alerts.content import base_url, condition_of, figure_of
from vedette.alerts.models import Alert
from vedette.issues import reading
from vedette.issues.models import Issue
from vedette.store.errors import StoreError
from vedette.store.visible import VisibleProjects
from vedette.trackers.markup import Markup
from vedette.trackers.stack import stack_of, tags_of

log = logging.getLogger("vedette.trackers")

_MOST_TITLE = 200


def title_of(issue: Issue | None, alert: Alert | None) -> str:
    """One line."""
    words = issue.title if issue is not None else alert.title if alert is not None else ""
    return " ".join(words.split())[:_MOST_TITLE]


def body_of(
    visible: VisibleProjects, issue: Issue | None, alert: Alert | None, markup: Markup
) -> str:
    """The text in the tracker's notation; without a stack where the store does not answer."""
    parts = []
    if alert is not None:
        parts += _of_alert(alert, markup)
    if issue is not None:
        parts += _of_issue(issue, markup)
        parts += _of_event(visible, issue, markup)
    return "\n\n".join(part for part in parts if part)


def _of_alert(alert: Alert, markup: Markup) -> list[str]:
    """What fired, by which figure. Needs the alert's rule."""
    address = f"{base_url()}/alerts/{alert.pk}/"
    lines = [markup.link(f"Alert #{alert.pk} in Vedette", address)]
    said = [alert.level, figure_of(alert)]
    lines.append(", ".join(word for word in said if word))
    condition = condition_of(alert)
    if condition:
        lines.append(markup.code(condition))
    return [_list(lines)]


def _of_issue(issue: Issue, markup: Markup) -> list[str]:
    """The link, the place in the code, and how often. Needs the issue's project."""
    address = f"{base_url()}/issues/{issue.pk}/"
    lines = [markup.link(f"{issue.short_name} in Vedette", address)]
    if issue.culprit:
        lines.append(f"In {markup.code(issue.culprit)}")
    seen = f"{issue.event_count:,} events since {issue.first_seen:%Y-%m-%d %H:%M} UTC"
    lines.append(f"{seen}, the last at {issue.last_seen:%Y-%m-%d %H:%M} UTC")
    if issue.first_release:
        lines.append(f"First in the release {markup.code(issue.first_release)}")
    return [_list(lines), markup.block(issue.title)]


def _of_event(visible: VisibleProjects, issue: Issue, markup: Markup) -> list[str]:
    """Stack and tags of the newest event that is kept."""
    try:
        stored = reading.load_event(visible, issue, "latest")
    except StoreError:
        log.warning("no stack for %s: the store does not answer", issue.short_name)
        return []
    if stored is None:
        return []
    stack, tags = stack_of(stored.payload), tags_of(stored.payload)
    parts = [markup.heading("Stack"), markup.block(stack)] if stack else []
    if tags:
        parts.append(markup.heading("Tags"))
        parts.append(markup.block("\n".join(f"{name}: {value}" for name, value in tags)))
    return parts


def _list(lines: list[str]) -> str:
    """A list, which Markdown and wiki notation write alike."""
    return "\n".join(f"- {line}" for line in lines)
