"""What the first event would wait for otherwise: expressions, dictionaries, tables built once."""

from __future__ import annotations

from vedette import clock, items
from vedette.pipeline.context import Context
from vedette.pipeline.run import Processor
from vedette.pipeline.settings import ProjectSettings, Settings
from vedette.spool.meta import Meta, encode_meta
from vedette.spool.segment import Record
from vedette.wire.agents import client_of

_PROJECT = 0
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def warm_up(max_event_bytes: int) -> None:
    """Send one event through all steps, into nowhere."""
    settings = Settings("warm", {_PROJECT: ProjectSettings()}, frozenset())
    context = Context(
        lambda version: None if version else settings, max_event_bytes=max_event_bytes
    )
    context.refresh()
    meta = Meta(_PROJECT, clock.timestamp())
    record = Record(0, 1, encode_meta(meta), items.kinds()["event"].sample())
    Processor(context, lambda _data: "").process([record], "warm")
    client_of(_AGENT)  # its expressions take a tenth of a second
