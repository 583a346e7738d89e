"""What a rule would have done in the last two weeks: told before it is saved."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from vedette import clock
from vedette.alerts.asking import counts_of
from vedette.alerts.states import seen_by_filters
from vedette.issues.models import Issue, IssueKey
from vedette.monitors.models import MonitorEvent
from vedette.rules.counting import TICK_SECONDS, condition_of, counter_of
from vedette.rules.deciding import Decider
from vedette.rules.machine import Change
from vedette.rules.replaying import Happening, Replay
from vedette.rules.rule import Rule
from vedette.rules.sources import sources
from vedette.rules.watching import member_number
from vedette.rules.windows import Key, key_of_values
from vedette.search.fields import fields_of
from vedette.store import query as q
from vedette.store.access import store
from vedette.store.rowwise import predicate
from vedette.store.visible import VisibleProjects

DAYS = 14
_DAY = 86400
_MICROSECONDS = 1_000_000
_MOST_ROWS = 100_000
_MOST_SHOWN = 200


@dataclass(slots=True)
class Outcome:
    """When a rule would have fired. `is_cut`: a day had more than can be looked at."""

    start: int
    end: int
    happenings: list[Happening] = field(default_factory=list)
    is_cut: bool = False
    cannot_tell: str = ""

    @property
    def fired(self) -> list[Happening]:
        """The times at which people would have been told."""
        return [one for one in self.happenings if one.change in (Change.FIRED, Change.RAISED)]


def back_test(
    project_id: int,
    rule: Rule,
    visible: VisibleProjects,
    *,
    days: int = DAYS,
    now: int | None = None,
) -> Outcome:
    """The last days through the same code as the live rule. Raises StoreError, BadQuery."""
    end = int(clock.timestamp()) if now is None else now
    end -= end % TICK_SECONDS
    outcome = Outcome(end - days * _DAY, end)
    seen = visible.only([project_id])
    outcome.cannot_tell = sources()[rule.source].untold_past
    if outcome.cannot_tell:
        return outcome
    if rule.measure == "state":
        _states(project_id, rule, outcome)
    elif rule.is_edge:
        _edges(project_id, rule, seen, outcome)
    else:
        _windows(project_id, rule, seen, outcome)
    return outcome


def _windows(project_id: int, rule: Rule, visible: VisibleProjects, outcome: Outcome) -> None:
    """Day by day, in the order in which rows were received."""
    replay = Replay(rule)
    if Decider(rule).needs_baseline:
        outcome.cannot_tell = "A spike needs the days before each moment: it cannot be told here."
        return
    if rule.is_asked and getattr(rule.options, "of", "") == "users":
        outcome.cannot_tell = "Who had a crash in each window of the past cannot be told here."
        return
    tick = outcome.start - rule.window
    while tick < outcome.end:
        until = min(tick + _DAY, outcome.end)
        arrivals = _arrivals(project_id, replay, visible, tick, until, outcome)
        for now in range(tick + TICK_SECONDS, until + 1, TICK_SECONDS):
            for key, bucket, counts, members in arrivals.pop(now - TICK_SECONDS, ()):
                replay.count(key, bucket, counts, members)
            found = [one for one in replay.look(now) if now > outcome.start]
            outcome.happenings += found[: _MOST_SHOWN - len(outcome.happenings)]
        tick = until


def _arrivals(
    project_id: int,
    replay: Replay,
    visible: VisibleProjects,
    start: int,
    end: int,
    outcome: Outcome,
) -> dict[int, list[tuple[Key, int, list[int], list[int]]]]:
    """What a day's rows add, by the tick after which they were received."""
    counter = replay.counter
    columns: dict[str, q.Expression] = {
        "came": q.bucket(TICK_SECONDS)  # how it ended is known late: the past has it at once
        if replay.rule.is_asked
        else q.call("bucket", q.Field("received"), TICK_SECONDS, 0),
        "at": q.bucket(counter.width),
        **{f"key{at}": key for at, key in enumerate(counter.keys)},
    }
    if counter.members is not None:
        columns["member"] = counter.members
    groups = list(columns)
    columns |= counts_of(replay.rule, counter)
    answer = store().query(
        q.Select(
            table=counter.table,
            projects=visible,
            columns=columns,
            where=[counter.where],
            group_by=groups,
            start=start * _MICROSECONDS,
            end=end * _MICROSECONDS,
            limit=_MOST_ROWS,
            newest=fields_of(counter.table).table.updates,
        )
    )
    outcome.is_cut = outcome.is_cut or len(answer.rows) >= _MOST_ROWS
    issues = _issues(project_id, replay)
    found: dict[int, list[tuple[Key, int, list[int], list[int]]]] = defaultdict(list)
    for row in answer.dicts():
        key = _key(row, len(counter.keys), issues)
        if key is None:
            continue
        counts = [int(row["rows"]), *(int(row[f"part{at}"]) for at in range(len(counter.parts)))]
        members = [member_number(row["member"])] if row.get("member") is not None else []
        came = max(int(row["came"]), start)
        found[min(came, end - TICK_SECONDS)].append((key, int(row["at"]), counts, members))
    return found


