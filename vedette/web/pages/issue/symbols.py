"""Whether a native or obfuscated frame was named, how it was found, and what to do if not."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.symbols.verdicts import FINE, SYMBOL_LABELS, SYMBOL_WORDS, SymbolVerdict
from vedette.web.pages.issue.payload import Payload, mapping, text

_TRUST = {
    "context": "the processor's registers: it ran when the program stopped",
    "fp": "the frame pointers on the stack",
    "cfi": "call frame information",
    "scan": "an address of code on the stack: it may be left over from an earlier call",
    "prewalked": "the SDK, on the device",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolReading:
    """A frame's verdict in words, with what is known of its image."""

    label: str
    words: str
    is_wrong: bool
    facts: list[tuple[str, str]]


def make_symbol_reading(frame: Payload) -> SymbolReading | None:
    """What came of the frame; None where no debug file was looked for and no stack walked."""
    note = mapping(mapping(frame.get("data")).get("symbols"))
    trust = text(frame.get("trust"))
    try:
        verdict = SymbolVerdict(text(note.get("verdict")))
    except ValueError:
        if trust not in _TRUST:
            return None
        return SymbolReading(
            label="how it was found", words="", is_wrong=False, facts=_facts(frame, note)
        )
    return SymbolReading(
        label=SYMBOL_LABELS[verdict],
        words=SYMBOL_WORDS[verdict],
        is_wrong=verdict not in FINE,
        facts=_facts(frame, note),
    )


def trust_mark(frame: Payload) -> str:
    """What to say of a frame's place on the head line: only what is doubtful."""
    note = mapping(mapping(frame.get("data")).get("symbols"))
    if note.get("inlined") is True:
        return "inlined"
    return "by scan" if text(frame.get("trust")) == "scan" else ""


def _facts(frame: Payload, note: Payload) -> list[tuple[str, str]]:
    symbol = text(frame.get("symbol"))
    rows = (
        ("Image", text(note.get("image")) or text(frame.get("package"))),
        ("Debug id", text(note.get("debug_id"))),
        ("Code id", text(note.get("code_id"))),
        ("Address in it", text(note.get("at"))),
        ("Address", text(frame.get("instruction_addr"))),
        ("Debug file", text(note.get("name"))),
        ("Fault", text(note.get("fault"))),
        ("Symbol", symbol if symbol != text(frame.get("function")) else ""),
        ("Found by", _TRUST.get(text(frame.get("trust")), "")),
    )
    return [(label, value) for label, value in rows if value]
