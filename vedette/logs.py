"""Logging to standard error, one record a line whatever it contains."""

from __future__ import annotations

import logging
import sys

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))}
_CONTROLS[10] = "\\n"
_CONTROLS[13] = "\\r"


class _OneLine(logging.Formatter):
    """Escapes control characters, so that no message can forge a line or colour a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        trace, record.exc_info, record.exc_text = record.exc_info, None, None
        line = super().format(record).translate(_CONTROLS)
        record.exc_info = trace
        if trace and trace[0] is not None:
            lines = self.formatException(trace).splitlines()
            line += "".join(f"\n  | {part.translate(_CONTROLS)}" for part in lines)
        return line


def _without_trace_of_refusals(record: logging.LogRecord) -> bool:
    """A request that Django refuses is its sender's fault: a line, no way through our code."""
    if record.name.startswith("django.security."):
        record.exc_info = None
    return True


def start(level: str, role: str) -> None:
    """Log to standard error from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _OneLine(f"%(asctime)s {role} %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    )
    handler.addFilter(_without_trace_of_refusals)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("django").setLevel(logging.ERROR)
