"""Long downloads: streamed piece by piece, a few at a time, asking on behalf of who wants them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import chain

from django.conf import settings
from django.http import HttpResponseBase, StreamingHttpResponse

from vedette.exporting.formats import Format
from vedette.exporting.shapes import Part
from vedette.store.asker import asker, asking_for
from vedette.store.errors import StoreBusy

_MOST_AT_ONCE = 2  # each holds a thread that answers pages
_turns = threading.BoundedSemaphore(_MOST_AT_ONCE)


def download(part: Part, form: Format) -> HttpResponseBase:
    """A file of a part, streamed. What fails at the first portion is raised here, before anything
    is sent: StoreError; StoreBusy also while others download."""
    if not _turns.acquire(blocking=False):
        raise StoreBusy("Other exports are under way. Try again when they are done.")
    stream = _Stream(part, form, asker())
    try:
        stream.begin()
    except BaseException:
        stream.close()
        raise
    response = StreamingHttpResponse(stream, content_type=form.content_type)
    response["Content-Disposition"] = f'attachment; filename="{part.shape.name}{form.suffix}"'
    response["X-Accel-Buffering"] = "no"
    return response


class _Stream:
    """The chunks of a file; holds a turn until it is closed, which Django does in any case."""

    def __init__(self, part: Part, form: Format, asker_name: str) -> None:
        self._part, self._form, self._asker = part, form, asker_name
        self._chunks: Iterator[bytes] = iter(())
        self._is_open = True

    def begin(self) -> None:
        """Read the first portion."""
        portions = self._part.read()
        first = next(portions, None)
        held = chain([] if first is None else [first], portions)
        room = settings.CONFIG.run_folder
        room.mkdir(parents=True, exist_ok=True)
        self._chunks = self._form.chunks(self._part.shape, held, room)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with asking_for(self._asker):
            return next(self._chunks)

    def close(self) -> None:
        """Give the turn back, and what the format holds on disk."""
        if self._is_open:
            self._is_open = False
            _turns.release()
            end = getattr(self._chunks, "close", None)
            if end is not None:
                end()
