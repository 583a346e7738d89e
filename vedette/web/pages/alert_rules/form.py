"""The form of a rule: its fields, with the values of an entry as it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import msgspec

from vedette.alerts.models import Channel
from vedette.configuration import Entry
from vedette.rules.measures import Form, Measure, measures
from vedette.rules.problems import Problem
from vedette.rules.sources import sources
from vedette.web.form_fields import FormField, Mistakes

_MAIN_WORDS = {
    "to": "What happens",
    "per": "A",
    "of": "Of",
}
_OPTION_HELP = {
    "ratio.of": "A search for the part: level:fatal, or is_failed:true of transactions.",
    "unique.of": "user, or any key of a search.",
    "percentile.of": "duration, measurements.lcp, or any attribute with numbers.",
    "value.of": "A captured value, certificate.days_left, check.duration.",
    "value.least": "Fewer values in the window never fire.",
    "used.at": "Percents; each is told once in the budget's day or month.",
    "spike.min_count": "Fewer never fire.",
    "spike.days": "Days of the comparison.",
    "spike.cold_count": "Fires while there is no history of a day.",
    "spike.tail": "The probability below which a count is no chance.",
}
_NO_DATA = (
    ("hold", "Stay as it is"),
    ("resolve", "Count as over"),
    ("fire", "Count as firing"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureChoice:
    """One measure with the fields of its options."""

    name: str
    label: str
    help: str
    is_chosen: bool
    is_edge: bool
    needs_guard: bool
    fields: list[FormField]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleForm:
    """Everything that the page shows of the form, in its groups."""

    about: list[FormField]
    what: list[FormField]
    measures: list[MeasureChoice]
    measure_error: str
    levels: list[FormField]
    levels_error: str
    timing: list[FormField]
    guard: list[FormField]
    people: list[FormField]
    channels: list[tuple[str, str, bool]]
    channels_error: str
    rest: list[str]
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a rule may name: projects by slug, members by address, the organisation's channels."""

    projects: Sequence[tuple[str, str]]
    owners: Sequence[tuple[str, str]]
    channels: Sequence[Channel]


def make_form(entry: Entry, choices: Choices, problems: Sequence[Problem] = ()) -> RuleForm:
    """The form with an entry's values and the mistakes beside them."""
    wrong = Mistakes(problems)
    entry = _fitting(entry)
    name, options = split_measure(entry.get("measure", "count"))
    notify = entry.get("notify") or []
    return RuleForm(
        about=_about(entry, choices, wrong),
        what=_what(entry, wrong),
        measures=[_measure(one, name, options) for one in measures().values() if _is_open(one)],
        measure_error=wrong.of("measure"),
        levels=_levels(entry, wrong),
        levels_error=wrong.of("levels"),
        timing=_timing(entry, wrong),
        guard=_guard(entry, wrong),
        people=_people(entry, choices, wrong),
        channels=[(one.slug, one.name, one.slug in notify) for one in choices.channels],
        channels_error=wrong.of("notify"),
        rest=wrong.rest,
        identity=str(entry.get("id", "")),
    )


def _fitting(entry: Entry) -> Entry:
    """The entry without what no field can show, such as a list where a text belongs.

    Who wrote it as text reads in the other tab what is wrong with it.
    """
    return {key: value for key, value in entry.items() if _fits(key, value)}


def _fits(key: str, value: Any) -> bool:
    if key in ("per", "notify"):
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if isinstance(value, Mapping):
        is_nested = key in ("measure", "levels", "labels", "guard")
        return is_nested and all(isinstance(one, str) for one in value)
    return not isinstance(value, list)


def split_measure(written: Any) -> tuple[str, dict[str, Any]]:
    """Name and options of a measure in any of its forms: `count`, `{rate: minute}`."""
    if isinstance(written, str):
        return written, {}
    if not isinstance(written, Mapping) or not written:
        return "count", {}
    known = measures()
    name = next((str(key) for key in written if key in known), str(next(iter(written))))
    given = written[name]
    rest = {str(key): value for key, value in written.items() if key != name}
    if isinstance(given, Mapping):
        return name, {**{str(key): value for key, value in given.items()}, **rest}
    main = known[name].main if name in known else ""
    return name, {**({main: given} if main and given is not None else {}), **rest}


def _about(entry: Entry, choices: Choices, wrong: Mistakes) -> list[FormField]:
    return [
        FormField(
            name="name", label="Name", value=entry.get("name", ""), is_needed=True,
            help="The title of its messages.", error=wrong.of("name"),
        ),
        FormField(
            name="project", label="Project", kind="select", value=entry.get("project", ""),
            choices=choices.projects, error=wrong.of("project"),
        ),
    ]  # fmt: skip


def _what(entry: Entry, wrong: Mistakes) -> list[FormField]:
    names = [(one.name, f"{one.name.capitalize()}s: {one.help}") for one in sources().values()]
    per = entry.get("per") or []
    return [
        FormField(
            name="source", label="About", kind="select", value=entry.get("source", "event"),
            choices=names, error=wrong.of("source"),
        ),
        FormField(
            name="filter", label="Search", value=entry.get("filter", ""), error=wrong.of("filter"),
            placeholder="level:error environment:production",
            help="Only what fits is counted; the same words as in the search of issues or spans.",
        ),
        FormField(
            name="per", label="For each", value=", ".join(per) if isinstance(per, list) else per,
            error=wrong.of("per"), placeholder="issue, transaction, tag:tenant",
            help="An alert of its own for each: issue, or keys of a search. Empty: all together.",
        ),
    ]  # fmt: skip


