"""Workflow commands of GitHub Actions, which show findings beside the lines of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections import Counter

from vedette.audit.finding import Finding, Severity
from vedette.audit.report import Report
from vedette.audit.reports import Format
from vedette.audit.walk import shown

_MOST = 10  # of a level in a step; more are not shown
_LEVELS = {
    Severity.URGENT: "error",
    Severity.IMPORTANT: "warning",
    Severity.ROUTINE: "notice",
    Severity.INFO: "notice",
}


def write(report: Report, least: Severity) -> str:
    """A line for each finding that GitHub shows."""
    lines: list[str] = []
    told: Counter[str] = Counter()
    for one in report.open(least):
        level = _LEVELS[one.finding.severity]
        told[level] += 1
        if told[level] <= _MOST:
            lines.append(_line(level, one.finding))
    return "".join(f"{one}\n" for one in lines)


def _line(level: str, finding: Finding) -> str:
    said = {"file": finding.path, "line": str(finding.line or ""), "title": finding.rule}
    given = ",".join(f"{name}={_property(value)}" for name, value in said.items() if value)
    return f"::{level} {given}::{_escaped(finding.what)}"


def _escaped(text: str) -> str:
    return shown(text).replace("%", "%25")  # line ends are among what `shown` writes out


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format(name="github", help="annotations of GitHub Actions", write=write)
