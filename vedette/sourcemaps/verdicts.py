"""What came of a frame, and what a person can do about it."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """A closed list; the values lie in stored events."""

    APPLIED = "applied"
    NO_DEBUG_ID = "no_debug_id"
    NO_ARTIFACT = "no_artifact"
    MAP_MISSING = "map_missing"
    MALFORMED = "malformed"
    OUTSIDE = "outside"
    SOURCE_MISSING = "source_missing"
    OTHER_BUILD = "other_build"
    FETCH_PENDING = "fetch_pending"
    FETCH_REFUSED = "fetch_refused"


# The frame has its original place.
READABLE = frozenset({Verdict.APPLIED, Verdict.SOURCE_MISSING})

# In a few words, as a label.
LABELS: dict[Verdict, str] = {
    Verdict.APPLIED: "source map applied",
    Verdict.NO_DEBUG_ID: "no debug id",
    Verdict.NO_ARTIFACT: "no source map uploaded",
    Verdict.MAP_MISSING: "map missing in bundle",
    Verdict.MALFORMED: "source map malformed",
    Verdict.OUTSIDE: "position outside the map",
    Verdict.SOURCE_MISSING: "source text missing",
    Verdict.OTHER_BUILD: "map of another build",
    Verdict.FETCH_PENDING: "map is being fetched",
    Verdict.FETCH_REFUSED: "map could not be fetched",
}

# What it means, and what to do tonight.
WORDS: dict[Verdict, str] = {
    Verdict.APPLIED: "The frame was read through its source map.",
    Verdict.NO_DEBUG_ID: (
        "The event names no debug id for this file, and no file was uploaded for its release and "
        "address. Run `sentry-cli sourcemaps inject DIR` on what you deploy, after the last step "
        "that changes it, then `sentry-cli sourcemaps upload DIR`, and deploy those same files."
    ),
    Verdict.NO_ARTIFACT: (
        "The file was built with a debug id, but nothing with this id was uploaded. Upload the "
        "very build that is deployed: `sentry-cli sourcemaps upload DIR`. If the upload ran, it "
        "was for another project, or the files were built again after it."
    ),
    Verdict.MAP_MISSING: (
        "The script was uploaded without its map. Let the build write maps (`sourcemap: true` or "
        "`hidden`), and upload the folder that holds the .js files and the .map files."
    ),
    Verdict.MALFORMED: (
        "A map was found, but it cannot be read as a source map. Open it: it may be an error "
        "page, cut off, or older than version 3. Build and upload it again."
    ),
    Verdict.OUTSIDE: (
        "A map was found, but it maps nothing at this line and column. The deployed file differs "
        "from the uploaded one: look for a step after the build, or a proxy, that changes it."
    ),
    Verdict.SOURCE_MISSING: (
        "Names and lines are right, but the map holds no source text. Let the build put it there "
        "(`sourcesContent`, in webpack no `nosources`), or upload the sources beside the map."
    ),
    Verdict.OTHER_BUILD: (
        "The map that was found is of another build: names or lengths do not fit what runs. "
        "Give each build its own release or dist, or use debug ids, which cannot be mistaken."
    ),
    Verdict.FETCH_PENDING: "The map is fetched from its public address; look again in a minute.",
    Verdict.FETCH_REFUSED: (
        "The script or its map could not be fetched from its public address. Upload it, or see "
        "that the address answers this server with the file itself."
    ),
}
