"""Unreal containers and Apple's crash reports become events that can be read."""

from __future__ import annotations

import json
import random
import struct
import zlib
from typing import Any

import pytest

from tests.crashes.dumping import TILL_DUMP
from vedette.crashes.apple import NoAppleReport, read_apple_report
from vedette.crashes.unreal import NoContainer, read_container, unpack_container

CONTEXT = b"""<?xml version="1.0" encoding="UTF-8"?>
<FGenericCrashContext><RuntimeProperties>
<CrashType>Assert</CrashType><GameName>UE4-Shop</GameName><LoginId>7f3a</LoginId>
<EngineVersion>5.3.2</EngineVersion><Misc.PrimaryGPUBrand>Iris</Misc.PrimaryGPUBrand>
<ErrorMessage>Assertion failed: Coins &gt; 0</ErrorMessage>
<PCallStack>
Shop 0x0000000054fe0000 + 29d2a
Kernel32 0x00000000fc440000 + 8e48d
</PCallStack></RuntimeProperties>
<GameData><level>cellar</level><__sentry>{"release":"shop@1.0"}</__sentry></GameData>
</FGenericCrashContext>"""
APPLE = """Incident Identifier: 51C9CB01-5C2B-4D1E-9A38-94E1A2B3C4D5
Hardware Model:      iPhone10,3
Process:             Shop [763]
Identifier:          com.example.shop
Version:             1.4 (12)
Code Type:           ARM-64 (Native)
OS Version:          iPhone OS 16.1.2 (20B110)
Exception Type:  EXC_BAD_ACCESS (SIGSEGV)
Exception Subtype: KERN_INVALID_ADDRESS at 0x0000000000000000
Triggered by Thread:  0

Thread 0 name:  Dispatch queue: com.apple.main-thread
Thread 0 Crashed:
0   Shop                          \t0x0000000100ab5284 0x100ab0000 + 21124
1   Shop                          \t0x0000000100ab6000 Till.pay(total:) + 40 (Till.swift:12)
2   UIKitCore                     \t0x00000001a2b3c4d5 -[UIApplication sendAction:] + 96

Thread 1:
0   libsystem_kernel.dylib        \t0x00000001f8f2a014 __workq_kernreturn + 8

Thread 0 crashed with ARM Thread State (64-bit):
    x0: 0x0000000000000000   x1: 0x00000001d0f1a2b3
   pc: 0x0000000100ab5284 cpsr: 0x60000000

Binary Images:
0x100ab0000 - 0x100abffff Shop arm64  <8094558b3fd13f57a4e1e7a0c1b62c9d> /var/containers/Shop
"""


def _string(text: str) -> bytes:
    return struct.pack("<I", 260) + text.encode().ljust(260, b"\0")


def container(files: dict[str, bytes], magic: bytes = b"") -> bytes:
    """A container as the engine's crash reporter packs it."""
    head = _string("UE4CC") + _string("UE4CC.ue4crash")
    body = b"".join(
        struct.pack("<i", at) + _string(name) + struct.pack("<i", len(data)) + data
        for at, (name, data) in enumerate(files.items())
    )
    end = struct.pack("<ii", len(body), len(files))
    return zlib.compress(magic + head + struct.pack("<ii", 0, 0) + body + head + end)


FILES = {
    "CrashContext.runtime-xml": CONTEXT,
    "Shop.log": b"LogInit: started\n",
    "UE4Minidump.dmp": TILL_DUMP,
}


@pytest.mark.parametrize("magic", [b"", b"CR1"])
def test_a_container_tells_of_its_minidump_and_its_context(magic: bytes) -> None:
    """The stack is the dump's; message, user, graphics card and the game's own words are there."""
    data = container(FILES, magic)
    assert [one.kind for one in unpack_container(data)] == [
        "unreal.context",
        "unreal.logs",
        "event.minidump",
    ]
    said = read_container(data)
    assert said["exception"]["values"][0]["type"] == "SIGSEGV"
    assert (said["message"], said["user"]["id"]) == ("Assertion failed: Coins > 0", "7f3a")
    assert said["contexts"]["unreal"]["EngineVersion"] == "5.3.2"
    assert "PCallStack" not in said["contexts"]["unreal"]
    assert said["contexts"]["gpu"]["name"] == "Iris"
    assert said["contexts"]["game"]["level"] == "cellar"
    assert said["release"] == "shop@1.0"


def test_without_a_dump_the_contexts_stack_is_taken() -> None:
    """Modules and addresses, the crash last."""
    said = read_container(container({"CrashContext.runtime-xml": CONTEXT}))
    (thrown,) = said["exception"]["values"]
    assert (thrown["type"], thrown["value"]) == ("Assert", "Assertion failed: Coins > 0")
    frames = thrown["stacktrace"]["frames"]
    assert [one["package"] for one in frames] == ["Kernel32", "Shop"]
    assert frames[-1]["instruction_addr"] == hex(0x54FE0000 + 0x29D2A)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"CR1\0",
        zlib.compress(b""),
        zlib.compress(b"\xff" * 600),
        container({"a.bin": b"x"})[:-20],
        container({"a.bin": b"x"}),
        container({"CrashContext.runtime-xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        container({"CrashContext.runtime-xml": b"<a><b></a>"}),
    ],
)
def test_what_is_no_container_is_refused(data: bytes) -> None:
    """Nothing, rubbish, cut off, empty of reports, a context with entities."""
    with pytest.raises(NoContainer):
        read_container(data)


