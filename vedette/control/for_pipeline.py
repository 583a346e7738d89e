"""Every project's settings for the pipeline: what counts for it, as the steps read it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from vedette.alerts.rules import counters_by_project
from vedette.config import Config
from vedette.control.effective import Effective
from vedette.control.sampling import Sampling
from vedette.filters._compiled import settings_of
from vedette.options import Value, groups
from vedette.pipeline.scrub import ScrubSettings
from vedette.pipeline.settings import ProjectSettings
from vedette.projects.models import Project
from vedette.secret import secret_key
from vedette.usage.normal import rate_of, usual_now

_READ = ("scrubbing", "filters", "sampling", "quotas")


def load_settings(config: Config, *, has_former_keys: bool = False) -> dict[int, ProjectSettings]:
    """The settings of every project that exists, by its id."""
    effective = Effective([groups()[name] for name in _READ], config)
    scrubs: dict[int, ScrubSettings] = {}
    filters: dict[int, str] = {}
    sampling = Sampling(effective)
    counters = counters_by_project()
    usual = usual_now()
    rows = Project.objects.values_list(
        "id", "organization_id", "artifacts_version", "fetches_source_maps"
    )
    found = {}
    for project_id, organization_id, version, fetches in rows:
        place = {"organization_id": organization_id, "project_id": project_id}
        scrubbing = effective.of("scrubbing", **place)
        if id(scrubbing) not in scrubs:
            scrubs[id(scrubbing)] = scrub_settings(scrubbing, config)
        filtering = effective.of("filters", **place)
        if id(filtering) not in filters:
            filters[id(filtering)] = settings_of(filtering)
        quotas = effective.of("quotas", **place)
        rate, storm = rate_of(usual.get(project_id), quotas), quotas["storm_events"]
        found[project_id] = ProjectSettings(
            scrub=scrubs[id(scrubbing)],
            has_former_keys=has_former_keys,
            artifacts_version=version,
            counters=counters.get(project_id, ()),
            fetches_source_maps=fetches,
            filters=filters[id(filtering)],
            spike_bound=rate.bound if rate is not None else 0,
            storm_events=int(storm) if isinstance(storm, int | float) else 0,
            **sampling.of(project_id, organization_id),
        )
    return found


def scrub_settings(chosen: Mapping[str, Value], config: Config) -> ScrubSettings:
    """The group `scrubbing` as the scrubber reads it.

    What rules hash is hashed with a key of this installation: nobody can look a number up.
    """
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in chosen.items()
    }
    if values["rules"]:
        values["hash_key"] = hmac.digest(secret_key(config).encode(), b"scrubbing", "sha256")
    return ScrubSettings(**values)
