"""GitLab's report of code quality.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import msgspec

from vedette.audit.finding import Severity
from vedette.audit.report import Report
from vedette.audit.reports import Format

_SEVERITIES = {
    Severity.URGENT: "critical",
    Severity.IMPORTANT: "major",
    Severity.ROUTINE: "minor",
    Severity.INFO: "info",
}


def write(report: Report, least: Severity) -> str:
    """A list of what is open; what has no file stands at the root."""
    said = [
        {
            "description": one.finding.what,
            "check_name": one.finding.rule,
            "fingerprint": one.fingerprint,
            "severity": _SEVERITIES[one.finding.severity],
            "location": {
                "path": one.finding.path or ".",
                "lines": {"begin": max(1, one.finding.line)},
            },
        }
        for one in report.open(least)
    ]
    return msgspec.json.format(msgspec.json.encode(said), indent=1).decode() + "\n"


FORMAT = Format(name="gitlab", help="GitLab's report of code quality", write=write)
