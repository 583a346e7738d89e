"""Tags and filters that every template has: icons, links that keep the filter, short words.

Markup is made with `format_html` only: whatever comes from an event is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from vedette.issues.reading import Bucket
from vedette.search import field_filter, tag_filter
from vedette.web import wording
from vedette.web.assets import asset_url
from vedette.web.charts import sparkline_path
from vedette.web.release_links import release_name, release_path
from vedette.web.scope import SharedFilter
from vedette.web.values import Shown

register = template.Library()
register.filter("short", wording.short_number)
register.filter("rate", wording.rate)
register.filter("share", wording.share)
register.filter("exact", wording.exact_number)
register.filter("size", wording.size)
register.filter("duration", wording.duration)
register.filter("milliseconds", wording.milliseconds)
register.filter("age", wording.age)
register.filter("plural", wording.plural)
register.filter("field_filter", field_filter)
register.filter("tag_filter", tag_filter)
register.filter("release_name", release_name)
register.simple_tag(asset_url, name="asset")

SPARKLINE_WIDTH, SPARKLINE_HEIGHT = 120, 28
LEVELS = {
    "fatal": "flame",
    "error": "circle-x",
    "warning": "triangle-alert",
    "info": "info",
    "debug": "bug",
}


@register.simple_tag
def icon(name: str, words: str = "") -> SafeString:
    """A symbol of the icon file; without words it is decoration and hidden from readers."""
    address = asset_url("vendor/lucide/icons.svg")
    if words:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            words,
            address,
            name,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', address, name
    )


@register.simple_tag
def level_mark(level: str) -> SafeString:
    """The level as an icon in its hue, with the word for readers and on hover."""
    known = level if level in LEVELS else "error"
    address = asset_url("vendor/lucide/icons.svg")
    return format_html(
        '<span class="level level-{0}" title="{1}"><svg class="icon" role="img" aria-label="{1}">'
        '<use href="{2}#{3}"/></svg></span>',
        known,
        level or "error",
        address,
        LEVELS[known],
    )


_WORDS = {
    "ago": wording.ago,
    "age": wording.age,
    "hour": wording.hour,
    "absolute": wording.absolute,
}


@register.simple_tag
def when(moment: datetime | None, style: str = "ago") -> SafeString:
    """A moment in relative words (`ago`, `age`, `hour`) or `clock` time, with the absolute one."""
    if moment is None:
        return format_html('<span class="muted">{}</span>', "never")
    words = _WORDS.get(style)
    text = words(moment) if words else f"{moment.astimezone(UTC):%H:%M:%S}"
    return format_html(
        '<time datetime="{}" title="{}" data-style="{}">{}</time>',
        moment.astimezone(UTC).isoformat(),
        wording.absolute(moment),
        style,
        text,
    )


@register.simple_tag
def count(number: int) -> SafeString:
    """A number in short with the exact one on hover."""
    return format_html(
        '<span title="{}">{}</span>', wording.exact_number(number), wording.short_number(number)
    )


@register.simple_tag
def sparkline(buckets: Sequence[Bucket], words: str = "") -> SafeString:
    """A tiny bar chart; `words` says what it counts."""
    total = sum(bucket.count for bucket in buckets)
    most = max((bucket.count for bucket in buckets), default=0)
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {0} {1}" preserveAspectRatio="none" role="img" '
        'aria-label="{2}"><title>{2}</title><path d="{3}"/></svg>',
        SPARKLINE_WIDTH,
        SPARKLINE_HEIGHT,
        f"{words}: {total:,} events, at most {most:,} in one step",
        sparkline_path(buckets, SPARKLINE_WIDTH, SPARKLINE_HEIGHT),
    )


@register.simple_tag
def person(user: object) -> SafeString:
    """A person's name, kept from running into the words around it."""
    return format_html("<bdi>{}</bdi>", user)


@register.simple_tag
def value(shown: Shown) -> SafeString:
    """A value of unknown shape, coloured; a long one is folded, a removed part says so."""
    tokens = format_html_join(
        "", '<span class="v-{}">{}</span>', ((kind.value, text) for kind, text in shown.tokens)
    )
    remark = (
        format_html('<span class="chip warn remark">{}</span>', shown.remark)
        if shown.remark
        else SafeString("")
    )
    if shown.lines == 1:
        return format_html('<code class="value">{}</code>{}', tokens, remark)
    if not shown.is_folded:
        return format_html('<pre class="value">{}</pre>{}', tokens, remark)
    return format_html(
        '<details class="value-fold"><summary>{}</summary><pre class="value">{}</pre></details>{}',
        shown.preview,
        tokens,
        remark,
    )


@register.filter
def ticked(text: object) -> SafeString:
    """A text with what stands between backticks as code."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:  # one is alone: it is meant as it is
        parts[-2:] = ["`".join(parts[-2:])]
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<code>{}</code>", part) if place % 2 else part,)
            for place, part in enumerate(parts)
        ),
    )


@register.simple_tag
def source(fragments: Sequence[tuple[str, str]]) -> SafeString:
    """A line of source code, coloured."""
    return format_html_join(
        "",
        "{}{}{}",
        (
            (format_html('<span class="c-{}">', kind), text, SafeString("</span>"))
            if kind
            else ("", text, "")
            for kind, text in fragments
        ),
    )


@register.simple_tag(takes_context=True)
def go(context: RequestContext, route: str, *arguments: Any, **parameters: Any) -> str:
    """The address of a route, with the shared filter kept; parameters are added to the query."""
    shared = getattr(_request(context), "shared_filter", None)
    query = shared.query if isinstance(shared, SharedFilter) else ""
    return with_query(reverse(route, args=arguments), query, parameters)


@register.simple_tag(takes_context=True)
def go_release(context: RequestContext, version: str) -> str:
    """The address of a release's page, with the shared filter kept."""
    shared = getattr(_request(context), "shared_filter", None)
    query = shared.query if isinstance(shared, SharedFilter) else ""
    path, parameters = release_path(version)
    return with_query(path, query, parameters)


@register.simple_tag(takes_context=True)
def here(context: RequestContext, **parameters: Any) -> str:
    """This page's address with some parameters changed; an empty value removes one."""
    return _changed(_request(context), _request(context).path, parameters)


@register.simple_tag(takes_context=True)
def here_path(context: RequestContext, route: str, **parameters: Any) -> str:
    """Another route with this page's parameters, some of them changed."""
    return _changed(_request(context), reverse(route), parameters)


def _changed(request: HttpRequest, path: str, parameters: dict[str, Any]) -> str:
    asked = request.GET.copy()
    for name, value in parameters.items():
        asked.pop(name, None)
        if value not in (None, ""):
            asked[name] = str(value)
    query = asked.urlencode()
    return f"{path}?{query}" if query else path


def with_query(path: str, query: str, parameters: dict[str, Any]) -> str:
    """`path` with a ready query string and more parameters."""
    given = [(name, str(value)) for name, value in parameters.items() if value not in (None, "")]
    whole = "&".join(part for part in (query, urlencode(given)) if part)
    return f"{path}?{whole}" if whole else path


def _request(context: RequestContext) -> HttpRequest:
    request: HttpRequest = context["request"]
    return request