def _key(row: dict[str, Any], width: int, issues: dict[int, dict[int, int]]) -> Key | None:
    values = [row[f"key{at}"] for at in range(width)]
    texts = list(key_of_values(values))
    for place, known in issues.items():
        issue = known.get(int(values[place] or 0))
        if issue is None:
            return None
        texts[place] = str(issue)
    return tuple(texts)


def _issues(project_id: int, replay: Replay) -> dict[int, dict[int, int]]:
    """Where a key names an issue: which issue each group belongs to."""
    places = [at for at, key in enumerate(replay.counter.keys) if key == q.Field("group_id")]
    if not places:
        return {}
    keys = IssueKey.objects.filter(project_id=project_id)
    known = dict(keys.values_list("group_id", "issue_id"))
    return dict.fromkeys(places, known)


def _states(project_id: int, rule: Rule, outcome: Outcome) -> None:
    """When monitors became so, as their history says."""
    to, level, suits = rule.options.to, next(iter(rule.levels)), predicate(condition_of(rule))
    state = "down" if to == "missed" else to
    held = MonitorEvent.objects.filter(
        monitor__project_id=project_id,
        kind=state,
        at__gte=datetime.fromtimestamp(outcome.start, UTC),
        at__lt=datetime.fromtimestamp(outcome.end, UTC),
    )
    if to == "missed":
        held = held.filter(reason="missed")
    for event in held.select_related("monitor").order_by("at")[:_MOST_ROWS]:
        if not suits(seen_by_filters(event.monitor, event.environment, state, event.reason)):
            continue
        if len(outcome.happenings) < _MOST_SHOWN:
            at, key = int(event.at.timestamp()), (event.monitor.slug, event.environment)
            outcome.happenings.append(Happening(at, key, Change.FIRED, level, None))


def _edges(project_id: int, rule: Rule, visible: VisibleProjects, outcome: Outcome) -> None:
    """New issues from their first events; any event from the stored ones."""
    if rule.options.to not in ("first_seen", "any"):
        outcome.cannot_tell = "When issues came back in the past is not kept."
        return
    counter = counter_of(rule)
    level = next(iter(rule.levels))
    columns: dict[str, q.Expression] = {
        "group": q.Field("group_id"),
        "first": q.call("min", q.Field("received")),
    }
    answer = store().query(
        q.Select(
            table=counter.table,
            projects=visible,
            columns=columns,
            where=[counter.where],
            group_by=["group"],
            order_by=[q.Order("first")],
            start=outcome.start * _MICROSECONDS,
            end=outcome.end * _MICROSECONDS,
            limit=_MOST_ROWS,
        )
    )
    keys = dict(IssueKey.objects.filter(project_id=project_id).values_list("group_id", "issue_id"))
    born = dict(Issue.objects.filter(project_id=project_id).values_list("id", "first_seen"))
    told: set[int] = set()
    for group, first in answer.rows:
        issue = keys.get(int(group))
        at = int(first) // _MICROSECONDS
        if issue is None or issue in told:
            continue
        told.add(issue)
        if rule.options.to == "first_seen" and born[issue].timestamp() < at - 3600:
            continue  # its first event was another, or before these days
        if len(outcome.happenings) < _MOST_SHOWN:
            outcome.happenings.append(Happening(at, (str(issue),), Change.FIRED, level, None))
