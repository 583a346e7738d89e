"""A project's scrubbing settings: the installation's defaults and what the project chose."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from vedette.pipeline.scrub import ScrubSettings


def scrub_settings(chosen: Mapping[str, object], defaults: ScrubSettings) -> ScrubSettings:
    """The defaults with the project's choices; a choice of the wrong type is left out."""
    changes: dict[str, object] = {}
    for field in dataclasses.fields(ScrubSettings):
        value = chosen.get(field.name)
        held = getattr(defaults, field.name)
        if isinstance(held, bool) and isinstance(value, bool):
            changes[field.name] = value
        elif isinstance(held, tuple) and isinstance(value, list):
            changes[field.name] = tuple(str(item) for item in value if item)
    return dataclasses.replace(defaults, **changes)  # type: ignore[arg-type]
