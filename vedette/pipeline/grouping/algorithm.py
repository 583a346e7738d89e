"""The algorithm `vedette:2026-11-26`: which evidence an event is grouped by.

`decide` runs for every event; `versions.group` hashes its components and
`explanation.explain` writes it out in words, so that the two can never disagree.
"""

from __future__ import annotations

from typing import Final

import msgspec

from vedette.own_events import OWN_TYPES
from vedette.pipeline.grouping.chain import ChainReading, Link, read_bare_stack, read_chain
from vedette.pipeline.grouping.events import thread_stack
from vedette.pipeline.grouping.fingerprint import custom_fingerprint, fill_in, is_default
from vedette.pipeline.grouping.model import TextExplanation, Variant
from vedette.pipeline.grouping.parameterise import parameterise
from vedette.wire.event import Event, ExceptionValue
from vedette.wire.template import is_only_placeholders

_SECURITY_TYPES: Final = frozenset({"csp", "hpkp", "expectct", "expectstaple", "nel"})


class Decision(msgspec.Struct):
    """What an event is grouped by. `links` holds every stack that was read, used or not."""

    variant: Variant
    components: list[str]
    links: list[Link]
    message: TextExplanation | None = None
    fingerprint: list[TextExplanation] = []


def decide(event: Event) -> Decision:
    """Group by the fingerprint if one is set, else by the strongest evidence there is."""
    decision = _by_evidence(event)
    parts = custom_fingerprint(event)
    if not parts:
        return decision
    components: list[str] = []
    for part in parts:
        if is_default(part):
            components += ["default", *decision.components]
            shown = f"what it would be without a fingerprint ({decision.variant.value})"
        else:
            shown = fill_in(part, event)
            components.append(shown)
        decision.fingerprint.append(TextExplanation(part, shown))
    decision.variant = Variant.FINGERPRINT
    decision.components = [_space(event), *components]
    return decision


def _space(event: Event) -> str:
    """What keeps apart what the product found: nobody can send the fingerprint of that."""
    kind = Variant.FINGERPRINT.value
    return f"{kind}:{event.type}" if event.type in OWN_TYPES else kind


def _by_evidence(event: Event) -> Decision:
    """Try the kinds of evidence in order of strength."""
    if event.type in _SECURITY_TYPES:
        return _by_report(event)
    exceptions = event.exceptions
    if exceptions and not _is_message_in_disguise(event, exceptions[-1]):
        reading = read_chain(exceptions, event.platform)
        if reading.variant is not None:
            return _decision(reading.variant, reading)
    text = _sentence(event) or (exceptions[-1].value if exceptions else None)
    if text and text.strip():
        return _by_message(text, event, exceptions)
    return _by_stack(event)


def _sentence(event: Event) -> str | None:
    """The message as written in the source, or as shown where that is only a placeholder."""
    template = event.message_template
    if template and is_only_placeholders(template):
        return event.message_shown
    return template


def _is_message_in_disguise(event: Event, shown: ExceptionValue) -> bool:
    """True for the type-less exception that carries the stack of a captured message."""
    synthetic = shown.mechanism is not None and shown.mechanism.synthetic is True
    return not shown.type and (synthetic or bool(event.message_template))


def _decision(variant: Variant, reading: ChainReading) -> Decision:
    """A decision for a chain or a stack."""
    return Decision(variant, [variant.value, *reading.components], reading.links)


def _by_message(text: str, event: Event, exceptions: list[ExceptionValue]) -> Decision:
    """Group by the sentence: the template of the source, or the text without its data.

    The stack of a captured message shows where it was reported, often one shared logging
    function, so it does not count.
    """
    message = TextExplanation(text, parameterise(text.strip()))
    links = read_chain(exceptions, event.platform).links if exceptions else []
    components = [Variant.MESSAGE.value, message.after]
    return Decision(Variant.MESSAGE, components, links, message)


def _by_stack(event: Event) -> Decision:
    """Group by the event's own stack or its crashed thread; by what little there is else."""
    reading = read_bare_stack(event.stacktrace or thread_stack(event), event.platform)
    if reading.variant is not None:
        return _decision(reading.variant, reading)
    known = (event.type, event.logger, event.transaction, event.culprit)
    components = [Variant.FALLBACK.value, *(text or "" for text in known)]
    exceptions = event.exceptions  # they say nothing, but they are there to be explained
    links = read_chain(exceptions, event.platform).links if exceptions else reading.links
    return Decision(Variant.FALLBACK, components, links)


def _by_report(event: Event) -> Decision:
    """Group a browser's report by what was violated and by whom."""
    tags = {key: str(value) for key, value in event.tag_pairs if value is not None}
    directive = tags.get("effective-directive") or (event.culprit or "").partition(" ")[0]
    host = _host(tags.get("blocked-uri", ""))
    text = event.message_text or ""
    message = TextExplanation(text, "" if directive and host else parameterise(text))
    components = [Variant.SECURITY_REPORT.value, event.type or "", directive, host, message.after]
    return Decision(Variant.SECURITY_REPORT, components, [], message)


def _host(uri: str) -> str:
    """The host of a URI; a keyword such as `inline` stands for itself."""
    scheme, separator, rest = uri.partition("://")
    return (rest if separator else scheme).partition("/")[0].partition("?")[0].lower()
