"""The frames of an event through source maps, each with a verdict. For one thread.

Original frames are put into `stacktrace`; what was sent stays beside it as `raw_stacktrace`.
A frame's verdict lies in `data.source_map` of the frame.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from vedette.blobs.packed import PackedFolder, TooLarge
from vedette.sourcemaps.frames import Tree, is_missed, read_frame, script_of
from vedette.sourcemaps.lookup import Found, Question, Wanted
from vedette.sourcemaps.maps import MapCache, SourceMap
from vedette.sourcemaps.remarks import carry_over
from vedette.sourcemaps.stacks import SCRIPT_PLATFORMS, Stacks, script_key
from vedette.sourcemaps.validity import MalformedMap
from vedette.sourcemaps.verdicts import READABLE, Verdict

CACHE_BYTES = 48 << 20
MOST_MAP_BYTES = 64 << 20
_MOST_FRAMES = 500
_MOST_ANSWERS = 10_000
_MOST_COLD_BYTES = 128 << 20  # of maps and scripts that are read for one event

Ask = Callable[[Question], Sequence[Found]]


class Place(NamedTuple):
    """What an event says of where its scripts come from; `version` is of the project's files."""

    project_id: int
    version: int
    release: str
    dist: str
    fetches: bool = False


class Tallied(NamedTuple):
    """A file and what came of a frame in it."""

    file_id: int
    bundle_id: int
    verdict: Verdict


class Reading(NamedTuple):
    """The event as it is now, counts of what came of its frames, and scripts to be fetched."""

    payload: bytes
    tally: Counter[Tallied]
    wanted: list[str]

    @property
    def unread(self) -> int:
        """How many frames still lack their map."""
        return sum(n for one, n in self.tally.items() if one.verdict not in READABLE)

    @property
    def readable(self) -> int:
        """How many frames have their original place."""
        return sum(n for one, n in self.tally.items() if one.verdict in READABLE)


class _TooMuch(Exception):  # noqa: N818 - one event must not hold up all others
    """The event names more maps than are read for one."""


class _MapGone(Exception):  # noqa: N818 - it was removed a moment ago
    """The bytes of a map are no longer there."""


class _Script(NamedTuple):
    """A frame in a script, its place in the stack, and how to look for the script's map."""

    at: int
    frame: Tree
    wanted: Wanted
    platform: str


class _Stack(NamedTuple):
    """What has a stack, its path in the event, and the stack's frames in scripts."""

    path: tuple[str, ...]
    holder: Tree
    scripts: list[_Script]


