"""What a check of `vedette doctor` finds."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """What a check found; `advice` is empty when all is well."""

    text: str
    advice: str = ""
