"""Everything, for programs: `schema` is raised when the meaning of a field changes."""

from __future__ import annotations

from typing import Any

import msgspec

from vedette.audit.finding import Severity
from vedette.audit.health import Check
from vedette.audit.report import Entry, Report
from vedette.audit.reports import Format
from vedette.audit.rows import Row

_SCHEMA = 1


def write(report: Report, least: Severity) -> str:
    """One object with `findings`, whatever their state."""
    said = {
        "schema": _SCHEMA,
        "tool": {"name": "vedette audit", "version": report.version},
        "name": report.name,
        "files": dict(report.files),
        "size_bytes": report.size_bytes,
        "counts": {one.word: report.counts()[one] for one in reversed(Severity)},
        "findings": [_entry(one) for one in report.entries if one.finding.severity >= least],
        "dependencies": [_service(one) for one in report.services],
        "health_checks": [_check(one) for one in report.checks],
        "skipped": [{"path": one.path, "why": one.why} for one in report.skipped],
        "errors": dict(report.errors),
        "fine": list(report.fine),
        "notes": list(report.notes),
    }
    return msgspec.json.format(msgspec.json.encode(said), indent=1).decode() + "\n"


def _service(row: Row) -> dict[str, Any]:
    failing = row.failing
    return {
        "name": row.dependency.service.name,
        "kind": row.dependency.service.kind,
        "is_critical": row.is_critical,
        "is_built": row.dependency.is_built,
        "packages": list(row.dependency.packages),
        "made": [_place(*one) for one in row.dependency.made],
        "checks": [_place(*one) for one in row.checks],
        "on_failure": {
            way: {"count": count, "example": _place(*failing.places[way])}
            for way, count in failing.counts.items()
        },
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        **_place(check.path, check.line),
        "name": check.name,
        "address": check.address,
        "asks": sorted(check.asks),
        "is_constant": check.is_constant,
    }


def _place(path: str, line: int) -> dict[str, Any]:
    return {"path": path, "line": line}


def _entry(entry: Entry) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(entry.finding)
    fields["severity"] = entry.finding.severity.word
    return {
        "fingerprint": entry.fingerprint,
        "state": entry.state,
        "reason": entry.reason,
        "snippet": list(entry.snippet),
        **fields,
    }


FORMAT = Format(name="json", help="everything, for programs", write=write, least=Severity.INFO)
