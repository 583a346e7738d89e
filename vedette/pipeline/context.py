"""What the steps may use: settings, scrubbers by project, the payload compressor."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vedette.pipeline.payload import PayloadCodec
from vedette.pipeline.scrub import Scrubber, ScrubSettings


class Context:
    """Held by the pipeline's thread. `load` gives the scrubbing settings of every project."""

    def __init__(
        self,
        load: Callable[[], Mapping[int, ScrubSettings]],
        *,
        max_event_bytes: int,
        codec: PayloadCodec | None = None,
    ) -> None:
        self._load = load
        self.max_event_bytes = max_event_bytes
        self.codec = codec or PayloadCodec()
        self.compress = self.codec.compress
        self.scrubbers: Mapping[int, Scrubber] = {}
        self._by_settings: dict[ScrubSettings, Scrubber] = {}
        self._gone: set[int] = set()

    def refresh(self) -> None:
        """Take over the projects and their settings; equal settings share a scrubber."""
        settings = self._load()
        for wanted in set(settings.values()) - set(self._by_settings):
            self._by_settings[wanted] = Scrubber(wanted)
        self.scrubbers = {
            project_id: self._by_settings[wanted] for project_id, wanted in settings.items()
        }

    def has_project(self, project_id: int) -> bool:
        """Whether the project exists.

        An unknown one is looked up afresh: it may have been made a moment ago. Ids are never
        used again, so one that is gone stays gone.
        """
        if project_id in self.scrubbers:
            return True
        if project_id in self._gone:
            return False
        self.refresh()
        if project_id in self.scrubbers:
            return True
        self._gone.add(project_id)
        return False
