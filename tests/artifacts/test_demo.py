"""The demo shows what source maps do."""

from __future__ import annotations

from tests.artifacts.reading import Reader, frames_of, verdict_of
from tests.web.world import World
from vedette.blobs.packed import PackedFolder
from vedette.demo import maps


def test_the_demo_has_a_frame_with_a_map_and_one_without(
    world: World, folder: PackedFolder
) -> None:
    """Uploading again changes nothing."""
    for _ in range(2):
        maps.upload_build(world.web)
    stored = Reader(world, folder).send(next(maps.events()), world.web)
    frames = frames_of(stored)
    assert [verdict_of(frame) for frame in frames] == ["map_missing", "applied", "applied"]
    assert [frame["function"] for frame in frames[1:]] == ["onPay", "authorise"]
    assert frames[-1]["context_line"].startswith("    throw new RangeError")
