"""Why an event belongs to its issue, in words: the same decision, written out."""

from __future__ import annotations

from typing import Final

from vedette.pipeline.grouping.algorithm import Decision
from vedette.pipeline.grouping.chain import Link
from vedette.pipeline.grouping.frames import EMPTY, UNREAD, ReadFrame, read_frames
from vedette.pipeline.grouping.model import (
    ExceptionExplanation,
    Explanation,
    FrameExplanation,
    Variant,
    Verdict,
)
from vedette.pipeline.grouping.versions import VERSION, VERSIONS, key_of
from vedette.wire.event import Event, Frame

_SUMMARIES: Final = {
    Variant.FINGERPRINT: "A fingerprint was set for this event; only its parts count.",
    Variant.APP_STACK: "The exception types and the application's own frames count.",
    Variant.FULL_STACK: "No frame is application code, so all frames count.",
    Variant.EXCEPTION: "There is no stack to read, so type and value count.",
    Variant.MESSAGE: "A message was reported; its sentence counts, without the data in it.",
    Variant.SECURITY_REPORT: "A browser's report counts by directive and blocked host.",
    Variant.FALLBACK: "The event says next to nothing; its kind and origin count.",
}
_STACK_VARIANTS: Final = frozenset({Variant.APP_STACK, Variant.FULL_STACK})


def explain(event: Event, version: str = VERSION) -> Explanation:
    """Explain the key that `group(event, version)` gives; the two are always equal."""
    decision = VERSIONS[version](event)
    return Explanation(
        version=version,
        key=key_of(decision),
        variant=decision.variant,
        summary=_SUMMARIES[decision.variant],
        components=decision.components,
        fingerprint=decision.fingerprint,
        exceptions=_explain_links(decision, event.platform),
        message=decision.message,
    )


def _explain_links(decision: Decision, platform: str | None) -> list[ExceptionExplanation]:
    """Explain each exception; one that says what another already said does not count."""
    hashed = set(decision.components)
    explained: list[ExceptionExplanation] = []
    seen: set[str] = set()
    for link in decision.links:
        contributes, reason = _judge(link, hashed, seen)
        explained.append(_explain_link(link, platform, contributes=contributes, reason=reason))
        seen.add(link.component)
    return explained


def _judge(link: Link, hashed: set[str], seen: set[str]) -> tuple[bool, str]:
    """Whether an exception counts, and why."""
    if link.component not in hashed:
        return False, Verdict.UNUSED.value
    if link.component in seen:
        return False, "the same exception stands in the chain already"
    if link.code and link.value_used == link.code and link.stack.components:
        return True, "type, code and stack count: the type alone says too little"
    if link.value_used:
        return True, "type and value count: the stack cannot tell two bugs apart"
    if link.sent is not None and link.sent.type and not link.type_used:
        return True, "the stack counts; the type only says how the process ended"
    if not link.stack.components:
        return True, "only the type counts: no frame of it does"
    return True, "type and stack count" if link.type_used else "the stack counts"


def _explain_link(
    link: Link, platform: str | None, *, contributes: bool, reason: str
) -> ExceptionExplanation:
    """Explain one exception and its frames."""
    sent, skipped, reads = link.sent, link.frames.skipped, link.frames.read
    if UNREAD in reads:
        reads = read_frames(link.frames.sent, platform)
    distant = _explain_frame(None, EMPTY, Verdict.BEYOND_LIMIT, "")
    return ExceptionExplanation(
        type=sent.type if sent is not None else None,
        contributes=contributes,
        reason=reason,
        type_used=link.type_used,
        value=sent.value if sent is not None else None,
        value_used=link.value_used,
        frames=[distant] * skipped
        + [
            _explain_frame(frame, read, verdict, used if contributes else "")
            for frame, read, verdict, used in zip(
                link.frames.sent,
                reads,
                link.stack.verdicts,
                link.stack.used,
                strict=True,
            )
        ],
    )


def _explain_frame(
    frame: Frame | None, read: ReadFrame, verdict: Verdict, used: str
) -> FrameExplanation:
    """Explain one frame; `used` is empty when its exception does not count."""
    contributes = verdict is Verdict.CONTRIBUTES and used != ""
    if verdict is Verdict.CONTRIBUTES and not contributes:
        verdict = Verdict.UNUSED
    if verdict is Verdict.OUTSIDE_APP and read.is_library:
        verdict = Verdict.LIBRARY
    reason = verdict.value
    if read.remark and verdict in (Verdict.CONTRIBUTES, Verdict.NOISE):
        reason = read.remark
    return FrameExplanation(
        function=frame.function if frame is not None else None,
        filename=(frame.filename or frame.abs_path) if frame is not None else None,
        contributes=contributes,
        reason=reason,
        used=used if contributes else "",
    )
