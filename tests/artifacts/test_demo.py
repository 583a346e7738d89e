"""The demo shows what source maps do."""

from __future__ import annotations

from tests.artifacts.debugging import symbols_of
from tests.artifacts.reading import Reader, frames_of, verdict_of
from tests.web.world import World
from vedette.blobs.packed import PackedFolder
from vedette.demo import maps, native


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


def test_the_demo_has_a_native_crash_that_can_be_read(world: World, folder: PackedFolder) -> None:
    """Functions and lines of the kiosk, an inlined call, and a library that was not uploaded."""
    for _ in range(2):
        native.upload_symbols(world.web)
    stored = Reader(world, folder).send(next(native.events()), world.web)
    frames = frames_of(stored)
    assert [frame.get("function") for frame in frames[-2:]] == [
        "kiosk::Till::pay(int)",
        "kiosk::Coins::split(int)",
    ]
    assert [symbols_of(frame)["verdict"] for frame in frames] == [
        "system_image",
        "applied",
        "no_debug_file",
        "applied",
        "applied",
        "applied",
    ]
