"""The event at hand, put together from its blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vedette.issues.reading import StoredEvent, UserReport
from vedette.sourcemaps.stacks import SCRIPT_PLATFORMS
from vedette.web.pages.issue.attachments import FileView, make_files
from vedette.web.pages.issue.breadcrumbs import Trail, make_trail
from vedette.web.pages.issue.contexts import ContextView, make_contexts
from vedette.web.pages.issue.evidence import EvidenceView, make_evidence
from vedette.web.pages.issue.exceptions import Chain, make_chain
from vedette.web.pages.issue.grouping import GroupingView, make_grouping
from vedette.web.pages.issue.highlights import (
    Fact,
    MessageView,
    Tag,
    make_facts,
    make_message,
    make_tags,
    make_user,
)
from vedette.web.pages.issue.http_request import RequestView, make_request
from vedette.web.pages.issue.outage import OutageView, make_outage
from vedette.web.pages.issue.payload import Payload, mapping, sequence, text
from vedette.web.pages.issue.readability import has_minified, lacks_maps, unread_frames
from vedette.web.pages.issue.stacktrace import View
from vedette.web.pages.issue.threads import Threads, make_threads
from vedette.web.pages.issue.vain import VainView, make_vain
from vedette.web.remarks import Remarks
from vedette.web.values import Budget, Entry, show_entries, show_value

_MOST_MODULES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """Every block of the page; an empty block is not shown."""

    stored: StoredEvent
    level: str
    facts: list[Fact]
    message: MessageView | None
    chain: Chain
    threads: Threads
    trail: Trail
    request: RequestView | None
    user: list[Entry]
    contexts: list[ContextView]
    tags: list[Tag]
    extra: list[Entry]
    modules: list[tuple[str, str]]
    sdk: list[Entry]
    processing: list[Entry]
    files: list[FileView]
    reports: list[UserReport]
    grouping: GroupingView | None
    evidence: EvidenceView | None
    outage: OutageView | None
    vain: VainView | None
    trace_id: str
    has_minified: bool
    is_script: bool
    lacks_maps: bool
    unread_frames: list[tuple[str, int]]

    @property
    def has_stack(self) -> bool:
        """Whether there is any stack that could be shown in another way."""
        exceptions = any(one.stack or one.raw for one in self.chain.exceptions)
        return exceptions or any(one.stack or one.raw for one in self.threads.threads)


def make_event(stored: StoredEvent, *, view: View) -> EventView:
    """The blocks of a stored event, bounded by one budget for the whole page."""
    payload, budget = stored.payload, Budget()
    remarks = Remarks.of(payload)
    chain = make_chain(payload, budget, view=view)
    has_exceptions = bool(chain.exceptions)
    return EventView(
        stored=stored,
        level=text(payload.get("level")) or "error",
        facts=make_facts(payload),
        message=make_message(payload, budget),
        chain=chain,
        threads=make_threads(payload, budget, view=view, has_exceptions=has_exceptions),
        trail=make_trail(payload, budget, stored.timestamp),
        request=make_request(payload, budget),
        user=make_user(payload, budget),
        contexts=make_contexts(payload, budget),
        tags=make_tags(payload),
        extra=show_entries(mapping(payload.get("extra")), remarks.at("extra"), budget),
        modules=_modules(payload),
        sdk=_sdk(payload, budget),
        processing=_processing(payload, budget),
        files=make_files(stored),
        reports=stored.reports,
        grouping=make_grouping(payload),
        evidence=make_evidence(payload),
        outage=make_outage(payload),
        vain=make_vain(payload),
        trace_id=text(mapping(mapping(payload.get("contexts")).get("trace")).get("trace_id")),
        has_minified=has_minified(payload),
        is_script=text(payload.get("platform")) in SCRIPT_PLATFORMS,
        lacks_maps=lacks_maps(payload),
        unread_frames=unread_frames(payload),
    )


def _modules(payload: Payload) -> list[tuple[str, str]]:
    held = mapping(payload.get("modules"))
    rows = [(str(name), text(version)) for name, version in held.items()]
    return sorted(rows, key=lambda row: row[0].lower())[:_MOST_MODULES]


def _sdk(payload: Payload, budget: Budget) -> list[Entry]:
    held = mapping(payload.get("sdk"))
    packages = [mapping(package) for package in sequence(held.get("packages"))[:50]]
    rows: dict[str, Any] = {
        "Name": held.get("name"),
        "Version": held.get("version"),
        "Integrations": ", ".join(text(name) for name in sequence(held.get("integrations"))[:100]),
        "Packages": ", ".join(
            f"{text(package.get('name'))} {text(package.get('version'))}" for package in packages
        ),
        "Platform": payload.get("platform"),
        "Logger": payload.get("logger"),
    }
    return [
        Entry(label=label, value=show_value(value, budget=budget))
        for label, value in rows.items()
        if value
    ]


def _processing(payload: Payload, budget: Budget) -> list[Entry]:
    """What the sender or the server could not read or had to leave out."""
    made = []
    for error in sequence(payload.get("errors"))[:50]:
        held = mapping(error)
        kind = text(held.get("type")).replace("_", " ") or "error"
        rest = {key: value for key, value in held.items() if key != "type"}
        made.append(Entry(label=kind, value=show_value(rest or "", budget=budget)))
    return made
