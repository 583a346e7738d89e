"""The back-test of a rule that is being written: when it would have called."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vedette.alerts.backtest import DAYS, back_test
from vedette.configuration import Entry
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.rules.machine import Change
from vedette.rules.replaying import Happening
from vedette.rules.rule import Rule
from vedette.rules.written import KEYS, read_rule
from vedette.store.asker import asker
from vedette.store.errors import BadQuery, StoreError
from vedette.store.room import Room
from vedette.store.visible import VisibleProjects
from vedette.web.wording import plural

log = logging.getLogger("vedette.web")

_MOST_SHOWN = 50
# A back-test computes for seconds, which all pages share: few at once, of one person one.
TRIALS = Room(2, 2.0, line=4, own_line=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One time that people would have been told."""

    at: datetime
    level: str
    about: str
    value: str
    is_raised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the back-test says; `problem` if it cannot say anything."""

    said: str = ""
    calls: Sequence[Call] = ()
    more: int = 0
    note: str = ""
    problem: str = ""
    tone: str = ""


def try_out(project: Project, entry: Entry, visible: VisibleProjects) -> Trial:
    """Replay the last days. The entry must have been checked."""
    rule = read_rule({key: value for key, value in entry.items() if key in KEYS})
    try:
        with TRIALS.place(asker()):
            outcome = back_test(project.pk, rule, visible)
    except (StoreError, BadQuery) as error:
        log.warning("a back-test failed: %s", error)
        return Trial(problem=f"It cannot be told now: {error}", tone="bad")
    if outcome.cannot_tell:
        return Trial(problem=outcome.cannot_tell)
    fired = outcome.fired
    times = "once" if len(fired) == 1 else f"{len(fired):,} times"
    said = f"In the last {plural(DAYS, 'day')} it would have fired {times}."
    if not fired:
        said = f"In the last {plural(DAYS, 'day')} it would not have fired."
    return Trial(
        said=said,
        calls=_calls(project, rule, fired[-_MOST_SHOWN:][::-1]),
        more=max(0, len(fired) - _MOST_SHOWN),
        note="There was more than can be replayed: it fired at least so often."
        if outcome.is_cut
        else "",
    )


def _calls(project: Project, rule: Rule, happenings: Sequence[Happening]) -> list[Call]:
    titles = _issue_titles(project, rule, happenings)
    return [
        Call(
            at=datetime.fromtimestamp(one.at, UTC),
            level=one.level,
            about=_about(rule, one.key, titles),
            value=_value(rule, one.value),
            is_raised=one.change is Change.RAISED,
        )
        for one in happenings
    ]


def _about(rule: Rule, key: Sequence[str], titles: Mapping[str, str]) -> str:
    parts = [part for part in key if part] if rule.measure == "state" else key
    return ", ".join(titles.get(part, part) or "(none)" for part in parts)


def _issue_titles(project: Project, rule: Rule, happenings: Sequence[Happening]) -> dict[str, str]:
    """Keys that are ids of issues, by what the issues are called."""
    if rule.measure == "state" or (not rule.is_edge and "issue" not in rule.per):
        return {}
    place = 0 if rule.is_edge else rule.per.index("issue")
    ids = {one.key[place] for one in happenings if len(one.key) > place}
    rows = Issue.objects.filter(project=project, pk__in=[one for one in ids if one.isdigit()])
    return {str(issue.pk): issue.title for issue in rows}


def _value(rule: Rule, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value * 100:.3g} %" if rule.how.is_share else f"{value:,.4g}"
