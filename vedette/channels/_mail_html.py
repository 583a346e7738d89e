"""The HTML of a mail: tables and inline styles, which all clients show alike; dark where asked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from vedette.channels import Parcel
from vedette.channels._words import COLOURS, about, clock_of, first_line, headline, tone

if TYPE_CHECKING:
    from vedette.channels._content import AlertPart

FONT = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>
@media (prefers-color-scheme: dark) {{
  .page {{ background:#15181d !important }}
  .card {{ background:#1e232a !important; border-left-color:#333a44 !important;
    border-right-color:#333a44 !important; border-bottom-color:#333a44 !important }}
  .link {{ color:#8fb2ff !important }}
  .plain {{ background:#1e232a !important; color:#c9d6ff !important;
    border-color:#4a5361 !important }}
  .ink {{ color:#e8eaed !important }} .soft {{ color:#a8b0ba !important }}
  .line {{ border-color:#333a44 !important }}
}}
</style></head>
<body class="page" style="margin:0;padding:0;background:#f3f4f6">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="page"
 style="background:#f3f4f6"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="card"
 style="max-width:600px;background:#ffffff;border:1px solid #dfe2e7;border-top:4px solid {colour};
border-radius:6px">
<tr><td style="padding:20px 24px 4px"><div class="ink" style="{font};font-size:18px;
line-height:26px;font-weight:600;color:#1c2127;overflow-wrap:anywhere">{headline}</div>{note}</td></tr>
{alerts}
<tr><td style="padding:12px 24px 20px">{buttons}<div class="soft" style="{font};font-size:12px;
line-height:18px;color:#5a6472;padding-top:12px">{footer}</div></td></tr>
</table></td></tr></table></body></html>
"""
_BUTTONS = {"acknowledge": "Acknowledge", "resolve": "Resolve", "silence": "Silence 1 h"}


def html(parcel: Parcel) -> str:
    """The whole document; everything that strangers wrote is escaped."""
    content = parcel.content
    note = line(content.note) if content.note else ""
    parts = [_alert(part, is_single=len(content.alerts) == 1) for part in content.alerts]
    if content.more:
        more = link(content.url, f"and {content.more} more")
        parts.append(row(f'<div style="{soft()}">{more}</div>'))
    footer = f"{escape(content.organization)} · {clock_of(content.at)}"
    if "unsubscribe" in parcel.links:
        footer += " · " + link(parcel.links["unsubscribe"], "no more of these mails")
    return page(
        headline(content),
        parts,
        colour=COLOURS[tone(content)],
        note=note,
        buttons=_buttons(parcel),
        footer=footer,
    )


def page(
    title: str, rows: Sequence[str], *, colour: int, footer: str, note: str = "", buttons: str = ""
) -> str:
    """A whole mail of rows (`row`). The title is escaped here, everything else before."""
    return _PAGE.format(
        title=escape(title),
        headline=escape(title),
        colour=f"#{colour:06x}",
        font=FONT,
        note=note,
        alerts="\n".join(rows),
        buttons=buttons,
        footer=footer,
    )


def _alert(part: AlertPart, *, is_single: bool) -> str:
    figure, *lines = about(part)
    rows = []
    if not is_single:
        rows.append(f'<div style="{FONT};font-size:15px;line-height:22px">'
                    f"{link(part.url or part.issue_url, part.title)}</div>")  # fmt: skip
    rows.append(
        f'<div class="ink" style="{FONT};font-size:15px;line-height:22px;color:#1c2127">'
        f"{escape(figure)}</div>"
    )
    rows += [line(words) for words in lines]
    links = [link(part.url, "alert")] if part.url else []
    if part.issue_url:
        links.append(link(part.issue_url, "issue"))
    links += [link(url, f"event {event[:8]}") for event, url in part.samples if url]
    rows.append(f'<div style="{soft()}">{" &nbsp; ".join(links)}</div>')
    if part.runbook:
        book = first_line(part.runbook)
        shown = link(book, book) if book.startswith(("http://", "https://")) else escape(book)
        rows.append(f'<div class="soft" style="{soft()}">Runbook: {shown}</div>')
    return row("".join(rows))


def line(text: str) -> str:
    """A soft line of text."""
    return f'<div class="soft" style="{soft()}">{escape(text)}</div>'


def row(inner: str) -> str:
    """A part of the mail, with a line above it."""
    return (
        '<tr><td style="padding:8px 24px"><div class="line" style="border-top:1px solid #e6e8ec;'
        f'padding-top:10px;overflow-wrap:anywhere">{inner}</div></td></tr>'
    )


def _buttons(parcel: Parcel) -> str:
    made = [
        f'<a class="{_class(name)}" href="{escape(parcel.links[name])}" style="{FONT};'
        "display:inline-block;"
        "font-size:14px;"
        "line-height:20px;padding:8px 14px;margin:4px 8px 4px 0;border-radius:4px;"
        f'text-decoration:none;{_look(name)}">{label}</a>'
        for name, label in _BUTTONS.items()
        if name in parcel.links
    ]
    return "".join(made)


def _class(name: str) -> str:
    return "first" if name == "acknowledge" else "plain"


def _look(name: str) -> str:
    if name == "acknowledge":
        return "background:#2f5bd0;color:#ffffff;border:1px solid #2f5bd0"
    return "background:#ffffff;color:#2f5bd0;border:1px solid #c5cbd4"


def link(url: str, text: str) -> str:
    """A link."""
    return f'<a class="link" href="{escape(url)}" style="color:#2f5bd0">{escape(text)}</a>'


def soft() -> str:
    """The style of what matters less."""
    return f"{FONT};font-size:13px;line-height:20px;color:#5a6472"
