"""A fingerprint with its variables filled in; see `vedette.pipeline.grouping.fingerprint`."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.past.v2026_11_22.titles import crash_frame, shown_exception
from vedette.wire.event import Event

_VARIABLE: Final = re.compile(r"\{\{\s*([\w.\-]{1,200})\s*\}\}")
_MAX_PARTS: Final = 32
_MAX_PART: Final = 1_024


def custom_fingerprint(event: Event) -> list[str]:
    """The parts of a fingerprint that says something; empty when it is only the default."""
    sent = event.fingerprint
    if not sent:
        return []
    parts = [part[:_MAX_PART] for part in sent[:_MAX_PARTS] if part.strip()]
    return [] if all(is_default(part) for part in parts) else parts


def is_default(part: str) -> bool:
    """True for `{{ default }}` in any spacing."""
    match = _VARIABLE.fullmatch(part.strip())
    return match is not None and match.group(1) == "default"


def fill_in(part: str, event: Event) -> str:
    """Replace the variables of one part; one without a value reads `<no NAME>`.

    An unknown variable stays as it was written.
    """

    def value(match: re.Match[str]) -> str:
        return _value(match.group(1), event, match.group())

    return _VARIABLE.sub(value, part)


def _value(name: str, event: Event, written: str) -> str:
    """The value of one variable."""
    if name.startswith("tags."):
        wanted = name.removeprefix("tags.")
        found = next((value for key, value in event.tag_pairs if key == wanted), None)
        return f"<no {name}>" if found is None else str(found)
    values = _event_values(event) | _exception_values(event)
    return (values[name] or f"<no {name}>") if name in values else written


def _event_values(event: Event) -> dict[str, str | None]:
    """The variables that are fields of the event."""
    return {
        "transaction": event.transaction,
        "level": event.level,
        "logger": event.logger,
        "message": event.message_text,
        "release": event.release,
        "environment": event.environment,
        "platform": event.platform,
    }


def _exception_values(event: Event) -> dict[str, str | None]:
    """The variables that speak of the shown exception and the frame it crashed in."""
    exception, frame = shown_exception(event), crash_frame(event)
    type_, value = (exception.type, exception.value) if exception is not None else (None, None)
    values: dict[str, str | None] = {
        "type": type_,
        "error.type": type_,
        "value": value,
        "error.value": value,
    }
    for part in ("function", "module", "package", "filename", "abs_path"):
        found: str | None = getattr(frame, part) if frame is not None else None
        values |= {part: found, f"stack.{part}": found}
    return values
