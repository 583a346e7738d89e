"""Native and JVM frames are named through uploaded debug files, and say what they lack."""

from __future__ import annotations

import copy
import io
import json
import os
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.artifacts.debugging import (
    BASE,
    LIBC,
    MAPPING,
    MAPPING_ID,
    TILL_ID,
    TILL_SYM,
    crash,
    symbols_of,
    till_image,
    upload_debug,
)
from tests.artifacts.reading import Reader, frames_of
from tests.web.world import World
from vedette import clock
from vedette.artifacts.models import Chunk, DebugFile
from vedette.artifacts.sweeping import sweep
from vedette.blobs.packed import PackedFolder

PAY, CHECKOUT, MAIN = hex(BASE + 0x251F), hex(BASE + 0x256E), hex(BASE + 0x26F2)


@pytest.fixture
def reader(world: World, folder: PackedFolder) -> Reader:
    return Reader(world, folder)


def test_addresses_become_functions_and_lines(token: Client, reader: Reader) -> None:
    """Callers by the line of their call, an inlined call as a frame of its own."""
    assert upload_debug(token, TILL_SYM)["state"] == "ok"
    stored = reader.send(crash(MAIN, CHECKOUT, PAY))
    frames = frames_of(stored)
    assert [(one["function"].partition("(")[0], one["lineno"]) for one in frames] == [
        ("main", 28),
        ("shop::checkout", 18),
        ("shop::Till::pay", 13),
        ("shop::split", 9),
    ]
    assert {one["abs_path"] for one in frames} == {"/srv/shop/crash.cpp"}
    assert {symbols_of(one)["verdict"] for one in frames} == {"applied"}
    assert [symbols_of(one).get("inlined", False) for one in frames] == [False] * 3 + [True]
    assert all(one["in_app"] and one["package"] == "/srv/shop/till" for one in frames)
    assert [one["instruction_addr"] for one in frames_of(stored, "raw_stacktrace")] == [
        MAIN,
        CHECKOUT,
        PAY,
    ]
    assert reader.issue().culprit.startswith("shop::split")


def test_an_image_is_found_by_its_code_id_too(token: Client, reader: Reader) -> None:
    """Images of ELF files often name nothing else."""
    upload_debug(token, TILL_SYM)
    stored = reader.send(crash(PAY, images=[till_image(debug_id=None)]))
    assert frames_of(stored)[-1]["function"] == "shop::split"


@pytest.mark.parametrize(
    ("frame", "verdict"),
    [
        (hex(BASE + 0x251F), "no_debug_file"),
        ("0x7ff5b8a1e100", "system_image"),
        ("0x10", "outside_images"),
    ],
)
def test_a_frame_says_what_it_lacks(reader: Reader, frame: str, verdict: str) -> None:
    """Nothing uploaded, a library of the system, an address of nobody."""
    found = frames_of(reader.send(crash(frame)))[-1]
    assert symbols_of(found)["verdict"] == verdict
    if verdict == "no_debug_file":
        assert (symbols_of(found)["image"], symbols_of(found)["debug_id"]) == (
            "/srv/shop/till",
            TILL_ID,
        )
    if verdict == "system_image":
        assert (found["in_app"], found["package"]) == (False, LIBC["code_file"])


def test_an_address_without_a_function_keeps_its_frame(token: Client, reader: Reader) -> None:
    """The file is there, and knows nothing of the address; what the SDK named stays."""
    upload_debug(token, TILL_SYM)
    frame = {"instruction_addr": hex(BASE + 0x10), "function": "guess"}
    found = frames_of(reader.send(crash(frame)))[-1]
    assert (symbols_of(found)["verdict"], found["function"]) == ("no_symbol", "guess")


def test_frames_that_the_sdk_has_read_are_left_alone(token: Client, reader: Reader) -> None:
    """A Rust program reads its own symbols; expanding them again would double its frames."""
    upload_debug(token, TILL_SYM)
    frame = {"instruction_addr": PAY, "function": "shop::pay", "lineno": 3, "filename": "till.rs"}
    stored = reader.send(crash(frame))
    assert frames_of(stored) == [frame]


def test_a_file_without_symbols_and_a_damaged_one_say_so(token: Client, reader: Reader) -> None:
    """The words on the page are of the upload, not of the SDK."""
    upload_debug(token, TILL_SYM.partition(b"FUNC")[0])
    found = frames_of(reader.send(crash(PAY)))[-1]
    assert symbols_of(found)["verdict"] in ("unusable", "no_symbol")


