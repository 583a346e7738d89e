"""The name of a finding that stays its own when lines move: baselines and trackers know it by this.

Made of the rule, the file, the function around it, the text of the lines without their spacing, the
subject, and its place among those that are alike so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from hashlib import sha256

from vedette.audit.finding import Finding

_MOST_LINES = 12


def fingerprints(findings: Iterable[Finding], text: Callable[[str], str]) -> list[str]:
    """One for each finding, in their order; `text` gives the text of a file by its path.

    No two are the same. Findings that are alike are counted in the order of their lines.
    """
    given = list(findings)
    lines: dict[str, list[str]] = {}
    found = [""] * len(given)
    alike: Counter[str] = Counter()
    for place in sorted(range(len(given)), key=lambda one: (given[one].line, given[one].column)):
        finding = given[place]
        if finding.path not in lines:
            lines[finding.path] = text(finding.path).splitlines() if finding.path else []
        core = "\0".join(
            (
                finding.rule,
                finding.path,
                finding.function,
                finding.subject,
                *("".join(one.split()) for one in snippet(finding, lines[finding.path])),
            )
        )
        found[place] = sha256(f"{core}\0{alike[core]}".encode("utf-8", "replace")).hexdigest()
        alike[core] += 1
    return found


def snippet(finding: Finding, lines: list[str]) -> list[str]:
    """The lines that a finding is about, at most twelve; none where no line is meant."""
    if finding.line < 1:
        return []
    last = max(finding.line, finding.last_line)
    return lines[finding.line - 1 : min(last, finding.line - 1 + _MOST_LINES)]
