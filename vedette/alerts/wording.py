"""A rule in a sentence, as people say it: what it waits for, and what happens then."""

from __future__ import annotations

from typing import Any

from vedette.rules.durations import in_words
from vedette.rules.rule import LEVELS, Rule
from vedette.rules.sources import sources
from vedette.rules.thresholds import Threshold

_EDGES = {
    "first_seen": "a new issue begins",
    "regressed": "an issue comes back",
    "escalating": "an archived issue grows",
    "any": "any event comes in",
}
_STATES = {
    "down": "a monitor goes down",
    "degraded": "a monitor is degraded: slow, or not quite well",
    "missed": "a run of a job is missed",
}
_COMPARED = {">": "more than", ">=": "at least", "<": "less than", "<=": "at most"}


def when_of(rule: Rule) -> str:
    """What makes it fire, without its levels: `events a minute over 5 minutes, per issue`."""
    where = f" where {rule.filter}" if rule.filter else ""
    if rule.is_edge:
        words = _EDGES if rule.measure == "edge" else _STATES
        if not hasattr(rule.options, "to"):
            return f"{subject_of(rule)}{where}"
        return f"{words.get(rule.options.to, rule.options.to)}{where}"
    per = f", per {', '.join(_plain(key) for key in rule.per)}" if rule.per else ""
    return f"{subject_of(rule)} over {in_words(rule.window)}{per}{where}"


def levels_of(rule: Rule) -> list[tuple[str, str]]:
    """Each level, the worse first, with its threshold in words: (`critical`, `more than 10`)."""
    found = []
    for level in LEVELS:
        if level in rule.levels:
            threshold = rule.levels[level]
            found.append((str(level), threshold_words(threshold) if threshold else "at once"))
    return found


def subject_of(rule: Rule) -> str:
    """What the number is: `events a minute`, `different users`, `share of level:fatal`."""
    noun = sources()[rule.source].noun[1]
    options: Any = rule.options
    words = {
        "count": lambda: f"number of {noun}",
        "rate": lambda: f"{noun} a {options.per}",
        "unique": lambda: f"different values of {options.of}" if options.of != "user" else "users",
        "ratio": lambda: f"share of {noun} that are {options.of}",
        "percentile": lambda: f"P{options.percentile:g} of {options.of}",
        "value": lambda: f"all values of {options.of}",
        "crash_free": lambda: f"share of {options.of} without a crash",
        "used": lambda: f"{options.at} % of a budget are used",
        "found": lambda: f"an audit finds something new, {options.at_least} at least",
        "spike": lambda: f"{noun} against the same hour of other days",
    }
    said = words.get(rule.measure)
    return said() if said else rule.how.help


def threshold_words(threshold: Threshold) -> str:
    """`more than 50`, `at least 5%`."""
    return f"{_COMPARED[threshold.comparison]} {threshold.text.lstrip('<>= ')}"


def _plain(key: str) -> str:
    return key[5:-1] if key.startswith("tags[") and key.endswith("]") else key