class Symbolicator:
    """Reads events. Raises what `ask` raises, and OSError."""

    def __init__(
        self,
        ask: Ask,
        blobs: PackedFolder,
        *,
        version_of: Callable[[int], int] = lambda _: 0,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self._ask = ask
        self.version_of = version_of  # of a project's files, as it is now
        self._blobs = blobs
        self._maps = MapCache(cache_bytes)
        self._answers: dict[tuple[Place, Wanted], Found] = {}
        self._left_bytes = 0

    def read(self, payload: bytes, place: Place, meta: Tree | None = None) -> Reading | None:
        """The event read through maps; None if there is nothing to say of its frames.

        `meta` is what is said of its values, and becomes its `_meta`.
        """
        try:
            stacks = Stacks(payload, meta)
        except ValueError:
            return None
        self._left_bytes = _MOST_COLD_BYTES
        scripts = _scripts(stacks)
        found = self._find(place, {one.wanted for stack in scripts for one in stack.scripts})
        reading = Reading(b"", Counter(), [])
        for stack in scripts:
            read = self._read_stack(stack, found, place, reading)
            if read:
                carry_over(stacks.meta, stack.path, read)
        if not reading.tally:
            return None
        return reading._replace(payload=stacks.encode())

    def _find(self, place: Place, files: set[Wanted]) -> dict[Wanted, Found]:
        """What there is for these files; asked once for each version of the project's files."""
        new = [file for file in files if (place, file) not in self._answers]
        if new:
            if len(self._answers) > _MOST_ANSWERS:
                self._answers.clear()
            question = Question(place.project_id, place.release, place.dist, new)
            for file, answer in zip(new, self._ask(question), strict=True):
                self._answers[place, file] = answer
        return {file: self._answers[place, file] for file in files}

    def _read_stack(
        self, stack: _Stack, found: dict[Wanted, Found], place: Place, reading: Reading
    ) -> list[int]:
        """Read a stack; returns the indexes of the frames that have their original place."""
        trace = stack.holder["stacktrace"]
        sent = [dict(frame) if frame else frame for frame in trace["frames"]]
        called_as, read = "", []
        for script in stack.scripts:
            file = found[script.wanted]
            at = f"{script.frame['lineno']}:{script.frame.get('colno') or 1}"
            verdict, name = self._read_frame(script, file, called_as)
            called_as = name
            if verdict is None:
                continue
            if place.fetches and verdict in (Verdict.NO_ARTIFACT, Verdict.NO_DEBUG_ID):
                verdict = Verdict.FETCH_PENDING
            if verdict == Verdict.FETCH_PENDING or _is_outdated(file, verdict):
                reading.wanted.append(script.wanted.url)
            _mark(script, file, verdict, at)
            reading.tally[Tallied(file.file_id, file.bundle_id, verdict)] += 1
            if verdict in READABLE:
                read.append(script.at)
        if read:
            stack.holder["raw_stacktrace"] = {**trace, "frames": sent}
        return read

    def _read_frame(
        self, script: _Script, file: Found, called_as: str
    ) -> tuple[Verdict | None, str]:
        """What came of the frame, and what its source calls the function that it calls."""
        if file.verdict:
            is_nothing = file.verdict in (Verdict.NO_ARTIFACT, Verdict.NO_DEBUG_ID)
            url = script.wanted.url
            if is_nothing and not is_missed(script.frame, url, script.platform):
                return None, ""
            return Verdict(file.verdict), ""
        try:
            source_map = self._map(file)
        except MalformedMap:
            return Verdict.MALFORMED, ""
        except _MapGone:
            return Verdict.MAP_MISSING, ""
        except _TooMuch:
            return None, ""
        verdict, token = read_frame(
            script.frame, source_map, file, debug_id=script.wanted.debug_id, called_as=called_as
        )
        return verdict, token.name if token is not None else ""

    def _map(self, file: Found) -> SourceMap:
        """Raises MalformedMap, _MapGone, _TooMuch, OSError."""

        def read() -> tuple[bytes, bytes]:
            if self._left_bytes <= 0:
                raise _TooMuch
            raw = self._blobs.get(file.map_blob, MOST_MAP_BYTES)
            if raw is None:
                raise _MapGone
            script = self._blobs.get(file.script_blob, MOST_MAP_BYTES) if file.script_blob else b""
            self._left_bytes -= len(raw) + len(script or b"")
            return raw, script or b""

        try:
            return self._maps.get((file.map_blob, file.script_blob), read)
        except TooLarge as error:
            raise MalformedMap(str(error)) from None


def _is_outdated(file: Found, verdict: Verdict) -> bool:
    """Whether another build lies at the address since the map was fetched from it."""
    return file.by == "fetched" and verdict == Verdict.OTHER_BUILD


def _scripts(stacks: Stacks) -> list[_Stack]:
    """The frames in scripts, by what has their stack; a frame of another language has no map."""
    debug_ids = stacks.debug_ids()
    made: list[_Stack] = []
    left = _MOST_FRAMES
    for path, holder in stacks.holders():
        frames = holder["stacktrace"].get("frames")
        known = list(enumerate(frames)) if isinstance(frames, list) else []
        stack: list[_Script] = []
        for index, frame in known[-left:] if left else ():
            if not isinstance(frame, dict):
                continue
            platform = frame.get("platform") or stacks.platform
            url = script_of(frame) if platform in SCRIPT_PLATFORMS else ""
            if url:
                wanted = Wanted(url, debug_ids.get(script_key(url), ""))
                stack.append(_Script(index, frame, wanted, str(platform)))
        left -= len(stack)
        if stack:
            made.append(_Stack(path, holder, stack))
    return made


def _mark(script: _Script, file: Found, verdict: Verdict, at: str) -> None:
    """Note in the frame what came of it, and where in its script it was."""
    note = {"verdict": verdict.value, "script": script.wanted.url, "at": at}
    for name, value in (
        ("debug_id", script.wanted.debug_id),
        ("map", file.map_url),
        ("by", file.by),
        ("file", file.file_id),
        ("bundle", file.bundle_id),
    ):
        if value:
            note[name] = value  # type: ignore[assignment]
    data = script.frame.get("data")
    script.frame["data"] = {**(data if isinstance(data, dict) else {}), "source_map": note}
