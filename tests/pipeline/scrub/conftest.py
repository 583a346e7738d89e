"""Every test of scrubbing runs on both engines and must not tell them apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest

from vedette.pipeline.scrub import Scrubbed, Scrubber, ScrubSettings
from vedette.pipeline.scrub.engine import ENGINES, triggers


@lru_cache(maxsize=32)
def build(name: str, settings: ScrubSettings) -> Scrubber:
    """A scrubber on the engine of this name."""
    return Scrubber(settings, engine=ENGINES[name](triggers(settings)))


class Wash:
    """Scrubs Python values and bytes with one engine."""

    def __init__(self, engine_name: str) -> None:
        self._engine_name = engine_name

    def raw(self, payload: bytes, **settings: Any) -> Scrubbed:
        return build(self._engine_name, ScrubSettings(**settings)).scrub(payload)

    def __call__(self, value: object, **settings: Any) -> Any:
        return json.loads(self.raw(json.dumps(value).encode(), **settings).payload)


@pytest.fixture(params=ENGINES)
def wash(request: pytest.FixtureRequest) -> Wash:
    """Scrubs a value as JSON, by the settings given, and reads it back."""
    return Wash(request.param)


@pytest.fixture(params=ENGINES)
def scrubber(request: pytest.FixtureRequest) -> Callable[[ScrubSettings], Scrubber]:
    """Builds a scrubber for settings."""
    return lambda settings: build(request.param, settings)