def _measure(measure: Measure, chosen: str, options: Mapping[str, Any]) -> MeasureChoice:
    is_chosen = measure.name == chosen
    return MeasureChoice(
        name=measure.name,
        label=measure.name.replace("_", "-").capitalize(),
        help=measure.help,
        is_chosen=is_chosen,
        is_edge=measure.form is Form.EDGE,
        needs_guard=measure.needs_guard,
        fields=[
            _option(measure, field, options if is_chosen else {})
            for field in msgspec.structs.fields(measure.options)
            if field.name != "table"
        ],
    )


def _option(measure: Measure, field: Any, given: Mapping[str, Any]) -> FormField:
    """A field for one option; a closed list of words is a menu."""
    default = "" if field.default is msgspec.NODEFAULT else field.default
    key = f"{measure.name}.{field.name}"
    value = str(given.get(field.name, default))
    is_menu = get_origin(field.type) is Literal
    words = [(one, str(one).replace("_", " ")) for one in get_args(field.type)] if is_menu else []
    return FormField(
        name=f"option.{key}",
        label=_MAIN_WORDS.get(field.name, field.name.replace("_", " ").capitalize()),
        kind="select" if is_menu else "text",
        value=value,
        choices=words,
        help=_OPTION_HELP.get(key, ""),
    )


def _levels(entry: Entry, wrong: Mistakes) -> list[FormField]:
    levels = entry.get("levels") or {}
    if not isinstance(levels, Mapping):
        levels = {"critical": levels}
    return [
        FormField(
            name="levels.critical", label="Critical when", value=levels.get("critical", ""),
            placeholder=">10, >5%, <1, always", error=wrong.of("levels.critical"),
        ),
        FormField(
            name="levels.warning", label="Warning when", value=levels.get("warning", ""),
            placeholder=">5", error=wrong.of("levels.warning"),
        ),
        FormField(
            name="resolve", label="Over when", value=entry.get("resolve", ""),
            placeholder="<=4", error=wrong.of("resolve"), help="Empty: when no level holds.",
        ),
    ]  # fmt: skip


def _timing(entry: Entry, wrong: Mistakes) -> list[FormField]:
    return [
        FormField(
            name="window", label="Counted over", value=entry.get("window", ""), placeholder="5m",
            error=wrong.of("window"), help="90s, 5m, 1h. Empty for what happens once.",
        ),
        FormField(
            name="for", label="Fires when it has held for", value=entry.get("for", ""),
            placeholder="0s", error=wrong.of("for"),
        ),
        FormField(
            name="keep_firing_for", label="Is over when it has been quiet for",
            value=entry.get("keep_firing_for", ""), placeholder="0s",
            error=wrong.of("keep_firing_for"),
        ),
        FormField(
            name="no_data", label="When nothing comes in", kind="select",
            value=entry.get("no_data", "hold"), choices=_NO_DATA, error=wrong.of("no_data"),
        ),
    ]  # fmt: skip


def _guard(entry: Entry, wrong: Mistakes) -> list[FormField]:
    guard = entry.get("guard")
    held: Mapping[str, Any] = guard if isinstance(guard, Mapping) else {}
    return [
        FormField(
            name="guarded", label="Few events prove nothing: wait until a share is no chance",
            kind="check", value=guard not in ("off", False), error=wrong.of("guard"),
            help="A share of few events is often beyond a threshold by chance.",
        ),
        FormField(
            name="guard.min_samples", label="At least so many events", placeholder="10",
            value=held.get("min_samples", ""),
        ),
        FormField(
            name="guard.wilson", label="Confidence", placeholder="0.95",
            value=held.get("wilson", ""),
        ),
    ]  # fmt: skip


def _people(entry: Entry, choices: Choices, wrong: Mistakes) -> list[FormField]:
    labels = entry.get("labels") or {}
    lines = (
        [f"{name}={value}" for name, value in labels.items()] if isinstance(labels, dict) else []
    )
    return [
        FormField(
            name="owner", label="Owner", kind="select", value=entry.get("owner", ""),
            choices=[("", "Nobody"), *choices.owners], error=wrong.of("owner"),
        ),
        FormField(
            name="runbook", label="Runbook", kind="lines", rows=6, value=entry.get("runbook", ""),
            error=wrong.of("runbook"),
            help="What to do at three in the morning: Markdown, or a link.",
        ),
        FormField(
            name="labels", label="Labels", kind="lines", rows=2, value="\n".join(lines),
            placeholder="team=payments", error=wrong.of("labels"),
            help="One a line; routes and silences see them.",
        ),
        FormField(
            name="enabled", label="The rule is on", kind="check", value=entry.get("enabled", True)
        ),
    ]  # fmt: skip


def _is_open(measure: Measure) -> bool:
    """Whether some source can be measured so."""
    return any(measure.name in source.measures for source in sources().values())
