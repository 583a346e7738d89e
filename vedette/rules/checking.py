"""Refuses rules that can be read but could never fire, never be over, or mean something else."""

from __future__ import annotations

from vedette.rules.counting import TICK_SECONDS, condition_of, key_of, parts_of
from vedette.rules.durations import in_words
from vedette.rules.measures import Form
from vedette.rules.problems import Problems
from vedette.rules.rule import LEVELS, Rule
from vedette.rules.sources import sources
from vedette.rules.thresholds import Threshold
from vedette.search.errors import SearchError
from vedette.store.errors import BadQuery
from vedette.store.rowwise import predicate, value_of

MOST_WINDOW = 7 * 86400
_MOST_KEYS = 4
_COUNTED = ("count", "rate", "unique")  # 0 where there is no row


def check(rule: Rule, found: Problems) -> None:
    """Add what is wrong with a rule."""
    if not rule.name:
        found.add("name", "give the rule a name: it is the title of its messages")
    _check_source(rule, found)
    _check_searches(rule, found)
    if rule.how.form is Form.EDGE:
        _check_edge(rule, found)
        return
    _check_times(rule, found)
    _check_levels(rule, found)
    _check_end(rule, found)
    _check_keys(rule, found)


def _check_source(rule: Rule, found: Problems) -> None:
    source = sources()[rule.source]
    if rule.measure not in source.measures:
        names = ", ".join(source.measures)
        found.add("measure", f"{rule.source} has no {rule.measure}: choose {names}")
        return
    edge = getattr(rule.options, "to", None)
    if rule.how.form is Form.EDGE and edge is not None and edge not in source.edges:
        names = " or ".join(source.edges)
        found.add("measure", f"the {rule.measure} of {rule.source} is {names}, not {edge}")


def _check_searches(rule: Rule, found: Problems) -> None:
    """Each is compiled in both ways in which it is going to be asked."""
    table = sources()[rule.source].table
    if rule.filter and not sources()[rule.source].has_filter:
        found.add("filter", f"{rule.source} has no filter: leave it out")
        return
    try:
        for part in parts_of(rule):
            predicate(part)
        members = rule.how.members(rule.options)
        if members is not None:
            value_of(members)
        rule.how.measured(rule.options)
    except (SearchError, BadQuery) as error:
        found.add("measure", str(error))
        return
    try:
        predicate(condition_of(rule))
    except (SearchError, BadQuery) as error:
        found.add("filter", str(error))
    for key in rule.per:
        try:
            value_of(key_of(key, table))
        except (SearchError, BadQuery) as error:
            found.add("per", str(error))


def _check_edge(rule: Rule, found: Problems) -> None:
    for name, is_given in (
        ("window", rule.window),
        ("resolve", rule.resolve),
        ("for", rule.wait),
        ("keep_firing_for", rule.keep_firing),
        ("per", rule.per),
    ):
        if is_given:
            found.add(name, f"what happens once has no {name}: leave it out")
    if len(rule.levels) != 1:
        found.add("levels", "what happens once has one level: {critical: always}")


def _check_times(rule: Rule, found: Problems) -> None:
    if not rule.window:
        found.add("window", "say over which time it is counted: window: 5m")
    elif rule.window % TICK_SECONDS or not TICK_SECONDS <= rule.window <= MOST_WINDOW:
        found.add("window", "a window is a multiple of 10 seconds, at most 7 days")
    if rule.wait > MOST_WINDOW or rule.keep_firing > MOST_WINDOW:
        found.add("for", "at most 7 days")
    elif rule.window and rule.wait > rule.window:
        window = in_words(rule.window)
        found.add("for", f"longer than the window of {window}: what it saw has left it by then")


def _check_levels(rule: Rule, found: Problems) -> None:
    levels = [rule.levels[level] for level in LEVELS if level in rule.levels]
    thresholds = [one for one in levels if one is not None]
    for level, threshold in rule.levels.items():
        if threshold is not None and (words := _unreachable(rule, threshold)):
            found.add(f"levels.{level}", words)
        elif threshold is not None and rule.measure == "spike" and not threshold.is_upper:
            found.add(f"levels.{level}", "a spike is above its baseline: write >=3")
    if len(thresholds) < 2:
        return
    critical, warning = thresholds
    if critical.is_upper is not warning.is_upper:
        found.add("levels", "warning and critical must look in the same direction")
    elif critical.number == warning.number or (critical.number > warning.number) is not (
        critical.is_upper
    ):
        found.add("levels", f"critical ({critical.text}) must be beyond warning ({warning.text})")


def _unreachable(rule: Rule, threshold: Threshold) -> str:
    """Why a value can never stand so to the threshold; empty if it can."""
    is_past = threshold.number > 1 or (threshold.number == 1 and threshold.comparison == ">")
    if threshold.is_upper and rule.how.is_share and is_past:
        return f"{threshold.text} can never be: a share is at most 100 %"
    if not threshold.is_upper:
        if threshold.number < 0 or (threshold.number == 0 and threshold.comparison == "<"):
            return f"{threshold.text} can never be: write <1"
    elif threshold.number == 0 and threshold.comparison == ">=":
        return f"{threshold.text} always holds"
    return ""


def _check_end(rule: Rule, found: Problems) -> None:
    """The end must lie on the good side of every level, and be reachable."""
    end, mildest = rule.resolve, rule.levels.get("warning") or rule.levels.get("critical")
    if end is None or mildest is None:
        return
    if end.is_upper is mildest.is_upper:
        found.add("resolve", f"{end.text} looks in the direction of the levels: it is the way back")
        return
    if words := _unreachable(rule, end):
        found.add("resolve", f"it would never be over: {words}")
    beyond = end.number > mildest.number if mildest.is_upper else end.number < mildest.number
    if beyond:
        found.add("resolve", f"{end.text} holds while {mildest.text} holds: it would end at once")


def _check_keys(rule: Rule, found: Problems) -> None:
    if len(rule.per) > _MOST_KEYS or len(set(rule.per)) != len(rule.per):
        found.add("per", f"at most {_MOST_KEYS} different keys")
    looks_down = any(one is not None and not one.is_upper for one in rule.levels.values())
    if rule.per and looks_down and rule.measure in _COUNTED:
        found.add("per", "what has no rows has no keys: silence is told of all rows together")
    if rule.per and rule.no_data == "fire":
        found.add("no_data", "a key without rows is not known: fire needs a rule without per")
    issue_keys = sources()[rule.source].keys
    if "issue" in rule.per and "issue" not in issue_keys:
        found.add("per", f"{rule.source} has no issue")
