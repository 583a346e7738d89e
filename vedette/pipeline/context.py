"""What the steps may use: settings, scrubbers by project, source maps, the compressor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from vedette import clock
from vedette.facts import Fact
from vedette.filters._compiled import Filters, compiled
from vedette.items import ItemKind
from vedette.pipeline.bursts import Bursts
from vedette.pipeline.met import MetGroups
from vedette.pipeline.offenders import Offenders
from vedette.pipeline.payload import PayloadCodec
from vedette.pipeline.scrub import Scrubber, ScrubSettings
from vedette.pipeline.scrub.fields import Fields
from vedette.pipeline.scrub.past import former_scrubber
from vedette.pipeline.settings import ProjectSettings, Settings
from vedette.pipeline.storm_counts import StormCounts
from vedette.rules.counting import Counter
from vedette.rules.watching import Watcher
from vedette.sourcemaps.symbolicator import Symbolicator
from vedette.symbols.reader import SymbolReader

# Given the version that is known, the settings of every project, or None if nothing changed.
LoadSettings = Callable[[str], Settings | None]


class Context:
    """Held by the pipeline's thread; `load` is asked for the settings of every project."""

    def __init__(
        self,
        load: LoadSettings,
        *,
        max_event_bytes: int,
        codec: PayloadCodec | None = None,
        symbolicator: Symbolicator | None = None,
        symbols: SymbolReader | None = None,
        offenders: Offenders | None = None,
        digesters: int = 1,
        fields: Fields | None = None,
    ) -> None:
        self._load = load
        self.symbolicator = symbolicator
        self.symbols = symbols
        self.max_event_bytes = max_event_bytes
        self.codec = codec or PayloadCodec()
        self.compress = self.codec.compress
        self.met_groups = MetGroups()
        self.offenders = offenders or Offenders()
        self.storms = StormCounts(self.offenders)
        self.bursts = Bursts(digesters)
        self.fields = fields or Fields()
        self.projects: Mapping[int, ProjectSettings] = {}
        self.scrubbers: Mapping[int, Scrubber] = {}
        self.trace_heads: Mapping[str, int] = {}
        self.samples = False
        self._version = ""
        self._refreshed = float("-inf")
        self._looked: dict[int, float] = {}
        self._wanted: frozenset[str] = frozenset()
        self._by_settings: dict[ScrubSettings, Scrubber] = {}
        self._former: dict[ScrubSettings, Scrubber] = {}
        self._stricter: dict[ScrubSettings, Scrubber] = {}
        self._gone: set[int] = set()
        self._watchers: dict[int, tuple[tuple[Counter, ...], Watcher]] = {}

    def notice_files(self, project_id: int, moment: float) -> None:
        """Take over the settings if files came for the project before `moment` (since 1970)."""
        if self.symbolicator is None or self._looked.get(project_id, self._refreshed) > moment:
            return
        self._looked[project_id] = clock.timestamp()
        version = self.symbolicator.version_of(project_id)
        if version != self.projects[project_id].artifacts_version:
            self.refresh()

    def refresh(self) -> None:
        """Take over the projects and their settings; equal settings share a scrubber."""
        self._refreshed = clock.timestamp()
        self._looked.clear()
        loaded = self._load(self._version)
        if loaded is None:
            return
        self._version, self._wanted = loaded.version, loaded.wanted
        self.projects = loaded.projects
        self.met_groups.tells_all = any(one.has_former_keys for one in loaded.projects.values())
        in_use = {settings.scrub for settings in loaded.projects.values()}
        self._by_settings = {
            wanted: self._by_settings.get(wanted) or Scrubber(wanted) for wanted in in_use
        }
        self._former, self._stricter = {}, {}
        self.samples = any(one.sampling for one in loaded.projects.values())
        self.trace_heads = {
            key: project_id for project_id, one in loaded.projects.items() for key in one.trace_keys
        }
        self.scrubbers = {
            project_id: self._by_settings[settings.scrub]
            for project_id, settings in loaded.projects.items()
        }

    def scrubber(self, project_id: int, kind: ItemKind) -> Scrubber:
        """How items of a kind are scrubbed in the project."""
        settings = self.projects[project_id].scrub
        if not kind.holds_pages:
            return self.scrubbers[project_id]
        found = self._stricter.get(settings)
        if found is None:
            wanted = replace(settings, emails=settings.emails or settings.uses_defaults)
            found = self._stricter[settings] = Scrubber(wanted, fields=self.fields)
        return found

    def former_scrubber(self, project_id: int) -> Scrubber:
        """How the project's events were scrubbed by the version before."""
        settings = self.projects[project_id].scrub
        found = self._former.get(settings)
        if found is None:
            found = self._former[settings] = former_scrubber(settings)
        return found

    def watcher(self, project_id: int) -> Watcher | None:
        """What counts the project's rows for its rules; None if it has none."""
        settings = self.projects.get(project_id)
        if settings is None or not settings.counters:
            return None
        held = self._watchers.get(project_id)
        if held is None or held[0] != settings.counters:
            held = self._watchers[project_id] = (settings.counters, Watcher(settings.counters))
        return held[1]

    def filters(self, project_id: int) -> Filters | None:
        """The project's inbound filters; None if none is on. Equal settings share them."""
        settings = self.projects.get(project_id)
        if settings is None or not settings.filters:
            return None
        return compiled(settings.filters)

    def wants(self, fact: type[Fact]) -> bool:
        """Whether somebody reacts to facts of this type."""
        return fact.__struct_config__.tag in self._wanted

    def has_project(self, project_id: int) -> bool:
        """Whether the project exists.

        An unknown one is looked up afresh: it may have been made a moment ago. Ids are never
        used again, so one that is gone stays gone.
        """
        if project_id in self.projects:
            return True
        if project_id in self._gone:
            return False
        self.refresh()
        if project_id in self.projects:
            return True
        if len(self._gone) < _MOST_GONE:
            self._gone.add(project_id)
        return False


_MOST_GONE = 100_000