def test_a_report_of_apple_is_read() -> None:
    """Reason, threads with names, frames with and without symbols, registers, images, system."""
    said = read_apple_report(APPLE.encode())
    (thrown,) = said["exception"]["values"]
    assert thrown["type"] == "EXC_BAD_ACCESS"
    assert thrown["value"] == "SIGSEGV: KERN_INVALID_ADDRESS at 0x0000000000000000"
    frames = thrown["stacktrace"]["frames"][::-1]
    assert frames[0] == {"package": "Shop", "instruction_addr": "0x0000000100ab5284"}
    assert (frames[1]["function"], frames[1]["filename"], frames[1]["lineno"]) == (
        "Till.pay(total:)",
        "Till.swift",
        12,
    )
    assert frames[2]["function"] == "-[UIApplication sendAction:]"
    assert thrown["stacktrace"]["registers"]["pc"] == "0x0000000100ab5284"
    assert said["threads"]["values"][0]["name"] == "Dispatch queue: com.apple.main-thread"
    assert len(said["threads"]["values"][1]["stacktrace"]["frames"]) == 1
    assert said["images"] == [
        {
            "type": "macho",
            "image_addr": "0x100ab0000",
            "debug_id": "8094558b3fd13f57a4e1e7a0c1b62c9d",
            "code_file": "/var/containers/Shop",
            "image_size": 0x10000,
            "arch": "arm64",
        }
    ]
    assert said["contexts"]["os"] == {
        "type": "os",
        "name": "iPhone OS",
        "version": "16.1.2",
        "build": "20B110",
    }


@pytest.mark.parametrize("seed", range(15))
def test_damaged_reports_never_raise_anything_else(seed: int) -> None:
    """Bytes changed, cut off: what is left is read, or it is refused."""
    chance = random.Random(seed)
    data = bytearray(APPLE.encode())
    for _ in range(30):
        data[chance.randrange(25, len(data))] = chance.randrange(256)
    read_apple_report(bytes(data[: chance.randrange(30, len(data))]))
    plain = bytearray(zlib.decompress(container(FILES)))
    for _ in range(8):
        plain[chance.randrange(0, 3000)] = chance.randrange(256)
    try:
        read_container(zlib.compress(bytes(plain)))
    except NoContainer:
        pass
    with pytest.raises(NoAppleReport):
        read_apple_report(b"hello")


def test_hostile_lines_take_no_time() -> None:
    """Long lines of what the patterns look for are read in one pass."""
    lines = [
        "Incident Identifier: x",
        "Thread 0:",
        *(["0 " + "a " * 900] * 2000),
        "0x1 - 0x2 " * 150,
    ]
    assert read_apple_report("\n".join(lines).encode())["threads"]


IPS: dict[str, Any] = {
    "osVersion": {"train": "iPhone OS 16.1", "build": "20B82"},
    "cpuType": "ARM-64",
    "modelCode": "iPhone14,5",
    "bundleInfo": {"CFBundleIdentifier": "com.example.shop", "CFBundleShortVersionString": "1.4"},
    "exception": {
        "type": "EXC_BAD_ACCESS",
        "signal": "SIGSEGV",
        "subtype": "KERN_INVALID_ADDRESS at 0x0",
    },
    "faultingThread": 0,
    "threads": [
        {
            "triggered": True,
            "queue": "com.apple.main-thread",
            "threadState": {"x": [{"value": 7}], "pc": {"value": 4306194052}},
            "frames": [
                {"imageOffset": 21124, "imageIndex": 0},
                {"imageOffset": 96, "symbol": "UIApplicationMain", "imageIndex": 1},
            ],
        },
        {"frames": [{"imageOffset": 8, "imageIndex": 1}]},
    ],
    "usedImages": [
        {
            "base": 0x100AB0000,
            "size": 65536,
            "uuid": "8094558B-3FD1-3F57-A4E1-E7A0C1B62C9D",
            "path": "/var/containers/Shop",
            "arch": "arm64",
        },
        {"base": 0x1A2B00000, "size": 4096, "path": "/System/Library/UIKitCore"},
    ],
}


def _ips(body: object) -> bytes:
    return b'{"app_name":"Shop","bug_type":"309"}\n' + json.dumps(body, indent=1).encode()


def test_the_newer_form_of_apple_says_the_same() -> None:
    """Addresses from images and offsets, registers, the reason, the system."""
    said = read_apple_report(_ips(IPS))
    (thrown,) = said["exception"]["values"]
    assert (thrown["type"], thrown["value"]) == (
        "EXC_BAD_ACCESS",
        "SIGSEGV: KERN_INVALID_ADDRESS at 0x0",
    )
    frames = thrown["stacktrace"]["frames"]
    assert [one.get("function") for one in frames] == ["UIApplicationMain", None]
    assert frames[-1]["instruction_addr"] == hex(0x100AB0000 + 21124)
    assert thrown["stacktrace"]["registers"] == {"x0": "0x7", "pc": hex(4306194052)}
    assert said["threads"]["values"][0]["name"] == "com.apple.main-thread"
    assert said["images"][0]["debug_id"] == "8094558b-3fd1-3f57-a4e1-e7a0c1b62c9d"
    assert said["contexts"]["os"]["version"] == "16.1"


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"threads": 7},
        {"threads": [None, 7, {"frames": "x"}], "usedImages": [None, {"base": -1}]},
        {"threads": [{"frames": [{"imageIndex": -1, "imageOffset": 1 << 70}, None]}]},
        {"threads": [{"threadState": {"x": [1], "pc": 3}, "triggered": True}], "exception": []},
        {**IPS, "usedImages": [{"base": True}], "osVersion": "16", "bundleInfo": None},
    ],
)
def test_nonsense_in_the_newer_form_is_refused_or_left_out(body: object) -> None:
    """Nothing but a ValueError comes of it."""
    try:
        assert read_apple_report(_ips(body))["exception"]
    except ValueError:
        pass
