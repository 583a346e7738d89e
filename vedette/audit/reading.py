"""Files made into facts: each once, those of known content not at all, many by several processes.

What is read stays packed on a shelf, a file without a name that goes with the process, so that
memory does not grow with the checkout.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from vedette.audit import walk
from vedette.audit.built import is_built, is_made
from vedette.audit.cache import Cache, key_of
from vedette.audit.copied import holder_of
from vedette.audit.errors import Stuck
from vedette.audit.facts import FileFacts
from vedette.audit.languages import languages
from vedette.audit.secrets import suspects

# Fewer new files than this are read here: other processes would take longer to start.
_FEW_BYTES = 2_000_000
_BATCH = 40
_BATCH_BYTES = 500_000
# One portion takes a second or two; who has said nothing for so long will not.
_LONGEST_SECONDS = 300
Told = Callable[[int], None]
T = TypeVar("T")


class Shelf:
    """Packed facts by path, on disk."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the audit
        self._places: dict[str, tuple[int, int]] = {}
        self._end = 0
        self._decode = msgspec.msgpack.Decoder(FileFacts).decode

    def put(self, path: str, packed: bytes) -> None:
        """Keep the facts of a file."""
        self._file.seek(self._end)
        self._file.write(packed)
        self._places[path] = (self._end, len(packed))
        self._end += len(packed)

    def get(self, path: str) -> FileFacts:
        """The facts of a file, with its path."""
        start, length = self._places[path]
        self._file.seek(start)
        return replace(self._decode(self._file.read(length)), path=path)

    def paths(self) -> list[str]:
        """Every path, in order."""
        return sorted(self._places)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def read_all(
    root: str,
    sources: Iterable[walk.Source],
    cache: Cache,
    shelf: Shelf,
    *,
    processes: int = 0,
    told: Told = lambda count: None,
) -> list[walk.Skipped]:
    """Put the facts of every source on the shelf; what cannot be read is returned.

    `processes` of 0 are as many as there are processors, at most eight. `told` hears how many more
    files are done. An interruption ends the processes and is raised on.
    """
    skipped: list[walk.Skipped] = []
    new: list[tuple[walk.Source, bytes]] = []
    for batch in _batches(sources, 500):
        keyed = [(one, *_key(root, one, skipped)) for one in batch]
        known = cache.get(key for _, key, _ in keyed if key)
        for source, key, _ in keyed:
            if key in known:
                shelf.put(source.path, known[key])
            elif key:
                new.append((source, key))
        told(sum(1 for _, key, _ in keyed if key in known or not key))
    with closing(_read_new(root, new, processes)) as portions:
        for done in portions:
            for source, _, packed in done:
                shelf.put(source.path, packed)
            cache.put({key: packed for _, key, packed in done})
            told(len(done))
    return skipped


def _key(root: str, source: walk.Source, skipped: list[walk.Skipped]) -> tuple[bytes, int]:
    try:
        text = walk.read(root, source)
    except OSError as error:
        skipped.append(walk.Skipped(source.path, f"cannot be read: {error.strerror or error}"))
        return b"", 0
    return key_of(source.language, text), len(text)


Done = list[tuple[walk.Source, bytes, bytes]]


def _read_new(
    root: str, new: list[tuple[walk.Source, bytes]], processes: int
) -> Generator[Done, None, None]:
    count = processes or min(8, os.cpu_count() or 1)
    if count < 2 or sum(source.size_bytes for source, _ in new) < _FEW_BYTES:
        for batch in _weighed(new):
            yield read_batch(root, batch)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(count, _leave_interruptions) as pool:  # leaving ends its processes
        waiting = pool.imap_unordered(partial(read_batch, root), _weighed(new))
        while True:
            try:
                yield waiting.next(_LONGEST_SECONDS)
            except StopIteration:
                pool.close()
                pool.join()  # to end them while they wait for work may wait for ever
                return
            except multiprocessing.TimeoutError as error:
                raise Stuck(
                    "a process that reads files answers no more: is memory short?"
                ) from error


def _leave_interruptions() -> None:
    """Ctrl-C is for the process that was started; it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _weighed(new: list[tuple[walk.Source, bytes]]) -> Iterator[list[tuple[walk.Source, bytes]]]:
    """Portions of about the same work."""
    batch: list[tuple[walk.Source, bytes]] = []
    size = 0
    for one in new:
        batch.append(one)
        size += one[0].size_bytes
        if len(batch) >= _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def read_batch(root: str, batch: list[tuple[walk.Source, bytes]]) -> Done:
    """The packed facts of some files; what cannot be read any more says so in its facts."""
    encode = msgspec.msgpack.encode
    done: Done = []
    for source, key in batch:
        try:
            facts = facts_of(source.language, walk.read(root, source))
        except OSError as error:
            facts = FileFacts(language=source.language, error=f"cannot be read: {error.strerror}")
        done.append((source, key, encode(facts)))
    return done


def facts_of(language: str, text: bytes) -> FileFacts:
    """The facts of one text, whatever it is: UTF-16 is read, NUL bytes are no source."""
    text = _as_utf8(text)
    if b"\0" in text[:8192]:
        return FileFacts(language=language, size_bytes=len(text), error="is no text")
    if is_built(text):
        return FileFacts(language=language, size_bytes=len(text), is_generated=True)
    facts = languages()[language].read(text)
    found = suspects(text.decode("utf-8", "replace"))
    return replace(facts, is_generated=is_made(facts, text), suspects=found, holder=holder_of(text))


def _as_utf8(text: bytes) -> bytes:
    if text.startswith(b"\xef\xbb\xbf"):
        return text[3:]
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text.decode("utf-16", "replace").encode("utf-8", "replace")
    return text


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    waiting = iter(items)
    while batch := list(islice(waiting, size)):
        yield batch