def test_sources_beside_the_program_are_shown(token: Client, reader: Reader) -> None:
    """A source bundle with the same debug id gives the lines around."""
    upload_debug(token, TILL_SYM)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        about = {"files": {"files/srv/shop/crash.cpp": {"path": "/srv/shop/crash.cpp"}}}
        archive.writestr("manifest.json", json.dumps({**about, "debug_id": TILL_ID}))
        archive.writestr(
            "files/srv/shop/crash.cpp", "\n".join(f"line {number}" for number in range(1, 40))
        )
    data = b"SYSB\x02\0\0\0" + held.getvalue()
    assert upload_debug(token, data, debug_id=TILL_ID)["dif"]["data"]["features"] == ["sources"]
    found = frames_of(reader.send(crash(PAY)))[-1]
    assert found["context_line"] == "line 9"
    assert found["pre_context"] == [f"line {number}" for number in range(4, 9)]
    assert found["post_context"][0] == "line 10"


def test_a_zip_of_debug_files_is_opened(token: Client, reader: Reader) -> None:
    """Each program in it is found; other files in it are passed over."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("symbols/till.sym", TILL_SYM)
        archive.writestr("../../README", "not a debug file")
    made = upload_debug(token, held.getvalue(), "symbols.zip")
    assert (made["state"], made["dif"]["objectName"]) == ("ok", "till.sym")
    assert frames_of(reader.send(crash(PAY)))[-1]["function"] == "shop::split"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x7fELF\x02\x01\x01" + b"\0" * 200, "carries no id"),
        (b"MZ" + b"\0" * 100, "no debug file"),
        (b"PK\x03\x04rubbish", "zip cannot be read"),
        (b"SYSB\x02\0\0\0rubbish", "source bundle cannot be read"),
        (b"", "no debug file"),
    ],
)
def test_a_bad_file_is_refused_in_words(token: Client, data: bytes, words: str) -> None:
    """Damaged programs, a torn zip, nothing at all."""
    made = upload_debug(token, data)
    assert made["state"] == "error"
    assert words in made["detail"]


def test_a_zip_bomb_is_refused(token: Client) -> None:
    """It is unpacked no further than allowed."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big", b"\0" * (80 << 20))
    made = upload_debug(token, held.getvalue())
    assert "bomb" in made["detail"]


def _java(frames: list[dict[str, Any]], images: list[dict[str, Any]]) -> dict[str, Any]:
    event = crash(*frames, images=images, platform="java")
    event["exception"]["values"][0] |= {"type": "c", "module": "a", "value": "no coin"}
    return event


OBFUSCATED = {"module": "a.b", "function": "a", "lineno": 1, "filename": "SourceFile"}
PROGUARD = {"type": "proguard", "uuid": MAPPING_ID}


def test_obfuscated_classes_have_their_names_again(token: Client, reader: Reader) -> None:
    """Exception, classes, methods, files and lines; a method that was inlined is a frame."""
    assert upload_debug(token, MAPPING, "mapping.txt")["dif"]["debugId"] == MAPPING_ID
    library = {"module": "java.lang.Thread", "function": "run", "lineno": 8}
    stored = reader.send(_java([library, OBFUSCATED], [PROGUARD]))
    frames = frames_of(stored)
    assert [(one["module"], one["function"], one["lineno"]) for one in frames] == [
        ("java.lang.Thread", "run", 8),
        ("com.example.Till", "pay", 30),
        ("com.example.Till", "split", 12),
    ]
    assert frames[-1]["filename"] == "Till.kt"
    assert [symbols_of(one)["verdict"] for one in frames] == ["not_mapped", "applied", "applied"]
    thrown = stored["exception"]["values"][0]
    assert (thrown["module"], thrown["type"]) == ("com.example", "BadCoin")
    assert thrown["raw_class"] == {"type": "c", "module": "a"}
    assert reader.issue().type == "BadCoin"


def test_a_missing_mapping_is_named(token: Client, reader: Reader) -> None:
    """The UUID that was not uploaded is told."""
    found = frames_of(reader.send(_java([OBFUSCATED], [PROGUARD])))[-1]
    assert symbols_of(found) == {"verdict": "no_mapping", "debug_id": MAPPING_ID}


@pytest.mark.parametrize(
    "images",
    [
        None,
        "x",
        [None, 7, {}],
        [{"type": "elf"}],
        [{"type": "elf", "image_addr": "zz", "debug_id": "\0", "code_id": 7}],
        [{**till_image(), "image_size": -1}, {**till_image(), "image_addr": 1 << 70}],
        [{"type": "proguard", "uuid": "\udcff" * 2}, {"type": "proguard", "uuid": 5}],
    ],
)
def test_nonsense_among_images_costs_nothing(token: Client, reader: Reader, images: object) -> None:
    """The event is stored, whatever it says of its images and frames."""
    upload_debug(token, TILL_SYM)
    frames = [PAY, -1, "0xzz", {"addr_mode": "rel:99", "instruction_addr": "0x1"}, {}]
    event = copy.deepcopy(crash(*frames, images=images or {}))
    assert len(frames_of(reader.send(event))) >= 5


