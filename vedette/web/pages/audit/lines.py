"""How findings are written on pages: a line of a list, a place, the command that uploads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vedette.audit.finding import Severity
from vedette.audits.models import AuditFinding
from vedette.projects.models import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """A finding of a list; `title` is its rule's."""

    finding: AuditFinding
    severity: str
    tone: str
    title: str
    place: str


def line_of(
    finding: AuditFinding, rules: Mapping[str, Any], tones: Mapping[str, str]
) -> FindingLine:
    """A finding with the words of its rule."""
    severity = Severity(finding.severity).word
    held = rules.get(finding.rule)
    return FindingLine(
        finding=finding,
        severity=severity,
        tone=tones[severity],
        title=str(held.get("title", "")) if isinstance(held, dict) else "",
        place=place_of(finding),
    )


def place_of(finding: AuditFinding) -> str:
    """`src/a.ts:12`."""
    if not finding.path:
        return "the whole project"
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def snippet_of_command(base_url: str, project: Project | None) -> str:
    """The commands that audit a checkout and upload the result, to be pasted."""
    organization = project.organization.slug if project else "ORGANISATION"
    name = project.slug if project else "PROJECT"
    return (
        "pip install 'vedette[audit]'\n"
        "export SENTRY_AUTH_TOKEN=…\n"
        f"vedette audit . --upload --url {base_url} \\\n"
        f"  --org {organization} --project {name} --fail-on never"
    )
