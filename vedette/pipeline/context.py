"""What the steps may use: settings, scrubbers by project, the payload compressor."""

from __future__ import annotations

from collections.abc import Mapping

from vedette.pipeline.payload import PayloadCodec
from vedette.pipeline.scrub import Scrubber, ScrubSettings


class Context:
    """Held by the pipeline's thread; `refresh` replaces the projects' settings."""

    def __init__(self, *, max_event_bytes: int, codec: PayloadCodec | None = None) -> None:
        self.max_event_bytes = max_event_bytes
        self.codec = codec or PayloadCodec()
        self.compress = self.codec.compress
        self.scrubbers: Mapping[int, Scrubber] = {}
        self._by_settings: dict[ScrubSettings, Scrubber] = {}

    def refresh(self, settings: Mapping[int, ScrubSettings]) -> None:
        """Take over the projects and their scrubbing settings; equal settings share a scrubber."""
        for wanted in set(settings.values()) - set(self._by_settings):
            self._by_settings[wanted] = Scrubber(wanted)
        self.scrubbers = {
            project_id: self._by_settings[wanted] for project_id, wanted in settings.items()
        }
