"""Audits of the demo's code: some commits of the API and of the web site, some of it fixed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from vedette.audit.document import read_document
from vedette.audits import acting
from vedette.audits.models import AuditFinding
from vedette.audits.recording import record
from vedette.demo.audited import API_IS, OF_API, OF_WEB, OTHER_PATHS, RULES, WEB_IS, Finding
from vedette.demo.services import API, SERVICES, WEB
from vedette.demo.traffic import RELEASES, released_at
from vedette.projects.models import Project

_ACCEPTED: Final = "src/api/client.ts"


def make_audits(projects: Sequence[Project], now: float) -> None:
    """Audits of the newest releases. Again, it changes nothing but their times."""
    for project, service in zip(projects, SERVICES, strict=False):
        if service is API:
            _make(project, OF_API, API_IS, 3, now)
        elif service is WEB:
            _make(project, OF_WEB, WEB_IS, 2, now)
            _accept(project)


def _make(
    project: Project,
    findings: Sequence[Finding],
    whole: Mapping[str, Any],
    count: int,
    now: float,
) -> None:
    for place in range(count):
        index = len(RELEASES) - count + place
        mine = [one for one in findings if place in one[-1]]
        text = {
            **whole,
            "schema": 1,
            "commit": hashlib.sha1(f"{project.pk} {index}".encode()).hexdigest(),  # noqa: S324
            "committed_at": released_at(index, now) - 3600,
            "release": f"shop@{RELEASES[index]}",
            "name": "shop",
            "version": "demo",
            "findings": [_sent(one) for one in mine],
            "rules": {
                rule: dict(zip(("title", "why", "advice"), words, strict=True))
                for rule, words in RULES.items()
            },
            "paths": [*dict.fromkeys(one[3] for one in findings), *OTHER_PATHS],
        }
        record(project, read_document(msgspec.json.encode(text)), by="demo")


def _sent(one: Finding) -> dict[str, Any]:
    severity, rule, what, path, line, function, snippet, _ = one
    return {
        "fingerprint": hashlib.sha256(f"{rule} {path} {line}".encode()).hexdigest(),
        "rule": rule,
        "severity": severity,
        "what": what,
        "path": path,
        "line": line,
        "last_line": line + max(0, len(snippet) - 1),
        "function": function,
        "snippet": list(snippet),
    }


def _accept(project: Project) -> None:
    """One of them may stay."""
    rows = AuditFinding.objects.filter(project=project, path=_ACCEPTED, rule="value.fetch-not-ok")
    acting.accept(list(rows.filter(accepted_at=None)), "the client reads the status later", None)
