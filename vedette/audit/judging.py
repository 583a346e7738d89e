"""Which findings count: what people have accepted, what is known, what is new."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from vedette.audit.auditing import Audit
from vedette.audit.ignores import Ignore, complaints, ignores_of
from vedette.audit.report import Entry, entries_of
from vedette.audit.secrets import without_secrets
from vedette.audit.wishes import Wishes


def judge(
    done: Audit,
    wishes: Wishes,
    *,
    known: frozenset[str] = frozenset(),
    is_new: Callable[[Entry], bool] = lambda entry: True,
) -> list[Entry]:
    """Every finding with its state, and what is wrong with the ignores of the checkout.

    `known` are the fingerprints of a baseline. Severities are those that the people want.
    """
    found = [
        replace(one, severity=wishes.severity(one))
        for one in done.findings
        if not (one.rule in wishes.rule and wishes.rule[one.rule].off)
    ]
    ignores = {
        path: ignores_of(path, done.project.facts(path).comments) for path in done.project.outlines
    }
    accepted = [
        _accepted(one, wishes, ignores.get(one.finding.path, [])) for one in entries_of(done, found)
    ]
    wrong = complaints(done.project, (one for some in ignores.values() for one in some))
    entries = [*accepted, *entries_of(done, wrong)]
    entries.sort(key=lambda one: -one.finding.severity)
    return [
        replace(one, state="known")
        if one.state == "open" and (one.fingerprint in known or not is_new(one))
        else one
        for one in entries
    ]


def _accepted(entry: Entry, wishes: Wishes, ignores: list[Ignore]) -> Entry:
    for one in ignores:
        if one.takes(entry.finding):
            one.used.add(entry.finding.rule)
            return replace(entry, state="ignored", reason=without_secrets(one.reason))
    for wish in wishes.paths:
        if wish.takes(entry.finding):
            return replace(entry, state="ignored", reason=without_secrets(wish.reason))
    return entry
