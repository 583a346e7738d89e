"""What an event becomes is bounded, whatever was uploaded for it."""

from __future__ import annotations

import json
import uuid
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from vedette.blobs.packed import PackedFolder
from vedette.symbols.images import Images
from vedette.symbols.lookup import FoundSymbols, SymbolQuestion
from vedette.symbols.placing import locate
from vedette.symbols.reader import SymbolReader
from vedette.symbols.sources import SourceBundle

ID = str(uuid.UUID(int=7))
INLINED = "".join(f"    1:1:void m{n}(int):{n}:{n} -> a\n" for n in range(1, 65))
ELF = {"type": "elf", "image_addr": "0x1000", "debug_id": ID}


@pytest.fixture
def folder(tmp_path: Path) -> PackedFolder:
    return PackedFolder(tmp_path)


def _event(platform: str, frames: list[Any], image: object, stacks: int = 1) -> bytes:
    threads = [{"id": at, "stacktrace": {"frames": frames}} for at in range(stacks)]
    event = {"platform": platform, "threads": {"values": threads}}
    return json.dumps({**event, "debug_meta": {"images": [image]}}).encode()


def _frames(payload: bytes) -> list[Any]:
    threads = json.loads(payload)["threads"]["values"]
    return [frame for one in threads for frame in one["stacktrace"]["frames"]]


def test_inlined_calls_do_not_multiply_an_event(folder: PackedFolder) -> None:
    """A mapping with 64 calls at each line: beyond a bound each frame is its innermost call."""
    blob = folder.put(f"com.shop.Till -> a.b:\n{INLINED}".encode())

    def ask(question: SymbolQuestion) -> Sequence[FoundSymbols]:
        return [FoundSymbols(file_id=1, mapping=blob) for _ in question.images]

    image = {"type": "proguard", "uuid": ID}
    payload = _event("java", [{"module": "a.b", "function": "a", "lineno": 1}] * 3000, image)
    reading = SymbolReader(ask, folder).read(payload, 1, 1)
    assert reading is not None
    frames = _frames(reading.payload)
    assert len(frames) == 7000
    assert {one["module"] for one in frames} == {"com.shop.Till"}
    assert (frames[0]["function"], frames[-1]["function"]) == ("m64", "m1")


@pytest.mark.parametrize("platform", ["java", "native"])
def test_very_many_stacks_are_each_touched_once(folder: PackedFolder, platform: str) -> None:
    """As many threads as an event can hold, of a frame each."""
    frame = {"module": "a.b", "function": "a", "instruction_addr": "0x1010"}
    image = {"type": "proguard", "uuid": ID} if platform == "java" else ELF
    payload = _event(platform, [frame], image, stacks=60_000)
    reading = SymbolReader(_nothing, folder).read(payload, 1, 1)
    assert reading is not None
    assert reading.unread == 4000
    assert len(_frames(reading.payload)) == 60_000


def test_of_a_stack_that_is_too_deep_the_innermost_frames_are_read(folder: PackedFolder) -> None:
    """An endless recursion crashes at its end."""
    payload = _event("native", [{"instruction_addr": "0x1010"}] * 5000, ELF)
    reading = SymbolReader(_nothing, folder).read(payload, 1, 1)
    assert reading is not None
    frames = _frames(reading.payload)
    assert "data" not in frames[0]
    assert frames[-1]["data"]["symbols"]["verdict"] == "no_debug_file"


def test_an_image_name_of_a_megabyte_is_read_once() -> None:
    """It nearly names a simulator's library, a hundred thousand times."""
    (image,) = Images([{**ELF, "code_file": "/Xcode" * 150_000}]).all
    assert (len(image.name), image.is_system) == (500, False)


def test_an_endless_image_number_is_no_image() -> None:
    """`rel:` counts the images that were sent."""
    frames = [{"instruction_addr": "0x1", "addr_mode": "rel:" + "1" * 5000}]
    place = locate(frames, 0, Images([ELF]))
    assert place is not None
    assert place.image is None


def test_a_source_of_lines_alone_is_cut(tmp_path: Path) -> None:
    """Eight million line ends in eight kilobytes."""
    path = tmp_path / "sources.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as held:
        held.writestr("manifest.json", json.dumps({"files": {"a": {"path": "/a.c"}}}))
        held.writestr("a", "x\n" * (3 << 20))
    bundle = SourceBundle(path.read_bytes())
    assert bundle.around("/a.c", 300_000) is not None
    assert bundle.around("/a.c", 300_001) is None


def _nothing(question: SymbolQuestion) -> Sequence[FoundSymbols]:
    return [FoundSymbols() for _ in question.images]
