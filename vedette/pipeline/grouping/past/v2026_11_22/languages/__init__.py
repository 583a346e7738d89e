"""DRAWER one file per language: how its frames are named (contract: `naming.Language`).

A file holds `LANGUAGE`. The platform of a frame (else of its event) picks the language;
an unknown platform is read by `other.py`, which answers to the empty string.
"""

from __future__ import annotations

from vedette import kinds
from vedette.pipeline.grouping.naming import Language


def load() -> dict[str, Language]:
    """The languages by platform. Raises ValueError when two answer to the same one."""
    found: dict[str, Language] = {}
    for module in kinds.discover(__name__):
        language: Language = module.LANGUAGE
        for platform in language.platforms:
            if platform in found:
                raise ValueError(f"two languages answer to the platform {platform!r}")
            found[platform] = language
    return found
