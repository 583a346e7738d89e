"""Debug files on their way through the API, and events of the programs that they are of."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.test import Client

from tests.artifacts.bundling import JSON, send_chunk, sha1

DIFS = "/api/0/projects/lantern/shop/files/difs/assemble/"
SAMPLES = Path(__file__).parents[1] / "samples" / "native"
TILL_SYM = (SAMPLES / "till.sym").read_bytes()
TILL_ID = "d0ea123d-851f-e78d-46e6-1aa64ad92ccb"
TILL_CODE_ID = "3d12ead01f858de746e61aa64ad92ccbe8d89821"
BASE = 0x5640BA10A000
MAPPING_ID = "79d7287d-0912-50b8-8a18-f41fd681a831"
MAPPING = b"""\
com.example.Till -> a.b:
# {"id":"sourceFile","fileName":"Till.kt"}
    1:1:void split(int):12:12 -> a
    1:1:void pay(int):30 -> a
    2:3:void pay(int):31:32 -> a
com.example.BadCoin -> a.c:
"""


def upload_debug(client: Client, data: bytes, name: str = "till", debug_id: str = "") -> Any:
    """The whole way of a debug file; returns the last answer."""
    key = sha1(data)
    about = {"name": name, "debug_id": debug_id or None, "chunks": [key]}
    first = client.post(DIFS, {key: about}, JSON).json()[key]
    if first["missingChunks"]:
        assert send_chunk(client, data).status_code == 200
    return client.post(DIFS, {key: about}, JSON).json()[key]


def till_image(**fields: Any) -> dict[str, Any]:
    """The program of the samples, as it was loaded."""
    return {
        "type": "elf",
        "code_file": "/srv/shop/till",
        "debug_id": TILL_ID,
        "code_id": TILL_CODE_ID,
        "image_addr": hex(BASE),
        "image_size": 0x1C000,
        **fields,
    }


LIBC = {
    "type": "elf",
    "code_file": "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "debug_id": "7d1ef0b1-5a23-4a49-8e0e-0f0f0f0f0f0f",
    "image_addr": "0x7ff5b8a1e000",
    "image_size": 0x1D5000,
}


def crash(*addresses: object, images: object = None, **fields: Any) -> dict[str, Any]:
    """An event of a native program; addresses oldest call first."""
    frames = [one if isinstance(one, dict) else {"instruction_addr": one} for one in addresses]
    return {
        "event_id": uuid.uuid4().hex,
        "platform": "native",
        "exception": {
            "values": [
                {"type": "SIGSEGV", "value": "Segfault", "stacktrace": {"frames": frames}},
            ]
        },
        "debug_meta": {"images": [till_image(), LIBC] if images is None else images},
        **fields,
    }


def symbols_of(frame: dict[str, Any]) -> dict[str, Any]:
    """What was noted of how a frame was read."""
    found: dict[str, Any] = frame.get("data", {}).get("symbols", {})
    return found


def obfuscated() -> dict[str, Any]:
    """An event of a program that R8 made small, in words of MAPPING."""
    frame = {"module": "a.b", "function": "a", "lineno": 1, "filename": "SourceFile"}
    event = crash(frame, images=[{"type": "proguard", "uuid": MAPPING_ID}], platform="java")
    event["exception"]["values"][0] |= {"type": "c", "module": "a", "value": "no coin"}
    return event
