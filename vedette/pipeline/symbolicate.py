"""The step that reads JavaScript frames through source maps, before anything is made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vedette.facts import FramesRead, MapWanted
from vedette.outcome import Drop
from vedette.pipeline.context import Context
from vedette.pipeline.scrub import TooCostly, decode_remarks, encode_remarks, meta
from vedette.pipeline.work import Work
from vedette.sourcemaps.stacks import SCRIPT_PLATFORMS
from vedette.sourcemaps.symbolicator import Place, Reading
from vedette.wire.event import Event, Frame, decode_event

_DAY = 86400


def symbolicate(work: Work, context: Context) -> Work | Drop:
    """Put original places into the frames, with a verdict for each.

    Events without scripts are not looked at, nor are those of a project that never had a file.
    What is taken over has been read where it comes from.
    """
    event, past = work.event, work.item.meta.past
    if past is not None:
        work.unread = past.unread
        return work
    if event is None or context.symbolicator is None or not _has_scripts(work, event, context):
        return work
    place, reading = _read(work, event, context)
    if reading is None or reading.unread:  # a file may have come a moment ago
        context.notice_files(place.project_id, work.item.meta.received)
        if _place(work, event, context) != place:
            place, reading = _read(work, event, context)
    if reading is None:
        if not any(_stacks(event)):
            work.unread = 0  # no map will ever change it
        return work
    try:  # the lines of the sources are new
        scrubbed = context.scrubbers[place.project_id].scrub(reading.payload)
    except TooCostly:
        return work
    work.minified, work.payload, work.unread = work.payload, scrubbed.payload, reading.unread
    work.remarks = encode_remarks(scrubbed.remarks)  # those before lie in `_meta` now
    work.event = decode_event(work.payload)
    _tell(work, reading, place)
    return work


def _read(work: Work, event: Event, context: Context) -> tuple[Place, Reading | None]:
    place = _place(work, event, context)
    if context.symbolicator is None or not (place.version or place.fetches):
        return place, None
    said = meta(work.payload, decode_remarks(work.remarks)) if work.remarks else None
    return place, context.symbolicator.read(work.payload, place, said)


def _place(work: Work, event: Event, context: Context) -> Place:
    project_id = work.item.meta.project_id
    settings = context.projects[project_id]
    return Place(
        project_id,
        settings.artifacts_version,
        event.release or "",
        event.dist or "",
        settings.fetches_source_maps,
    )


def _has_scripts(work: Work, event: Event, context: Context) -> bool:
    """Whether a frame may be one of JavaScript; in other events only if the project has files."""
    if event.platform in SCRIPT_PLATFORMS:
        return True
    if not context.projects[work.item.meta.project_id].artifacts_version:
        return False
    return any(
        frame is not None and frame.platform in SCRIPT_PLATFORMS
        for frames in _stacks(event)
        for frame in frames
    )


def _stacks(event: Event) -> Iterator[Sequence[Frame | None]]:
    """The frames of whatever has some."""
    stacks = [one.stacktrace for one in event.exceptions]
    stacks += [one.stacktrace for one in event.thread_list]
    for stack in (*stacks, event.stacktrace):
        if stack is not None:
            yield stack.frames or ()


def _tell(work: Work, reading: Reading, place: Place) -> None:
    day = int(work.item.meta.received) // _DAY
    for (file_id, bundle_id, verdict), frames in reading.tally.items():
        work.effects.facts.append(
            FramesRead(
                project_id=place.project_id,
                release=place.release,
                day=day,
                file_id=file_id,
                bundle_id=bundle_id,
                verdict=verdict.value,
                frames=frames,
            )
        )
    for url in dict.fromkeys(reading.wanted):
        work.effects.facts.append(MapWanted(project_id=place.project_id, url=url))
