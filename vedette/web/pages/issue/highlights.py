"""The facts of an event that people look for first: message, marks, user, tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vedette.search import tag_filter
from vedette.web.pages.issue.payload import Payload, mapping, pairs, text
from vedette.web.remarks import Remarks
from vedette.web.values import Budget, Entry, Shown, show_entries, show_value
from vedette.wire.template import fill

_USER_FIRST = ("id", "email", "username", "name", "ip_address", "segment")
_MOST_TAGS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message with its template and parameters, where they say more than the text."""

    text: Shown
    template: str
    parameters: list[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One tag and the search that finds the issues with the same value."""

    key: str
    value: str
    remark: str
    search: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that stands out, with an icon."""

    icon: str
    label: str
    text: str


def make_message(payload: Payload, budget: Budget) -> MessageView | None:
    """The log entry or message; old clients put the object under `message`."""
    entry, remarks = mapping(payload.get("logentry")), Remarks.of(payload).at("logentry")
    if not entry:
        held = payload.get("message")
        entry = held if isinstance(held, dict) else {"formatted": held}
        remarks = Remarks.of(payload).at("message")
    template, formatted = text(entry.get("message")), text(entry.get("formatted"))
    formatted = formatted or fill(template, entry.get("params"))
    if not template and not formatted:
        return None
    parameters = entry.get("params")
    if isinstance(parameters, list):
        parameters = {str(index): value for index, value in enumerate(parameters)}
    return MessageView(
        text=show_value(formatted or template, remarks.at("formatted"), budget),
        template=template if formatted and template != formatted else "",
        parameters=show_entries(mapping(parameters), remarks.at("params"), budget),
    )


def make_tags(payload: Payload) -> list[Tag]:
    """The tags in the order of their keys."""
    held, remarks = pairs(payload.get("tags")), Remarks.of(payload).at("tags")
    made = []
    for index, (key, value) in enumerate(held[:_MOST_TAGS]):
        marks = (
            remarks.at(key) if isinstance(payload.get("tags"), dict) else remarks.at(index).at(1)
        )
        shown = text(value)
        if key and (shown or marks.words):
            search = tag_filter(key, shown)
            made.append(Tag(key=key, value=shown, remark=marks.words, search=search))
    return sorted(made, key=lambda tag: tag.key)


def make_user(payload: Payload, budget: Budget) -> list[Entry]:
    """Who was affected, best known fields first; custom fields after them."""
    held, remarks = mapping(payload.get("user")), Remarks.of(payload).at("user")
    data = mapping(held.get("data"))
    rest = {key: value for key, value in held.items() if key not in (*_USER_FIRST, "data", "geo")}
    ordered: dict[str, Any] = {key: held[key] for key in _USER_FIRST if key in held}
    place = ", ".join(
        text(part)
        for key in ("city", "subdivision", "region", "country_code")
        if (part := mapping(held.get("geo")).get(key))
    )
    made = show_entries({**ordered, **rest}, remarks, budget)
    if place:
        made.append(Entry(label="geo", value=show_value(place, budget=budget)))
    made += show_entries(data, remarks.at("data"), budget)
    return [entry for entry in made if not _is_null(entry)]


def _is_null(entry: Entry) -> bool:
    return [part for _, part in entry.value.tokens] == ["null"] and not entry.value.remark


def make_facts(payload: Payload) -> list[Fact]:
    """Environment, release, address and machine, in one line of chips."""
    contexts = mapping(payload.get("contexts"))
    request = mapping(payload.get("request"))
    found = [
        Fact(icon="layers", label="Environment", text=text(payload.get("environment"))),
        Fact(icon="package", label="Release", text=text(payload.get("release"))),
        Fact(icon="waypoints", label="Transaction", text=text(payload.get("transaction"))),
        Fact(icon="globe", label="Request", text=text(request.get("url"))),
        Fact(icon="user", label="User", text=user_name(payload)),
        Fact(icon="globe", label="Browser", text=_named(contexts, "browser")),
        Fact(icon="monitor", label="Operating system", text=_named(contexts, "os")),
        Fact(icon="smartphone", label="Device", text=_device(contexts)),
        Fact(icon="zap", label="Runtime", text=_named(contexts, "runtime")),
        Fact(icon="server", label="Server", text=text(payload.get("server_name"))),
    ]
    return [fact for fact in found if fact.text]


def user_name(payload: Payload) -> str:
    """How to call the affected person in one word."""
    held = mapping(payload.get("user"))
    return next(
        (
            text(held[key])
            for key in ("email", "username", "name", "id", "ip_address")
            if held.get(key)
        ),
        "",
    )


def _named(contexts: Payload, key: str) -> str:
    held = mapping(contexts.get(key))
    parts = (text(held.get("name")), text(held.get("version")).strip())
    return " ".join(part for part in parts if part)


def _device(contexts: Payload) -> str:
    held = mapping(contexts.get("device"))
    return text(held.get("model") or held.get("family") or held.get("name"))
