"""SARIF 2.1.0, as code hosts show it beside the lines.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from vedette.audit.finding import Finding, Severity
from vedette.audit.report import Entry, Report
from vedette.audit.reports import Format
from vedette.audit.rules import Rule, rules

_MOST_RESULTS = 5_000  # hosts take no more of one run
_LEVELS = {
    Severity.URGENT: "error",
    Severity.IMPORTANT: "warning",
    Severity.ROUTINE: "note",
    Severity.INFO: "none",
}


def write(report: Report, least: Severity) -> str:
    """One run; the most urgent results where there are more than a host takes."""
    told = [one for one in report.entries if one.finding.severity >= least][:_MOST_RESULTS]
    ids = sorted({one.finding.rule for one in told})
    places = {name: place for place, name in enumerate(ids)}
    said = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "vedette audit",
                        "version": report.version,
                        "rules": [_rule(name, rules().get(name)) for name in ids],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, places[one.finding.rule]) for one in told],
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(said), indent=1).decode() + "\n"


def _rule(name: str, rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} {rule.advice}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(entry: Entry, place: int) -> dict[str, Any]:
    finding = entry.finding
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": place,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.what}."},
        "partialFingerprints": {"auditV1": entry.fingerprint},
    }
    if finding.path:
        result["locations"] = [{"physicalLocation": _location(finding)}]
    if entry.state == "ignored":
        result["suppressions"] = [{"kind": "inSource", "justification": entry.reason}]
    elif entry.state == "known":
        result["suppressions"] = [{"kind": "external", "justification": "in the baseline"}]
    return result


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {
        "artifactLocation": {"uri": quote(finding.path), "uriBaseId": "%SRCROOT%"}
    }
    if finding.line:
        location["region"] = {
            "startLine": finding.line,
            "endLine": max(finding.line, finding.last_line),
        }
    return location


FORMAT = Format(name="sarif", help="SARIF 2.1.0, for code hosts", write=write)
