"""The native and JVM frames of an event through debug files, each with a verdict. For one thread.

The frames that were read are put into `stacktrace`; what was sent stays beside it as
`raw_stacktrace`, and the class of an exception as `raw_class`. A frame's verdict lies in
`data.symbols` of the frame.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from vedette import clock
from vedette.blobs.packed import PackedFolder
from vedette.crashes.frame_info import AskFrameInfo
from vedette.sourcemaps.stacks import Stacks
from vedette.symbols.caches import (
    Bounded,
    Symbols,
    Unreadable,
    open_mapping,
    open_sources,
    open_symbols,
)
from vedette.symbols.images import Image, Images, mapping_ids
from vedette.symbols.jvm_stacks import MOST_FRAMES, JvmReader, rename
from vedette.symbols.lookup import FoundSymbols, SymbolQuestion, WantedSymbols
from vedette.symbols.mapping import Mapping
from vedette.symbols.native import AddressCache, add_source, expand
from vedette.symbols.notes import mark
from vedette.symbols.placing import Located, frames_of, in_image, locate
from vedette.symbols.replacing import Place, put_frames
from vedette.symbols.room import Room
from vedette.symbols.sources import SourceBundle
from vedette.symbols.verdicts import MENDABLE, NAMED, SymbolVerdict
from vedette.symbols.walking import FrameInfos

Tree: TypeAlias = dict[str, Any]
AskSymbols: TypeAlias = Callable[[SymbolQuestion], Sequence[FoundSymbols]]

_CACHE_BYTES = 48 << 20
_MAPPING_BYTES = 32 << 20
_SOURCE_BYTES = 16 << 20
_MOST_ANSWERS = 20_000
_DAY = 86400
_NOTHING = FoundSymbols()


class SymbolReading(NamedTuple):
    """The event as it is now, and counts of what came of its frames."""

    payload: bytes
    tally: Counter[SymbolVerdict]

    @property
    def unread(self) -> int:
        """How many frames an upload could still make readable."""
        return sum(n for verdict, n in self.tally.items() if verdict in MENDABLE)

    @property
    def readable(self) -> int:
        """How many frames have their function."""
        return sum(n for verdict, n in self.tally.items() if verdict in NAMED)


def may_have_symbols(payload: bytes) -> bool:
    """Whether it is worth looking at the event: some image, and an address or a mapping."""
    return b'"debug_meta"' in payload and (
        b'"instruction_addr"' in payload or b'"proguard"' in payload
    )


class _Stack(NamedTuple):
    """A native stack: whose it is, its frames, and where each of them is."""

    of: Place
    frames: list[Any]
    places: list[Located | None]


class SymbolReader:
    """Reads events. Raises what `ask` raises, and OSError."""

    def __init__(self, ask: AskSymbols, blobs: PackedFolder) -> None:
        self._ask = ask
        self._symbols: Bounded[Symbols] = Bounded(_CACHE_BYTES, blobs, open_symbols)
        self._mappings: Bounded[Mapping] = Bounded(_MAPPING_BYTES, blobs, open_mapping)
        self._sources: Bounded[SourceBundle] = Bounded(
            _SOURCE_BYTES, blobs, open_sources, least_bytes=1 << 20
        )
        self._frame_infos = FrameInfos(blobs)
        self._addresses = AddressCache(self._symbols)
        self._day = 0
        self._answers: dict[tuple[int, int, WantedSymbols], FoundSymbols] = {}

    def read(
        self, payload: bytes, project_id: int, version: int, meta: Tree | None = None
    ) -> SymbolReading | None:
        """The event with its frames named; None if there is nothing to say of them.

        `version` is of the project's files: 0 if it never had any, and then none are asked for.
        `meta` is what is said of the event's values, and becomes its `_meta`.
        """
        if not may_have_symbols(payload):
            return None
        try:
            stacks = Stacks(payload, meta)
        except ValueError:
            return None
        tally: Counter[SymbolVerdict] = Counter()
        room = Room()
        self._read_native(stacks, project_id, version, tally, room)
        self._read_jvm(stacks, project_id, version, tally, room)
        return SymbolReading(stacks.encode(), tally) if tally else None

    def frame_info(self, project_id: int, version: int) -> AskFrameInfo:
        """Who answers for the modules of a project's programs how their stacks are walked."""
        return self._frame_infos.asked_by(lambda wanted: self._find(project_id, version, wanted))

    def _find(
        self, project_id: int, version: int, wanted: set[WantedSymbols]
    ) -> dict[WantedSymbols, FoundSymbols]:
        """What there is for these images; asked once a day for each version of its files."""
        if not version:
            return dict.fromkeys(wanted, _NOTHING)
        if (today := int(clock.timestamp()) // _DAY) != self._day:
            self._day = today  # a file is kept as long as it is asked for
            self._answers.clear()
        new = [one for one in wanted if (project_id, version, one) not in self._answers]
        if new:
            if len(self._answers) > _MOST_ANSWERS:
                self._answers.clear()
            answers = self._ask(SymbolQuestion(project_id, new))
            for one, answer in zip(new, answers, strict=True):
                self._answers[project_id, version, one] = answer
        return {one: self._answers[project_id, version, one] for one in wanted}

    def _read_native(
        self,
        stacks: Stacks,
        project_id: int,
        version: int,
        tally: Counter[SymbolVerdict],
        room: Room,
    ) -> None:
        images = Images(stacks.images())
        if images.is_empty:
            return
        held = _native_stacks(stacks, images)
        wanted = {
            one.image.wanted
            for stack in held
            for one in stack.places
            if one is not None and one.image is not None and one.image.wanted.is_known
        }
        found = self._find(project_id, version, wanted)
        self._look_up(held, found, room)
        lines: list[tuple[str, Tree]] = []
        for stack in held:
            pieces, is_read = self._read_stack(stack, found, tally, room, lines)
            put_frames(stack.of, stacks.meta, pieces, is_read=is_read)
        self._add_sources(lines, room)

    def _look_up(
        self, held: list[_Stack], found: dict[WantedSymbols, FoundSymbols], room: Room
    ) -> None:
        """Ask each symbol cache for all its addresses at once: there may be room for one alone."""
        asked = {
            (file.symbols, one.method, one.address)
            for stack in held
            for one in stack.places
            if one is not None and one.image is not None
            if (file := found.get(one.image.wanted, _NOTHING)).symbols
        }
        for blob, method, address in sorted(asked):
            try:
                self._addresses.get(blob, address, room, method)
            except Unreadable:
                continue  # said of each of its frames

    def _read_stack(
        self,
        stack: _Stack,
        found: dict[WantedSymbols, FoundSymbols],
        tally: Counter[SymbolVerdict],
        room: Room,
        lines: list[tuple[str, Tree]],
    ) -> tuple[list[list[Any]], bool]:
        """For each frame those that stand for it, and whether any of them is new; the new ones
        whose source may be found are added to `lines`, with its bundle."""
        pieces: list[list[Any]] = []
        is_read = False
        for frame, place in zip(stack.frames, stack.places, strict=True):
            if place is None:
                pieces.append([frame])
                continue
            file = found.get(place.image.wanted, _NOTHING) if place.image else _NOTHING
            verdict, new = self._read_frame(frame, place, file, room)
            tally[verdict] += 1
            for call, one in enumerate(new):
                mark(one, place, file, verdict, is_inlined=call > 0)
            pieces.append(new)
            if verdict in NAMED:
                is_read = True
                lines += [(file.sources, one) for one in new if file.sources]
        return pieces, is_read

    def _read_frame(
        self, frame: Tree, place: Located, file: FoundSymbols, room: Room
    ) -> tuple[SymbolVerdict, list[Tree]]:
        """What came of the frame, and the frames that stand for it."""
        image = place.image
        if image is None:
            return SymbolVerdict.OUTSIDE, [dict(frame)]
        as_sent = [in_image(frame, image)]
        if not file.symbols:
            return _without_symbols(file, image), as_sent
        try:
            calls = room.calls(self._addresses.get(file.symbols, place.address, room, place.method))
        except Unreadable:
            return SymbolVerdict.MALFORMED, as_sent
        if not calls:
            return SymbolVerdict.NO_SYMBOL, as_sent
        new = expand(frame, calls, image, is_managed=place.method > 0)
        has_line = any(call.line for call in calls)
        return SymbolVerdict.APPLIED if has_line else SymbolVerdict.NO_LINE, new

    def _add_sources(self, lines: list[tuple[str, Tree]], room: Room) -> None:
        """The lines around each frame, each bundle opened once."""
        for blob, frame in sorted(lines, key=lambda one: one[0]):
            try:
                add_source(frame, self._sources.get(blob), room)
            except Unreadable:
                continue

    def _read_jvm(
        self,
        stacks: Stacks,
        project_id: int,
        version: int,
        tally: Counter[SymbolVerdict],
        room: Room,
    ) -> None:
        ids = mapping_ids(stacks.images())
        if not ids:
            return
        wanted = [WantedSymbols(one) for one in dict.fromkeys(ids)]
        found = self._find(project_id, version, set(wanted))
        mappings, verdict = self._open_mappings([found[one] for one in wanted])
        left = MOST_FRAMES
        reader = JvmReader(stacks.platform, mappings, verdict, {"debug_id": ids[0]}, room)
        for path, holder in list(stacks.holders()):
            frames = frames_of(holder)
            pieces, is_read = reader.read(frames, tally, left)
            left = max(left - len(frames), 0)
            put_frames((path, holder), stacks.meta, pieces, is_read=is_read)
            rename(holder, mappings)

    def _open_mappings(self, files: Sequence[FoundSymbols]) -> tuple[list[Mapping], SymbolVerdict]:
        """The mappings that are there, and what to say of a frame that none of them changes."""
        mappings, verdict = [], SymbolVerdict.NO_MAPPING
        for file in files:
            if file.mapping:
                try:
                    mappings.append(self._mappings.get(file.mapping))
                    verdict = SymbolVerdict.NOT_MAPPED
                except Unreadable:
                    verdict = SymbolVerdict.MALFORMED
        return mappings, verdict


def _native_stacks(stacks: Stacks, images: Images) -> list[_Stack]:
    """The stacks with a frame to be looked at; of very many frames the innermost of each stack."""
    left = MOST_FRAMES
    held = []
    for path, holder in stacks.holders():
        frames = frames_of(holder)
        first = max(len(frames) - left, 0)
        own = [locate(frames, at, images) for at in range(first, len(frames))]
        left -= len(own)
        if any(own):
            held.append(_Stack((path, holder), frames, [*([None] * first), *own]))
    return held


def _without_symbols(file: FoundSymbols, image: Image) -> SymbolVerdict:
    if file.fault:
        return SymbolVerdict.MALFORMED
    if file.file_id:
        return SymbolVerdict.UNUSABLE
    return SymbolVerdict.SYSTEM if image.is_system else SymbolVerdict.NO_FILE
