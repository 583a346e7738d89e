"""An audit as its reports tell it: every finding with its fingerprint, its text and its state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Literal

import msgspec
from msgspec.structs import replace

from vedette import __version__
from vedette.audit.auditing import Audit
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.fingerprints import fingerprints, snippet
from vedette.audit.health import Check
from vedette.audit.rows import Row
from vedette.audit.secrets import secret_lines, without_secrets
from vedette.audit.walk import Skipped, shown

State = Literal["open", "known", "ignored"]

_MOST_COLUMNS = 200


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as it is reported.

    `known` ones stand in the baseline or are older than what is asked about; `ignored` ones a
    person has accepted, for a `reason`. `snippet` holds nothing that moves or colours a terminal,
    and nothing at all where the finding is a secret. `finding` holds no secret either, so `change`,
    which is written to the file and told by no format, is kept beside it.
    """

    finding: Finding
    fingerprint: str
    snippet: tuple[str, ...] = ()
    change: Change | None = None
    replaced: tuple[str, ...] = ()  # the lines that `finding.instead` stands for
    state: State = "open"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What every format says. `entries` are in order of urgency; `notes` are for the reader."""

    name: str
    entries: tuple[Entry, ...]
    files: Mapping[str, int]
    size_bytes: int
    skipped: tuple[Skipped, ...]
    errors: Mapping[str, str]
    services: tuple[Row, ...] = ()
    checks: tuple[Check, ...] = ()
    fine: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    version: str = field(default=__version__)

    def open(self, least: Severity = Severity.INFO) -> list[Entry]:
        """What nobody has accepted yet, at or above a severity."""
        return [
            one for one in self.entries if one.state == "open" and one.finding.severity >= least
        ]

    def counts(self) -> Counter[Severity]:
        """How many are open of each severity."""
        return Counter(one.finding.severity for one in self.open())


def entries_of(done: Audit, findings: Iterable[Finding]) -> list[Entry]:
    """The findings as entries that are all open, the most urgent first."""
    ordered = sorted(findings, key=lambda one: (-one.severity, one.path, one.line, one.rule))
    names = fingerprints(ordered, done.project.text)
    lines: dict[str, list[str]] = {}
    entries = []
    for finding, name in zip(ordered, names, strict=True):
        if finding.path not in lines:
            lines[finding.path] = _lines(done, finding.path)
        text = [] if finding.rule.startswith("secret.") else snippet(finding, lines[finding.path])
        change = finding.instead
        old = lines[finding.path][change.first - 1 : change.last] if change else []
        entries.append(
            Entry(
                finding=_told(finding),
                change=change,
                fingerprint=name,
                snippet=_harmless(dedent("\n".join(text)).split("\n") if text else []),
                replaced=_harmless(old),
            )
        )
    return entries


def _told(finding: Finding) -> Finding:
    """The finding as it may leave this process: names and changes of code may hold secrets."""
    change = finding.instead
    return replace(
        finding,
        what=without_secrets(finding.what),
        function=without_secrets(finding.function),
        subject=without_secrets(finding.subject),
        instead=replace(
            change, text=without_secrets(change.text), above=without_secrets(change.above)
        )
        if change
        else None,
    )


def _lines(done: Audit, path: str) -> list[str]:
    """The lines of a file; those that hold a secret only say so."""
    text = done.project.text(path)
    lines = text.splitlines()
    for line in secret_lines(text, is_bare=path not in done.project.outlines):
        if line <= len(lines):
            lines[line - 1] = "(a secret stands here)"
    return [without_secrets(one) for one in lines]


def _harmless(lines: list[str]) -> tuple[str, ...]:
    return tuple(shown(one.expandtabs(4))[:_MOST_COLUMNS] for one in lines)


def fine_of(done: Audit) -> tuple[str, ...]:
    """What is well, as far as the facts show it: without it nobody trusts the rest."""
    project = done.project
    handlers = reported = 0
    for facts in project.files():
        handlers += len(facts.handlers)
        reported += sum(project.is_handled(facts, one) for one in facts.handlers)
    found = []
    if handlers:
        found.append(f"{reported:,} of {handlers:,} places that catch an error report it or throw")
    if project.reporters:
        hand = "function hands" if len(project.reporters) == 1 else "functions hand"
        found.append(f"{len(project.reporters):,} {hand} errors on to an SDK")
    found += [
        f"{one.name or one.folder or 'the root package'} has an SDK that reports errors"
        for one in project.packages
        if project.has_sdk(one.manifest)
    ]
    return tuple(without_secrets(shown(one)) for one in dict.fromkeys(found))
