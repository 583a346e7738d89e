"""The document that a person reads: what is urgent first, what is fine and what was read last."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from vedette.audit.finding import Severity
from vedette.audit.report import Entry, Report
from vedette.audit.reports import Format
from vedette.audit.rules import rules
from vedette.audit.tables import tables
from vedette.audit.walk import shown

_SHORT = 5
_MOST_ROWS = 10  # of a rule that is found in more files than anybody reads
_MEANS = re.compile(r"[\\*_\[\]<>&|#~`]")
_SILENT = ("swallow.", "report.", "value.", "log.")
_MISSING = ("async.", "boundary.", "global.", "emitter.", "queue.", "next.", "react.", "throw.")
_PRIORITIES = {
    Severity.URGENT: "High",
    Severity.IMPORTANT: "Medium",
    Severity.ROUTINE: "Low",
    Severity.INFO: "For information",
}


def write(report: Report, least: Severity) -> str:
    """The whole document."""
    told = report.open(least)
    parts = (
        [f"# Audit of {plain(report.name)}", ""],
        _summary(told),
        _merged("Silent failure analysis", told, _SILENT),
        _merged("Missing error handling", told, _MISSING),
        _details(told),
        _tables(report),
        _recommendations(told),
        _list("What is fine", report.fine),
        _exploration(report, least),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def plain(text: str) -> str:
    """A sentence in which nothing means anything to Markdown but its pairs of backticks."""
    pieces = shown(text).split("`")
    if len(pieces) % 2 == 0:
        return _MEANS.sub(r"\\\g<0>", shown(text))
    return "`".join(
        one if place % 2 else _MEANS.sub(r"\\\g<0>", one) for place, one in enumerate(pieces)
    )


def _summary(told: list[Entry]) -> Iterator[str]:
    yield from ("## TL;DR", "")
    if not told:
        yield from ("Nothing was found.", "")
    for severity, some in _by_severity(told):
        yield from (f"**{severity.word.capitalize()}: {len(some):,}**", "")
        for one in some[:_SHORT]:
            yield f"- {plain(one.finding.what)} ({_place(one)})"
        if len(some) > _SHORT:
            yield f"- and {len(some) - _SHORT:,} more"
        yield ""


def _by_severity(told: list[Entry]) -> Iterator[tuple[Severity, list[Entry]]]:
    for severity, some in groupby(told, key=lambda one: one.finding.severity):
        yield severity, list(some)


def _place(entry: Entry) -> str:
    finding = entry.finding
    if not finding.path:
        return "the whole"
    return f"`{shown(finding.path).replace('`', '?')}{f':{finding.line}' if finding.line else ''}`"


def _merged(title: str, told: list[Entry], kinds: tuple[str, ...]) -> Iterator[str]:
    """Files with their lines, by rule."""
    wanted = [one for one in told if one.finding.rule.startswith(kinds)]
    if not wanted:
        return
    yield from (f"## {title}", "")
    for name, some in _by_rule(wanted):
        yield from (f"### {_title(name)} (`{name}`)", "", _risk(name, some), "")
        files = [(path, list(all_of)) for path, all_of in groupby(some, lambda e: e.finding.path)]
        for path, all_of in files[:_MOST_ROWS]:
            lines = ", ".join(str(one.finding.line) for one in all_of if one.finding.line)
            yield f"- `{shown(path).replace('`', '?')}`{f': {lines}' if lines else ''}"
        if len(files) > _MOST_ROWS:
            yield f"- and {len(files) - _MOST_ROWS:,} more files"
        yield ""


def _risk(name: str, some: list[Entry]) -> str:
    """The severities of these, and what follows from them."""
    counts = Counter(one.finding.severity for one in some)
    words = ", ".join(f"{counts[one]:,} {one.word}" for one in sorted(counts, reverse=True))
    rule = rules().get(name)
    return f"Risk: {words}. {rule.why}" if rule else f"Risk: {words}."


def _by_rule(told: Iterable[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    by_rule: dict[str, list[Entry]] = {}
    for one in told:
        by_rule.setdefault(one.finding.rule, []).append(one)
    for name, some in by_rule.items():
        yield name, sorted(some, key=lambda one: (one.finding.path, one.finding.line))


def _title(name: str) -> str:
    rule = rules().get(name)
    return rule.title if rule else name


def _details(told: list[Entry]) -> Iterator[str]:
    if not told:
        return
    yield from ("## Detailed findings", "")
    for name, some in _by_rule(told):
        rule = rules().get(name)
        yield from (f"### {_title(name)} (`{name}`, {len(some):,})", "")
        if rule:
            yield from (rule.why, "", f"Recommendation: {rule.advice}", "")
        for one in some[:_MOST_ROWS]:
            yield from _detail(one)
        if len(some) > _MOST_ROWS:
            yield from (f"And {len(some) - _MOST_ROWS:,} more, which the JSON report holds.", "")


def _detail(entry: Entry) -> Iterator[str]:
    finding = entry.finding
    where = f", in `{shown(finding.function).replace('`', '?')}`" if finding.function else ""
    yield from (f"**{finding.severity.word}** {_place(entry)}{where}: {plain(finding.what)}.", "")
    if entry.snippet:
        yield from _fenced("", list(entry.snippet))
    if finding.instead is not None:
        above = finding.instead.above.splitlines()
        new = [shown(one.expandtabs(4)) for one in (*above, *finding.instead.text.splitlines())]
        yield from _fenced("diff", [*(f"-{o}" for o in entry.replaced), *(f"+{o}" for o in new)])


def _fenced(language: str, lines: list[str]) -> Iterator[str]:
    """A block that its own text cannot end."""
    longest = max((len(one) for text in lines for one in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}{language}", *lines, fence, "")


def _tables(report: Report) -> Iterator[str]:
    for one in tables(report.services, report.checks):
        yield from (f"## {one.title}", "", f"{plain(one.says)}.", "")
        yield f"| {' | '.join(one.head)} |"
        yield f"|{'---|' * len(one.head)}"
        for row in one.rows:
            yield f"| {' | '.join(_cell(text) for text in row)} |"
        yield ""


def _cell(text: str) -> str:
    """A bar ends a cell even within backticks."""
    return plain(text.replace("|", "¦"))


def _recommendations(told: list[Entry]) -> Iterator[str]:
    if not told:
        return
    yield from ("## Recommendations", "")
    for severity, some in _by_severity(told):
        yield from (f"**{_PRIORITIES[severity]}**", "")
        for name, all_of in _by_rule(some):
            rule = rules().get(name)
            yield f"- {rule.advice if rule else name} (`{name}`, {len(all_of):,})"
        yield ""


def _list(title: str, lines: Iterable[str]) -> Iterator[str]:
    given = list(lines)
    if given:
        yield from (f"## {title}", "", *(f"- {plain(one)}" for one in given), "")


def _exploration(report: Report, least: Severity) -> Iterator[str]:
    read = ", ".join(f"{count:,} {name}" for name, count in sorted(report.files.items()))
    closed = [one for one in report.entries if one.state != "open"]
    lower = len(report.open()) - len(report.open(least))
    lines = [
        f"Read: {read or 'no file of a known language'} ({report.size_bytes:,} bytes)",
        f"vedette {report.version}, {len(rules()):,} rules; nothing of the code was run",
    ]
    if closed:
        known = sum(one.state == "known" for one in closed)
        lines.append(f"Not told: {known:,} known, {len(closed) - known:,} ignored")
    if lower:
        lines.append(f"Not told: {lower:,} of lower severity (--least info)")
    lines += report.notes
    lines += [f"{path}: {why}" for path, why in list(report.errors.items())[:20]]
    lines += [f"{one.path}: {one.why}" for one in report.skipped[:20]]
    if len(report.skipped) > 20:
        lines.append(f"and {len(report.skipped) - 20:,} more that were skipped")
    yield from _list("Exploration notes", lines)


FORMAT = Format(name="markdown", help="a document for people", write=write)
