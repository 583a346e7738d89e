"""An audit as the command line asks for it: what is wished, the report, the exit status."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from vedette.audit import baseline, destination, fixing
from vedette.audit.auditing import Audit, Chosen, audit
from vedette.audit.cache import default_folder, home_folder
from vedette.audit.document import MOST_FINDINGS
from vedette.audit.errors import Misasked
from vedette.audit.finding import Severity
from vedette.audit.judging import judge
from vedette.audit.progress import Progress
from vedette.audit.report import Report, fine_of
from vedette.audit.reports import Format, formats
from vedette.audit.rows import rows
from vedette.audit.rules import ALL, ECMA, Rule, rules
from vedette.audit.sending import send
from vedette.audit.since import Since
from vedette.audit.uploading import documents, version_of
from vedette.audit.walk import shown
from vedette.audit.wishes import Wishes, load

_MOST_BROKEN = 0.05  # of the files: beyond it "nothing was found" would say too much


def explain(name: str) -> int:
    """Print what a rule is about. Raises `Misasked` for one that is not there."""
    rule = rules().get(name)
    if rule is None:
        raise Misasked(f"{shown(name)}: is no rule; there are {', '.join(sorted(rules()))}")
    print(f"{rule.id} ({rule.severity.word})\n{rule.title}\n\n{rule.why}\n{rule.advice}")
    print(f"\nLanguages: {_languages(rule)}")
    return 0


def table() -> list[str]:
    """Every rule as a row of Markdown; the page of the docs holds the same."""
    return [
        "| rule | severity | finds | languages |",
        "|---|---|---|---|",
        *(
            f"| `{one.id}` | {one.severity.word} | {one.title} | {_languages(one)} |"
            for one in sorted(rules().values(), key=lambda one: one.id)
        ),
    ]


def _languages(rule: Rule) -> str:
    """In words that are short where a rule is asked about many."""
    if set(rule.languages) == set(ALL):
        return "all"
    typed = ["JavaScript", "TypeScript"] if set(ECMA) & set(rule.languages) else []
    kept = [one.capitalize() for one in rule.languages if one not in ECMA]
    return ", ".join(typed + kept).replace("Php", "PHP")


def run(options: argparse.Namespace) -> int:
    """Audit, do what is asked, say by the status whether something is left. Raises `AuditError`."""
    deed, path = _said(options.words)
    options.path = path
    form = formats().get(options.format)
    if form is None:
        raise Misasked(f"{shown(options.format)}: is no format; there are {', '.join(formats())}")
    if options.rule is not None and options.rule not in rules():
        explain(options.rule)
    wishes = load(os.path.realpath(path))
    with Progress(sys.stderr) as progress:
        done = audit(
            path,
            Chosen(
                reporters=wishes.reporters,
                benign=wishes.benign,
                with_nonproduct=options.include_nonproduct,
                cache=None if options.no_cache else default_folder(),
            ),
            progress.tell,
        )
    try:
        report = _report(done, wishes, options, deed)
        if deed == "fix":
            return _fix(done.project.root, report, options)
        if options.upload:
            upload(done, report, wishes, options)
    finally:
        done.close()
    if deed == "baseline write":
        place = _baseline(options)
        count = baseline.write(place, report.entries)
        print(f"{place}: {count:,} findings are known from now on")
        return 0
    _tell(form, report, options)
    return status(report, options.fail_on)


def _said(words: list[str]) -> tuple[str, str]:
    """What is to be done, and with which folder. Raises `Misasked`."""
    for deed in ("fix", "baseline write"):
        verbs = deed.split()
        if words[: len(verbs)] == verbs:
            words = words[len(verbs) :] or ["."]
            break
    else:
        deed = ""
    if len(words) != 1:
        raise Misasked("which folder? vedette audit PATH")
    return deed, words[0]


def _fix(root: str, report: Report, options: argparse.Namespace) -> int:
    """Show the changes, or write those that are safe and say what is left to a person."""
    wanted = [
        one
        for one in report.open()
        if one.finding.instead and options.rule in (None, one.finding.rule)
    ]
    if options.diff:
        print("\n".join(fixing.diff(root, wanted)))
        return 0
    written = fixing.fix(root, wanted)
    for path, count in written.items():
        print(f"{shown(path)}: {count:,} written")
    left = sum(not one.finding.instead.is_safe for one in wanted if one.finding.instead)
    print(f"{left:,} suggestions are left to a person; --diff shows them", file=sys.stderr)
    return 0


def upload(done: Audit, report: Report, wishes: Wishes, options: argparse.Namespace) -> None:
    """Send the audit to each project it is of, and say where it is to be seen."""
    root = done.project.root
    to = destination.find(
        root,
        destination.Options(
            url=options.url or "", organization=options.org or "", project=options.project or ""
        ),
        os.environ,
        home_folder(),
    )
    version = version_of(root, options.commit or "", options.release or "")
    found = documents(
        done,
        report,
        version,
        project=to.project,
        projects=wishes.projects,
        with_snippets=options.with_snippets,
    )
    for name, document in found.items():
        address = send(to, name, document)
        print(f"{shown(name)}: {len(document.findings):,} findings, {address}", file=sys.stderr)
    if len(report.entries) > MOST_FINDINGS:
        print(
            f"only the {MOST_FINDINGS:,} most urgent of {len(report.entries):,} findings were sent",
            file=sys.stderr,
        )


def _baseline(options: argparse.Namespace) -> Path:
    return options.baseline or Path(options.path) / baseline.NAME


def _report(done: Audit, wishes: Wishes, options: argparse.Namespace, deed: str) -> Report:
    is_wanted = (options.new_only or options.baseline) and deed != "baseline write"
    known = baseline.read(_baseline(options)) if is_wanted else frozenset()
    since = Since(done.project.root, options.since, done.project.text) if options.since else None
    entries = judge(
        done,
        wishes,
        known=known,
        is_new=lambda one: since is None or since.is_new(one.finding),
    )
    return Report(
        name=shown(os.path.basename(os.path.realpath(options.path)) or "/"),
        entries=tuple(entries),
        files=done.files,
        size_bytes=done.size_bytes,
        skipped=tuple(done.skipped),
        errors=done.errors,
        services=rows(done.project),
        checks=done.project.health,
        fine=fine_of(done),
        notes=tuple(f"{name} is off: {one.reason}" for name, one in wishes.rule.items() if one.off),
    )


def _tell(form: Format, report: Report, options: argparse.Namespace) -> None:
    least = Severity[options.least.upper()] if options.least else form.least
    text = form.write(report, least)
    if options.output is None:
        sys.stdout.write(text)
        return
    output: Path = options.output
    output.write_text(text, "utf-8")
    counts = ", ".join(f"{report.counts()[one]:,} {one.word}" for one in reversed(Severity))
    print(f"{output}: {counts}", file=sys.stderr)


def status(report: Report, fail_on: str) -> int:
    """The exit status: 3 if too much could not be read, 1 if there is something to fail on."""
    if len(report.errors) > _MOST_BROKEN * max(1, sum(report.files.values())):
        return 3
    if fail_on != "never" and report.open(Severity[fail_on.upper()]):
        return 1
    return 0
