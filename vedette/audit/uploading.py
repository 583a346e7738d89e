"""From a report to the documents that a server takes, one for each project it is of."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from vedette.audit import document as d
from vedette.audit import inventory
from vedette.audit.auditing import Audit
from vedette.audit.errors import Misasked
from vedette.audit.report import Entry, Report
from vedette.audit.rules import rules
from vedette.audit.walk import shown

_GIT_SECONDS = 30
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
_COMMITTER = re.compile(r"^committer .*> (\d{1,11}) [+-]\d{4}$", re.MULTILINE)
_MOST_CHANGED = 40
_Placed = TypeVar("_Placed", d.SentPage, d.SentJob, d.SentCapture, d.SentDependency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What was audited: a commit, its time in seconds since 1970, and the release it is in."""

    commit: str
    committed_at: float
    release: str = ""


def version_of(root: str, commit: str = "", release: str = "") -> Version:
    """The commit of a checkout as git knows it, or the one that is named. Raises `Misasked`."""
    if commit and not _COMMIT.fullmatch(commit):
        raise Misasked(f"{shown(commit)}: is no commit; give seven hexadecimal digits at least")
    found = _git(root, "rev-parse", "--verify", "--quiet", f"{commit or 'HEAD'}^{{commit}}")
    if found is None and not commit:
        raise Misasked("git knows no commit here: name it with --commit")
    text = _git(root, "cat-file", "commit", found.strip()) if found else None
    at = _COMMITTER.search(text or "")
    return Version(
        commit=(found or commit).strip().lower(),
        committed_at=float(at[1]) if at else 0.0,
        release=release,
    )


def documents(
    done: Audit,
    report: Report,
    version: Version,
    *,
    project: str,
    projects: Mapping[str, str],
    with_snippets: bool,
) -> dict[str, d.Document]:
    """The document of each project by its name.

    `projects` are names of projects by the folder of a package; what lies in none of them is of
    `project`, or left out if there is none. Raises `Misasked` if no project is named at all.
    """
    folders = {folder.strip("/").removeprefix("./"): name for folder, name in projects.items()}
    if not project and not folders:
        raise Misasked("which project? Name it with --project, or in audit.toml under [projects]")
    whole = _whole(done, report, version, with_snippets=with_snippets)
    if project:
        folders.setdefault("", project)
    return {name: _part(done, whole, name, folders) for name in dict.fromkeys(folders.values())}


def _whole(done: Audit, report: Report, version: Version, *, with_snippets: bool) -> d.Document:
    project, known = done.project, rules()
    entries = report.entries[: d.MOST_FINDINGS]
    used = {one.finding.rule for one in entries}
    return d.Document(
        schema=1,
        commit=version.commit,
        committed_at=version.committed_at,
        release=version.release[:250],
        name=report.name[:200],
        version=report.version,
        files=dict(report.files),
        findings=[_finding(one, with_snippets=with_snippets) for one in entries],
        rules={
            name: d.SentRule(title=one.title, why=one.why[:1000], advice=one.advice[:1000])
            for name, one in known.items()
            if name in used
        },
        packages=inventory.packages(project),
        jobs=inventory.jobs(project),
        pages=inventory.pages(project),
        captures=inventory.captures(project),
        dependencies=inventory.dependencies(project),
        fine=list(report.fine[:200]),
        paths=[one[:500] for one in list(project.outlines)[: d.MOST_PATHS]],
    )


def _finding(entry: Entry, *, with_snippets: bool) -> d.SentFinding:
    one = entry.finding
    change = one.instead if with_snippets else None
    return d.SentFinding(
        fingerprint=entry.fingerprint,
        rule=one.rule[:200],
        severity=one.severity.word,  # type: ignore[arg-type]
        what=shown(one.what)[:1000],
        path=one.path[:500],
        line=one.line,
        last_line=one.last_line,
        function=shown(one.function)[:200],
        subject=shown(one.subject)[:200],
        explained=one.explained,
        is_accepted=entry.state == "ignored",
        reason=shown(entry.reason)[:1000] if entry.state == "ignored" else "",
        snippet=list(entry.snippet[:12]) if with_snippets else [],
        instead=None
        if change is None
        else d.SentChange(
            first=change.first,
            old=list(entry.replaced[:_MOST_CHANGED]),
            new=[shown(line)[:1000] for line in _new_lines(change.above, change.text)],
        ),
    )


def _new_lines(above: str, text: str) -> list[str]:
    lines = [*above.splitlines(), *text.splitlines()]
    return [one.expandtabs(4) for one in lines[: 60 - 1]]


def _part(done: Audit, whole: d.Document, name: str, folders: Mapping[str, str]) -> d.Document:
    """What of the whole is of one project."""

    def mine(path: str) -> bool:
        return owner_of(path, folders) == name

    findings = [one for one in whole.findings if mine(one.path)]
    used = {one.rule for one in findings}
    return msgspec.structs.replace(
        whole,
        findings=findings,
        rules={rule: text for rule, text in whole.rules.items() if rule in used},
        coverage=inventory.coverage(done.project, mine),
        packages=[one for one in whole.packages if mine(f"{one.folder}/".lstrip("/"))],
        jobs=_of(whole.jobs, mine),
        pages=_of(whole.pages, mine),
        captures=_of(whole.captures, mine),
        dependencies=_of(whole.dependencies, mine),
        paths=[one for one in whole.paths if mine(one)],
    )


def owner_of(path: str, folders: Mapping[str, str]) -> str:
    """The project of a file: that of the deepest folder around it; empty if it is of none."""
    around: Iterable[str] = (
        one for one in folders if not one or path == one or path.startswith(f"{one}/")
    )
    found = max(around, key=len, default=None)
    return "" if found is None else folders[found]


def _of(rows: Sequence[_Placed], mine: Callable[[str], bool]) -> list[_Placed]:
    return [one for one in rows if mine(one.path)]


def _git(root: str, *words: str) -> str | None:
    """What git's plumbing says of its objects: a checkout's own settings make it run nothing."""
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "--no-pager", "-C", root, *words],  # noqa: S607
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
            env={**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
