"""Which evidence an event was grouped by; see `vedette.pipeline.grouping.algorithm`."""

from __future__ import annotations

from typing import Final

from vedette.pipeline.grouping.algorithm import Decision
from vedette.pipeline.grouping.chain import ChainReading
from vedette.pipeline.grouping.model import TextExplanation, Variant
from vedette.pipeline.grouping.past.v2026_11_22.chain import read_bare_stack, read_chain
from vedette.pipeline.grouping.past.v2026_11_22.fingerprint import (
    custom_fingerprint,
    fill_in,
    is_default,
)
from vedette.pipeline.grouping.past.v2026_11_22.parameterise import parameterise
from vedette.pipeline.grouping.past.v2026_11_22.titles import thread_stack
from vedette.wire.event import Event, ExceptionValue

_SECURITY_TYPES: Final = frozenset({"csp", "hpkp", "expectct", "expectstaple", "nel"})


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
    decision.components = [Variant.FINGERPRINT.value, *components]
    return decision


def _by_evidence(event: Event) -> Decision:
    """Try the kinds of evidence in order of strength."""
    if event.type in _SECURITY_TYPES:
        return _by_report(event)
    exceptions = event.exceptions
    if exceptions and not _is_message_in_disguise(event, exceptions[-1]):
        reading = read_chain(exceptions, event.platform)
        if reading.variant is not None:
            return _decision(reading.variant, reading)
    text = event.message_template or (exceptions[-1].value if exceptions else None)
    if text and text.strip():
        return _by_message(text, event, exceptions)
    return _by_stack(event)


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
