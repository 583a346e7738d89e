"""What a project wants of the pipeline: one typed value per project, made by the domain."""

from __future__ import annotations

import msgspec

from vedette.pipeline.scrub import ScrubSettings
from vedette.rules.counting import Counter


class ProjectSettings(msgspec.Struct, frozen=True, gc=False):
    """The settings of one project. Equal settings share what is built from them.

    `has_former_keys`: an earlier version of the grouping made issues, perhaps of this project.
    `artifacts_version` goes up with each change of the project's uploaded files; 0 for none.
    `counters` are what the project's alert rules count; `filters` what its inbound filters are
    set to, as `vedette.filters` writes it, "" for none. `spike_bound` is beyond how many errors a
    minute a burst is cut, `storm_events` how many of one issue are stored whole in an hour; 0: no
    such bound. `sampling` are rules of `pipeline.sampling`, `known_transactions` the names that
    are not new for them (None: nothing is known, so none counts as new), `trace_keys` the
    project's keys where anybody of its organisation samples.
    """

    scrub: ScrubSettings = ScrubSettings()
    has_former_keys: bool = False
    artifacts_version: int = 0
    counters: tuple[Counter, ...] = ()
    fetches_source_maps: bool = False
    filters: str = ""
    spike_bound: int = 0
    storm_events: int = 0
    organization_id: int = 0
    sampling: tuple[str, ...] = ()
    known_transactions: frozenset[str] | None = None
    trace_keys: tuple[str, ...] = ()


class Settings(msgspec.Struct, gc=False):
    """The settings of every project by its id; absent projects are gone.

    `version` changes with any of them. `wanted` names the facts that somebody reacts to.
    """

    version: str
    projects: dict[int, ProjectSettings]
    wanted: frozenset[str] = frozenset()
