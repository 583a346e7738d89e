"""A rule from the form as it was sent: the entry that a file would have."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import QueryDict

from vedette.configuration import Entry
from vedette.rules.measures import measures
from vedette.web.form_fields import lines_of, without_empty


def entry_of(sent: QueryDict) -> Entry:
    """The entry as the form says it. What is empty is left out."""
    name = sent.get("measure", "count")
    levels = without_empty(
        {level: sent.get(f"levels.{level}", "").strip() for level in ("critical", "warning")}
    )
    entry: Entry = {
        "id": sent.get("id", "").strip(),
        "project": sent.get("project", "").strip(),
        "name": sent.get("name", "").strip(),
        "source": sent.get("source", "").strip(),
        "filter": sent.get("filter", "").strip(),
        "per": [one.strip() for one in sent.get("per", "").split(",") if one.strip()],
        "measure": _sent_measure(sent, name),
        "window": sent.get("window", "").strip(),
        "levels": levels,
        "resolve": sent.get("resolve", "").strip(),
        "guard": _sent_guard(sent, name),
        "for": sent.get("for", "").strip(),
        "keep_firing_for": sent.get("keep_firing_for", "").strip(),
        "no_data": _other_than(sent.get("no_data", ""), "hold"),
        "owner": sent.get("owner", "").strip(),
        "runbook": sent.get("runbook", "").strip(),
        "labels": _pairs(sent.get("labels", "")),
        "notify": sent.getlist("notify"),
    }
    entry = without_empty(entry)
    if not sent.get("enabled"):
        entry["enabled"] = False
    return entry


def _sent_measure(sent: QueryDict, name: str) -> Any:
    """The shortest form of what was sent: options as by default are left out."""
    measure = measures().get(name)
    if measure is None:
        return name
    options: dict[str, Any] = {}
    for field in msgspec.structs.fields(measure.options):
        text = sent.get(f"option.{name}.{field.name}", "").strip()
        if text and (field.name == measure.main or text != str(field.default)):
            options[field.name] = _number(text) if _plain_type(field) in (int, float) else text
    if not options:
        return name
    if measure.main in options:
        return {name: options.pop(measure.main), **options}
    return {name: options}


def _plain_type(field: Any) -> Any:
    """The type of an option without its bounds."""
    return getattr(field.type, "__origin__", field.type)


def _sent_guard(sent: QueryDict, name: str) -> Any:
    measure = measures().get(name)
    if measure is None or not measure.needs_guard:
        return ""
    if not sent.get("guarded"):
        return "off"
    names = ("min_samples", "wilson")
    held = {one: _number(sent.get(f"guard.{one}", "").strip()) for one in names}
    return without_empty(held)


def _number(text: str) -> Any:
    """The number, or the text as it is: the check says what is wrong with it."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for line in lines_of(text):
        name, _, value = line.partition("=")
        found[name.strip()] = value.strip()
    return found


def _other_than(value: str, default: str) -> str:
    return "" if value == default else value
