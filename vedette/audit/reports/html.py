"""The document as one page that needs nothing else, light and dark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from pathlib import Path

from vedette.audit.finding import Severity
from vedette.audit.report import Entry, Report
from vedette.audit.reports import Format
from vedette.audit.rules import rules
from vedette.audit.tables import tables
from vedette.audit.walk import shown

_SHORT = 5
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write(report: Report, least: Severity) -> str:
    """The whole page. All that comes from the audited code is escaped."""
    told = report.open(least)
    title = f"Audit of {_text(report.name)}"
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            f"<title>{title}</title><style>{_style()}</style></head><body><main>",
            f"<h1>{title}</h1>",
            *_counts(told),
            *_summary(told),
            *_findings(told),
            *_tables(report),
            *_recommendations(told),
            *_list("What is fine", report.fine),
            *_list("Exploration notes", _notes(report)),
            "</main></body></html>\n",
        )
    )


@cache
def _style() -> str:
    return Path(__file__).with_name("_page.css").read_text("utf-8")


def _text(text: str) -> str:
    return escape(shown(text))


def _sentence(text: str) -> str:
    """Escaped, with pairs of backticks as code."""
    pieces = _text(text).split("`")
    if len(pieces) % 2 == 0:
        return "`".join(pieces)
    return "".join(f"<code>{one}</code>" if place % 2 else one for place, one in enumerate(pieces))


def _counts(told: list[Entry]) -> Iterator[str]:
    yield '<ul class="counts">'
    for severity in (Severity.URGENT, Severity.IMPORTANT, Severity.ROUTINE):
        count = sum(one.finding.severity == severity for one in told)
        yield f'<li><b class="{severity.word}">{count:,}</b>{severity.word}</li>'
    yield "</ul>"
    if not told:
        yield "<p>Nothing was found.</p>"


def _summary(told: list[Entry]) -> Iterator[str]:
    """The first of each severity, as links to where they are explained."""
    for severity in (Severity.URGENT, Severity.IMPORTANT):
        some = [one for one in told if one.finding.severity == severity]
        if some:
            yield f"<h2>{severity.word.capitalize()}</h2><ul>"
            for one in some[:_SHORT]:
                name = _text(one.finding.rule)
                yield f'<li>{_sentence(one.finding.what)} <a href="#{name}">{name}</a></li>'
            if len(some) > _SHORT:
                yield f"<li>and {len(some) - _SHORT:,} more</li>"
            yield "</ul>"


def _recommendations(told: list[Entry]) -> Iterator[str]:
    """What to do, the most urgent first, each once."""
    counts = Counter(one.finding.rule for one in told)
    lines = [
        f"{rule.advice} (`{name}`, {count:,})"
        for name, count in counts.items()
        if (rule := rules().get(name))
    ]
    yield from _list("Recommendations", lines)


def _findings(told: list[Entry]) -> Iterator[str]:
    by_rule: dict[str, list[Entry]] = {}
    for one in told:
        by_rule.setdefault(one.finding.rule, []).append(one)
    if told:
        yield "<h2>Findings</h2>"
    for name, some in by_rule.items():
        rule = rules().get(name)
        title = _sentence(rule.title if rule else name)
        count = f'<span class="soft">{_text(name)} · {len(some):,}</span>'
        yield f'<h3 id="{_text(name)}">{title} {count}</h3>'
        if rule:
            yield f"<p>{_sentence(rule.why)} {_sentence(rule.advice)}</p>"
        for one in some:
            yield from _finding(one)


def _finding(entry: Entry) -> Iterator[str]:
    finding = entry.finding
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path or "the whole"
    head = (
        f'<span class="{finding.severity.word}">{finding.severity.word}</span> '
        f"<code>{_text(place)}</code> {_sentence(finding.what)}"
    )
    if not entry.snippet:
        yield f"<details open><summary>{head}</summary></details>"
        return
    yield f"<details><summary>{head}</summary>"
    yield _block(entry.snippet)
    if finding.instead is not None:
        new = (*finding.instead.above.splitlines(), *finding.instead.text.splitlines())
        changed = [*(f"-{one}" for one in entry.replaced)]
        changed += [f"+{shown(one.expandtabs(4))}" for one in new]
        yield _block(changed)
    yield "</details>"


def _tables(report: Report) -> Iterator[str]:
    for one in tables(report.services, report.checks):
        yield f"<h2>{_text(one.title)}</h2><p>{_sentence(one.says)}.</p>"
        head = "".join(f'<th scope="col">{_text(name)}</th>' for name in one.head)
        yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
        for row in one.rows:
            yield "".join(("<tr>", *(f"<td>{_sentence(text)}</td>" for text in row), "</tr>"))
        yield "</tbody></table></div>"


def _block(lines: Iterable[str]) -> str:
    whole = "\n".join(lines)
    return f"<pre>{escape(whole)}</pre>"


def _list(title: str, lines: Iterable[str]) -> Iterator[str]:
    given = list(lines)
    if given:
        yield f"<h2>{title}</h2><ul>"
        yield from (f"<li>{_sentence(one)}</li>" for one in given)
        yield "</ul>"


def _notes(report: Report) -> Iterator[str]:
    read = ", ".join(f"{count:,} {name}" for name, count in sorted(report.files.items()))
    yield f"Read: {read or 'no file of a known language'} ({report.size_bytes:,} bytes)"
    yield f"vedette {report.version}, {len(rules()):,} rules; nothing of the code was run"
    closed = sum(one.state != "open" for one in report.entries)
    if closed:
        yield f"Not told: {closed:,} known or ignored"
    yield from report.notes
    yield from (f"{path}: {why}" for path, why in list(report.errors.items())[:20])
    yield from (f"{one.path}: {one.why}" for one in report.skipped[:20])


FORMAT = Format(name="html", help="a page that needs nothing else", write=write)