def test_debug_files_are_listed_and_deleted(
    token: Client, reader: Reader, world: World, charlie: Client
) -> None:
    """By their ids; who is not of the organisation sees none; a deleted one serves no frame."""
    upload_debug(token, TILL_SYM)
    address = "/api/0/projects/lantern/shop/files/dsyms/"
    (found,) = token.get(address, {"debug_id": TILL_ID}).json()
    assert (found["symbolType"], found["cpuName"]) == ("breakpad", "x86_64")
    assert token.get(address, {"query": "nobody"}).json() == []
    assert charlie.get(address).status_code in (401, 403, 404)
    assert token.delete(f"{address}?id={found['id']}").status_code == 204
    assert token.delete(f"{address}?id={found['id']}").status_code == 404
    assert symbols_of(frames_of(reader.send(crash(PAY)))[-1])["verdict"] == "no_debug_file"


def test_the_project_shows_its_debug_files_and_deletes_them(
    token: Client, reader: Reader, world: World, alice: Client, charlie: Client
) -> None:
    """With ids and what they hold; strangers see neither the page nor the deletion."""
    upload_debug(token, TILL_SYM)
    page = alice.get("/projects/shop/source-maps/").content.decode()
    assert TILL_ID in page
    assert "breakpad" in page
    (file,) = DebugFile.objects.all()
    address = f"/projects/shop/debug-files/{file.pk}/removal/"
    assert charlie.post(address).status_code in (403, 404)
    assert alice.get(address).status_code == 405
    assert alice.post(address).status_code == 302
    assert not DebugFile.objects.exists()


def test_programs_without_an_id_are_not_taken_for_each_other(token: Client, reader: Reader) -> None:
    """An id of nothing but zeros names no file."""
    upload_debug(token, TILL_SYM)
    DebugFile.objects.update(debug_id="", code_id="")
    nil = till_image(debug_id="00000000-0000-0000-0000-000000000000", code_id=None)
    found = frames_of(reader.send(crash(PAY, images=[nil])))[-1]
    assert symbols_of(found)["verdict"] == "no_debug_file"


def test_a_debug_file_stays_as_long_as_it_is_of_use(
    token: Client, reader: Reader, folder: PackedFolder
) -> None:
    """A release may run for longer than events are kept; what nobody asks for goes, with all
    that was made of it."""
    upload_debug(token, TILL_SYM)
    month = timedelta(days=30)
    DebugFile.objects.update(created_at=clock.now() - 2 * month)
    reader.send(crash(PAY))
    sweep(month)
    assert DebugFile.objects.count() == 1
    DebugFile.objects.update(used_at=clock.now() - 2 * month)
    Chunk.objects.all().delete()
    for path in folder.folder.glob("??/*"):
        os.utime(path, (clock.timestamp() - 7200,) * 2)
    sweep(month)
    assert not DebugFile.objects.exists()
    assert folder.names_before(float("inf")) == []


def test_variables_nested_beyond_reason_leave_the_event_readable(
    token: Client, reader: Reader
) -> None:
    """Deeper than strict JSON is written; the frame is named all the same."""
    upload_debug(token, TILL_SYM)
    nested: list[Any] = []
    for _ in range(300):
        nested = [nested]
    stored = reader.send(crash({"instruction_addr": PAY, "vars": {"coins": nested}}))
    assert frames_of(stored)[-1]["function"] == "shop::split"


def test_symbol_caches_that_do_not_fit_together_are_each_read_once(
    token: Client, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stack goes to and fro between two large libraries."""
    other = TILL_SYM.replace(b"D0EA123D851FE78D46E61AA64AD92CCB", b"E" * 32)
    upload_debug(token, TILL_SYM)
    assert upload_debug(token, other, "other")["state"] == "ok"
    symbols = reader.context.symbols
    assert symbols is not None
    monkeypatch.setattr(symbols._symbols, "_most_bytes", 1)
    opened: list[bytes] = []
    open_ = symbols._symbols._open
    monkeypatch.setattr(symbols._symbols, "_open", lambda data: opened.append(data) or open_(data))
    second = till_image(debug_id="e" * 32, code_id=None, image_addr=hex(BASE + 0x100000))
    addresses = [PAY, hex(BASE + 0x10251F)] * 20
    stored = reader.send(crash(*addresses, images=[till_image(), second]))
    assert {symbols_of(one)["verdict"] for one in frames_of(stored)} == {"applied"}
    assert len(opened) == 2


@pytest.mark.parametrize("named", ["a\0b", "../../x", "<b>", MAPPING_ID.replace("-", "").upper()])
def test_the_id_that_a_client_names_is_one_or_none(token: Client, named: str) -> None:
    """Also in other spellings, so that events find it; else it follows from the bytes."""
    answer = upload_debug(token, MAPPING, "proguard/mapping.txt", named)
    assert answer["state"] == "ok"
    assert answer["dif"]["debugId"] == MAPPING_ID
