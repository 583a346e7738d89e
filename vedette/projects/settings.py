"""A project's settings for the pipeline: the installation's defaults and what it chose."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from vedette.alerts.rules import counters_by_project
from vedette.pipeline.scrub import ScrubSettings
from vedette.pipeline.settings import ProjectSettings
from vedette.projects.models import Project


def load_settings(
    scrub_defaults: ScrubSettings, *, has_former_keys: bool = False
) -> dict[int, ProjectSettings]:
    """The settings of every project that exists, by its id."""
    made: dict[str, ScrubSettings] = {}
    found: dict[int, ProjectSettings] = {}
    counters = counters_by_project()
    rows = Project.objects.values_list(
        "id", "scrubbing", "artifacts_version", "fetches_source_maps"
    )
    for project_id, chosen, version, fetches in rows:
        name = repr(chosen)
        if name not in made:
            made[name] = scrub_settings(chosen, scrub_defaults)
        found[project_id] = ProjectSettings(
            scrub=made[name],
            has_former_keys=has_former_keys,
            artifacts_version=version,
            counters=counters.get(project_id, ()),
            fetches_source_maps=fetches,
        )
    return found


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
