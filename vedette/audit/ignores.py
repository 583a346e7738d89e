"""`audit-ignore: rule -- reason` in a comment: a finding that a person has accepted.

On the line of the finding or the one above; `audit-ignore-file: rule -- reason` anywhere, for the
whole file. One without a reason is not heeded and found, as is one that has nothing to accept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vedette.audit.facts import Comment
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import rules
from vedette.audit.walk import shown

WITHOUT_REASON = "audit.ignore-without-reason"
UNUSED = "audit.ignore-unused"

_DIRECTIVE = re.compile(
    r"audit-ignore(-file)?:\s{0,9}([a-z]+\.[\w.-]+(?:\s{0,3},\s{0,3}[a-z]+\.[\w.-]+){0,20})(.*)"
)


@dataclass(slots=True, kw_only=True)
class Ignore:
    """One comment; `used` are those of its rules that have accepted something."""

    path: str
    line: int
    rules: tuple[str, ...]
    reason: str
    is_whole: bool
    used: set[str] = field(default_factory=set)

    def takes(self, finding: Finding) -> bool:
        """Whether it accepts a finding of its file."""
        is_near = self.is_whole or self.line in (finding.line, finding.line - 1)
        return is_near and finding.rule in self.rules and bool(self.reason)


def ignores_of(path: str, comments: Iterable[Comment]) -> list[Ignore]:
    """The ignores in a file."""
    found = []
    for one in comments:
        said = _DIRECTIVE.search(one.text)
        if said:
            _, marks, reason = said[3].partition("--")
            found.append(
                Ignore(
                    path=path,
                    line=one.line,
                    rules=tuple(name.strip() for name in said[2].split(",")),
                    reason=shown(re.sub(r"\s*\*/\}?\s*$", "", reason).strip()) if marks else "",
                    is_whole=said[1] is not None,
                )
            )
    return found


def complaints(project: Project, ignores: Iterable[Ignore]) -> Iterator[Finding]:
    """What is wrong with ignores, after all findings have been held against them."""
    for one in ignores:
        if not one.reason:
            yield _about(one, WITHOUT_REASON, "is not heeded: it gives no reason after `--`")
            continue
        for name in one.rules:
            was_asked = project.is_product(one.path) or name not in rules()
            if name not in one.used and was_asked:
                yield _about(one, UNUSED, f"accepts nothing: `{name}` finds nothing here")


def _about(ignore: Ignore, rule: str, what: str) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.ROUTINE,
        what=f"`audit-ignore` {what}",
        path=ignore.path,
        line=ignore.line,
        last_line=ignore.line,
        subject=",".join(ignore.rules),
    )
