"""Texts within XML: without the characters that no XML 1.0 document may hold, however written."""

from __future__ import annotations

import re
from typing import Final

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def allowed(text: str) -> str:
    """What XML 1.0 (2.2, Char) knows of a text; it is not escaped yet."""
    return _FORBIDDEN.sub("", text)
