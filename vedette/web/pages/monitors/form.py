"""The form of a monitor, made of the fields that its kind declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from vedette.configuration import Entry
from vedette.monitors.kinds import HIDDEN, secrets_of
from vedette.monitors.models import Monitor
from vedette.monitors.passive import PassiveKind
from vedette.probing.kinds import ProbeField, ProbeKind
from vedette.projects.models import Project
from vedette.rules.problems import Problem
from vedette.web.form_fields import FormField, Kind, Mistakes, lines_of

_NUMBERS = (
    ("interval", "Every", "Seconds, 10 to 3,600.", 60),
    ("timeout", "Give up after", "Seconds, 1 to 30.", 10),
    ("fail_after", "Down after", "Failures in a row.", 3),
    ("recover_after", "Up after", "Good results in a row.", 2),
    ("retry_every", "Ask again after a failure", "Seconds.", 20),
)
_OF_JOBS = ("fail_after", "recover_after")
_FORMS: dict[str, Kind] = {
    "text": "text",
    "lines": "lines",
    "block": "lines",
    "number": "number",
    "yes": "check",
    "choice": "select",
}
_TEXTS = ("environment", "severity", "runbook")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields by where they stand; `rest` are mistakes that belong to none."""

    main: list[FormField] = field(default_factory=list)
    rare: list[FormField] = field(default_factory=list)
    judging: list[FormField] = field(default_factory=list)
    about: list[FormField] = field(default_factory=list)
    channels: list[tuple[str, str, bool]] = field(default_factory=list)
    others: list[tuple[str, str, bool]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    has_rare_values: bool = False


def form_of(
    kind: ProbeKind | PassiveKind,
    entry: Entry,
    problems: Sequence[Problem],
    *,
    monitor: Monitor | None,
    channels: Sequence[tuple[str, str]],
    others: Sequence[tuple[str, str]],
) -> Form:
    """The fields with their values and mistakes. No secret is shown."""
    wrong = Mistakes(problems)
    held = set(secrets_of(monitor)) if monitor else set()
    name = FormField(
        name="name",
        label="Name",
        value=entry.get("name", ""),
        error=wrong.of("name", "id"),
        placeholder=kind.label,
    )
    fields = [(one, _field(one, entry, wrong, is_set=one.name in held)) for one in kind.fields]
    rare = [made for one, made in fields if one.is_rare]
    changed = [one for one, _ in fields if one.is_rare and entry.get(one.name) not in (None, "")]
    judging = _judging(kind, entry, wrong)
    about = _about(entry, wrong)
    notify, depends = entry.get("notify") or (), entry.get("depends_on") or ()
    return Form(
        main=[name, *(made for one, made in fields if not one.is_rare)],
        rare=rare,
        judging=judging,
        about=about,
        channels=[(slug, label, slug in notify) for slug, label in channels],
        others=[(slug, label, slug in depends) for slug, label in others],
        rest=wrong.rest,
        has_rare_values=bool(changed) or any(one.error for one in rare),
    )


def entry_of(
    kind: ProbeKind | PassiveKind,
    sent: QueryDict,
    project: Project,
    monitor: Monitor | None = None,
) -> Entry:
    """The entry as the form says it; a secret left empty stays as it is."""
    entry: Entry = {"kind": kind.name, "project": project.slug}
    entry["name"] = sent.get("name", "").strip() or _name_of(kind, sent)
    if monitor is not None:
        entry["id"] = monitor.slug
        entry["enabled"] = not monitor.is_paused
        held = set(secrets_of(monitor))
    else:
        held = set()
    entry |= _own(kind, sent, held)
    entry |= _judged(sent, monitor.slow if monitor is not None else {})
    for name in _TEXTS:
        if sent.get(name, "").strip():
            entry[name] = sent.get(name, "").strip()
    if not sent.get("opens_issue"):
        entry["opens_issue"] = False
    tags = _tags(sent.get("tags", ""))
    if tags:
        entry["tags"] = tags
    for name in ("notify", "depends_on"):
        if sent.getlist(name):
            entry[name] = sent.getlist(name)[:50]
    return entry


def _own(kind: ProbeKind | PassiveKind, sent: QueryDict, held: set[str]) -> Entry:
    """What belongs to the kind."""
    found: Entry = {}
    for one in kind.fields:
        value = _sent(one, sent)
        if one.is_secret and value in ("", None) and one.name in held:
            if sent.get(f"forget.{one.name}"):
                found[one.name] = None
                continue
            value = HIDDEN
        if value not in (None, ""):
            found[one.name] = value
    return found


def _judged(sent: QueryDict, slow: Mapping[str, Any]) -> Entry:
    """How it is judged. What else was written of `slow` stays while its time does."""
    found: Entry = {
        name: _number(sent.get(name, ""), default)
        for name, _, _, default in _NUMBERS
        if name in sent
    }
    if sent.get("slow_ms", "").strip():
        ms = _number(sent.get("slow_ms", ""), 0)
        found["slow"] = dict(slow) if ms == slow.get("ms") else {"ms": ms}
    fails, of = sent.get("window_fails", "").strip(), sent.get("window_of", "").strip()
    if fails or of:
        found["window"] = {"fails": _number(fails, 0), "of": _number(of, 0)}
    return found


def _field(one: ProbeField, entry: Entry, wrong: Mistakes, *, is_set: bool) -> FormField:
    form = one.form
    value = entry.get(one.name, one.default)
    if isinstance(value, list | tuple):
        value = "\n".join(map(str, value))
    return FormField(
        name=f"field.{one.name}",
        label=one.label if one.is_needed or form == "yes" else f"{one.label} (optional)",
        kind="secret" if one.is_secret and form == "text" else _FORMS[form],
        value="" if one.is_secret or value in (None, 0, False, ()) else value,
        choices=[(choice, choice or "–") for choice in _choices(one)],
        help=one.help,
        error=wrong.of(one.name),
        placeholder="set; leave empty to keep it" if is_set else one.example,
        rows=3 if form == "lines" else 5,
        is_needed=one.is_needed,
        is_set=is_set,
        forget=f"forget.{one.name}" if is_set and one.is_secret and not one.is_needed else "",
    )


def _choices(one: ProbeField) -> tuple[str, ...]:
    """Nothing is a choice, too, where it is what an absent one means."""
    return one.choices if one.default in one.choices or one.is_needed else ("", *one.choices)


def _judging(kind: ProbeKind | PassiveKind, entry: Entry, wrong: Mistakes) -> list[FormField]:
    is_probed = isinstance(kind, ProbeKind)
    made = [
        FormField(
            name=name,
            label=label,
            kind="number",
            value=entry.get(name, 1 if name in _OF_JOBS and not is_probed else default),
            help=help_ if is_probed else "Runs in a row.",
            error=wrong.of(name),
        )
        for name, label, help_, default in _NUMBERS
        if is_probed or name in _OF_JOBS
    ]
    if not is_probed:
        return made
    slow, window = entry.get("slow") or {}, entry.get("window") or {}
    made.append(
        FormField(
            name="slow_ms",
            label="Degraded if slower than (optional)",
            kind="number",
            value=slow.get("ms", ""),
            help="Milliseconds, three times in a row.",
            error=wrong.of("slow"),
            placeholder="1000",
        )
    )
    for name, label, key in (
        ("window_fails", "Down, too, after so many failures (optional)", "fails"),
        ("window_of", "… of the last so many results", "of"),
    ):
        made.append(
            FormField(
                name=name,
                label=label,
                kind="number",
                value=window.get(key, ""),
                error=wrong.of("window") if key == "fails" else "",
            )
        )
    return made


def _about(entry: Entry, wrong: Mistakes) -> list[FormField]:
    tags = "\n".join(f"{name}: {value}" for name, value in (entry.get("tags") or {}).items())
    return [
        FormField(
            name="severity",
            label="How bad it is",
            kind="select",
            value=entry.get("severity") or "critical",
            choices=(("critical", "Critical"), ("warning", "Only a warning")),
            error=wrong.of("severity"),
        ),
        FormField(
            name="environment",
            label="Environment (optional)",
            value=entry.get("environment", ""),
            error=wrong.of("environment"),
            placeholder="production",
        ),
        FormField(
            name="tags",
            label="Tags (optional)",
            kind="lines",
            value=tags,
            help="One a line, NAME: VALUE. They are labels of its alerts.",
            error=wrong.of("tags"),
            placeholder="team: payments",
            rows=2,
        ),
        FormField(
            name="runbook",
            label="Runbook (optional)",
            kind="lines",
            value=entry.get("runbook", ""),
            help="What to do when it is down: Markdown, or a link.",
            error=wrong.of("runbook"),
            rows=3,
        ),
        FormField(
            name="opens_issue",
            label="Open an issue while it is down",
            kind="check",
            value=entry.get("opens_issue") is not False,
            help="It is resolved when it is well again.",
            error=wrong.of("opens_issue"),
        ),
    ]


def _sent(one: ProbeField, sent: QueryDict) -> Any:
    text = sent.get(f"field.{one.name}", "")
    if one.form == "yes":
        is_on = bool(text)
        return None if is_on == bool(one.default) else is_on
    if one.form == "lines":
        return lines_of(text) or None
    if one.form == "number":
        return _number(text, one.default) if text.strip() else None
    return text.strip() if one.form != "block" else text.replace("\r\n", "\n").strip()


def _number(text: str, default: Any) -> Any:
    """A number, or the text itself, which is then told to be none."""
    plain = text.strip().replace(",", "")
    if not plain:
        return default
    try:
        value = float(plain)
    except ValueError:
        return plain
    return int(value) if value.is_integer() and abs(value) < 1e12 else value


def _tags(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines_of(text))
    return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


def _name_of(kind: ProbeKind | PassiveKind, sent: QueryDict) -> str:
    """Without a name it is called by what it looks at."""
    for one in kind.fields:
        if one.is_address and not one.is_secret and sent.get(f"field.{one.name}", "").strip():
            text = sent.get(f"field.{one.name}", "").strip()
            return text.partition("://")[2].rstrip("/")[:100] or text[:100]
    return kind.label
