"""Rules as people write them, in YAML, JSON or a form: read with every mistake named, and back.

The form is that of docs/alerts.md: `measure: {rate: minute}`, `window: 1m`,
`levels: {warning: ">5", critical: ">10"}`, `resolve: "<=4"`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from vedette.rules.checking import check
from vedette.rules.durations import seconds_of
from vedette.rules.durations import written as span
from vedette.rules.guard import Guard
from vedette.rules.measures import Form, Measure, measures
from vedette.rules.problems import Problem, Problems, RuleProblems
from vedette.rules.rule import LEVELS, Rule
from vedette.rules.sources import sources
from vedette.rules.thresholds import ALWAYS, Threshold, threshold_of

KEYS = (
    *("name", "source", "filter", "per", "measure", "window", "levels", "resolve", "guard"),
    *("for", "keep_firing_for", "no_data"),
)
_NO_DATA = ("hold", "resolve", "fire")
_MOST_TEXT = 2000
_NO_LEVEL = "say when it fires: levels: {warning: '>5', critical: '>10'}"


def read_rule(written: Mapping[str, Any]) -> Rule:
    """A rule as it is written. Raises RuleProblems with everything that is wrong."""
    found = Problems()
    for key in written:
        if key not in KEYS:
            found.add(str(key), f"a rule has no {key}")
    measure, options = _measure(written.get("measure", "count"), written, found)
    levels = _levels(written.get("levels"), measure, found)
    rule = Rule(
        name=_text(written, "name", found).strip(),
        source=_one_of(written, "source", tuple(sources()), "event", found),
        measure=measure.name,
        options=options,
        filter=_text(written, "filter", found).strip(),
        per=_per(written.get("per"), found),
        window=_span(written, "window", found),
        levels=levels,
        resolve=_threshold("resolve", written.get("resolve"), found),
        guard=_guard(written.get("guard"), measure, found),
        wait=_span(written, "for", found),
        keep_firing=_span(written, "keep_firing_for", found),
        no_data=_one_of(written, "no_data", _NO_DATA, "hold", found),  # type: ignore[arg-type]
    )
    rule = _with_end(rule)
    if not found:
        check(rule, found)
    if found:
        raise RuleProblems(found.all)
    return rule


def write_rule(rule: Rule) -> dict[str, Any]:
    """The shortest form that reads as this rule."""
    made: dict[str, Any] = {"name": rule.name, "source": rule.source}
    if rule.filter:
        made["filter"] = rule.filter
    if rule.per:
        made["per"] = list(rule.per)
    made["measure"] = _written_measure(rule)
    if rule.window:
        made["window"] = span(rule.window)
    made["levels"] = {
        level: ALWAYS if (one := rule.levels[level]) is None else one.text
        for level in reversed(LEVELS)
        if level in rule.levels
    }
    if rule.resolve is not None and rule.resolve != _end_of(rule):
        made["resolve"] = rule.resolve.text
    if rule.how.needs_guard and rule.guard != Guard():
        made["guard"] = "off" if rule.guard is None else msgspec.to_builtins(rule.guard)
    if rule.wait:
        made["for"] = span(rule.wait)
    if rule.keep_firing:
        made["keep_firing_for"] = span(rule.keep_firing)
    if rule.no_data != "hold":
        made["no_data"] = rule.no_data
    return made


def _written_measure(rule: Rule) -> Any:
    options = msgspec.to_builtins(rule.options)
    defaults = _defaults(rule.how)
    changed = {name: value for name, value in options.items() if value != defaults.get(name)}
    changed.pop("table", None)
    if rule.how.main:
        main = changed.pop(rule.how.main, options.get(rule.how.main))
        return {rule.measure: main, **changed}
    return {rule.measure: changed} if changed else rule.measure


def _defaults(measure: Measure) -> dict[str, Any]:
    return {
        field.name: field.default
        for field in msgspec.structs.fields(measure.options)
        if field.default is not msgspec.NODEFAULT
    }


def _measure(written: Any, rule: Mapping[str, Any], found: Problems) -> tuple[Measure, Any]:
    """The measure and its options: `count`, `{rate: minute}`, `{spike: {factor: 3}}`."""
    known = measures()
    name, given = _named(written, known)
    measure = known.get(name)
    if measure is None:
        found.add("measure", f"there is no measure {name or written!r}: {', '.join(known)}")
        return known["count"], known["count"].options()
    if "table" in {field.name for field in msgspec.structs.fields(measure.options)}:
        source = sources().get(str(rule.get("source", "event")))
        given = {**given, "table": source.table if source else "errors"}
    try:
        return measure, msgspec.convert(given, measure.options)
    except msgspec.ValidationError as error:
        found.add("measure", _plain(error))
        return known["count"], known["count"].options()


def _named(written: Any, known: Mapping[str, Measure]) -> tuple[str, dict[str, Any]]:
    if isinstance(written, str):
        return written, {}
    if not isinstance(written, Mapping):
        return "", {}
    name = next((str(key) for key in written if key in known), "")
    if not name:
        return str(next(iter(written), "")), {}
    given = written[name]
    rest = {str(key): value for key, value in written.items() if key != name}
    if isinstance(given, Mapping):
        return name, {**{str(key): value for key, value in given.items()}, **rest}
    if given is None:
        return name, rest
    return name, {known[name].main or "value": given, **rest}


def _levels(written: Any, measure: Measure, found: Problems) -> dict[Any, Threshold | None]:
    if isinstance(written, str):
        written = {written: ALWAYS} if measure.form is Form.EDGE else {"critical": written}
    if not isinstance(written, Mapping) or not written:
        found.add("levels", _NO_LEVEL)
        return {}
    made: dict[Any, Threshold | None] = {}
    for level, text in written.items():
        if level not in LEVELS:
            found.add(f"levels.{level}", f"levels are warning and critical, not {level}")
        elif measure.form is Form.EDGE:
            if text != ALWAYS:
                found.add(f"levels.{level}", "what happens once has no threshold: write always")
            made[level] = None
        else:
            threshold = _threshold(f"levels.{level}", text, found)
            if threshold is not None:
                made[level] = threshold
    if not made and not found:
        found.add("levels", _NO_LEVEL)
    return made


def _threshold(path: str, written: Any, found: Problems) -> Threshold | None:
    if written is None or written == "":
        return None
    try:
        return threshold_of(written)
    except ValueError as error:
        found.add(path, str(error))
        return None


def _guard(written: Any, measure: Measure, found: Problems) -> Guard | None:
    if written in (None, "", "on", True):
        return Guard() if measure.needs_guard else None
    if written in ("off", False):
        return None
    if not measure.needs_guard:
        found.add("guard", f"a {measure.name} is a fact and needs no guard")
        return None
    try:
        return msgspec.convert(written, Guard)
    except msgspec.ValidationError as error:
        found.add("guard", f"{_plain(error)}: write off, or {{min_samples: 10, wilson: 0.95}}")
        return None


def _per(written: Any, found: Problems) -> tuple[str, ...]:
    if written in (None, ""):
        return ()
    keys = [written] if isinstance(written, str) else written
    if not isinstance(keys, list | tuple) or not all(isinstance(key, str) for key in keys):
        found.add("per", "write the keys as a list: per: [issue] or per: [transaction]")
        return ()
    plain = (key.strip() for key in keys)
    return tuple(f"tags[{key[4:]}]" if key.startswith("tag:") else key for key in plain if key)


def _span(written: Mapping[str, Any], key: str, found: Problems) -> int:
    value = written.get(key)
    if value in (None, ""):
        return 0
    try:
        return seconds_of(value)
    except ValueError as error:
        found.add(key, str(error))
        return 0


def _text(written: Mapping[str, Any], key: str, found: Problems) -> str:
    value = written.get(key, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        found.add(key, f"{key} is a text of at most {_MOST_TEXT} characters")
        return ""
    return value


def _one_of(
    written: Mapping[str, Any], key: str, known: tuple[str, ...], default: str, found: Problems
) -> str:
    value = written.get(key)
    if value in (None, ""):
        return default
    if value not in known:
        found.add(key, f"{key} is one of {', '.join(known)}, not {value!r}")
        return default
    return str(value)


def _with_end(rule: Rule) -> Rule:
    """Without a threshold of its own it is over when no level holds any more."""
    if rule.is_edge or rule.resolve is not None:
        return rule
    end = _end_of(rule)
    return rule if end is None else msgspec.structs.replace(rule, resolve=end)


_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


def _end_of(rule: Rule) -> Threshold | None:
    mildest = rule.levels.get("warning") or rule.levels.get("critical")
    if mildest is None:
        return None
    sign = _OPPOSITE[mildest.comparison]
    number = mildest.text.lstrip("<>= ")
    return Threshold(sign, mildest.number, f"{sign}{number}")  # type: ignore[arg-type]


def _plain(error: Exception) -> str:
    return str(error).replace("Object ", "").replace("`", "")


__all__ = ["Problem", "RuleProblems", "read_rule", "write_rule"]
