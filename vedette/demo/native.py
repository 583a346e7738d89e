"""The demo's kiosk, a program in C++: its debug file uploaded, and crashes of it.

The debug file is a text in Breakpad's form; no program is shipped.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Iterator
from importlib import resources
from typing import Any

from vedette import clock
from vedette.artifacts.debug_files import take_debug_archive
from vedette.artifacts.models import DebugFile
from vedette.projects.models import Project

PROGRAM = ("Demo kiosk", "native")  # the project's name and platform
RELEASE = "kiosk@3.2.1"
_PROGRAM = "/opt/kiosk/bin/kiosk"
_DEBUG_ID = "5f4e3d2c-1b0a-4958-8776-655443322110"
_LIBC_ID = "ec61ac93-8e5a-39b1-6f9f-bd350e3169a5"
_DRIVER_ID = "0b7d1c52-93e4-4f80-a3c6-2f1e0d9c8b7a"
_EVENTS = 6
_LIBC, _DRIVER = 0x7F1200000000, 0x7F1300000000


def upload_symbols(project: Project) -> None:
    """Upload the debug file of the kiosk. Once."""
    data = (resources.files("vedette.demo") / "symbols" / "kiosk.sym").read_bytes()
    checksum = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    if not DebugFile.objects.filter(project=project, checksum=checksum).exists():
        take_debug_archive(project, "kiosk.sym", [data])


def events() -> Iterator[dict[str, Any]]:
    """Crashes as an SDK sends them: addresses only, one in a driver that was not uploaded."""
    dice = random.Random()
    for number in range(_EVENTS):
        base = 0x55D000000000 + dice.randrange(1 << 16) * 4096
        addresses = [
            (_LIBC + 0x2724A, "scan"),
            (base + 0x1125, "fp"),
            (_DRIVER + 0x8812, "scan"),
            (base + 0x1238, "fp"),
            (base + 0x1348, "context"),
        ]
        frames = [{"instruction_addr": hex(one), "trust": trust} for one, trust in addresses]
        registers = {"rip": hex(base + 0x1348), "rsp": "0x7ffd5d899070", "rax": "0x0"}
        value = {
            "type": "SIGSEGV",
            "value": "SEGV_MAPERR at 0x0",
            "stacktrace": {"frames": frames, "registers": registers},
            "mechanism": {"type": "minidump", "handled": False, "synthetic": True},
        }
        yield {
            "event_id": uuid.uuid4().hex,
            "timestamp": clock.timestamp() - 5400 * (_EVENTS - number),
            "platform": "native",
            "level": "fatal",
            "release": RELEASE,
            "environment": "production",
            "sdk": {"name": "sentry.native", "version": "0.9.1"},
            "contexts": {"os": {"name": "Linux", "version": "6.1.0"}},
            "exception": {"values": [value]},
            "debug_meta": {
                "images": [
                    _image(_PROGRAM, base, _DEBUG_ID),
                    _image("/usr/lib/x86_64-linux-gnu/libc.so.6", _LIBC, _LIBC_ID),
                    _image("/opt/kiosk/lib/libcoinslot.so", _DRIVER, _DRIVER_ID),
                ]
            },
        }


def _image(name: str, start: int, debug_id: str) -> dict[str, Any]:
    return {
        "type": "elf",
        "code_file": name,
        "debug_id": debug_id,
        "image_addr": hex(start),
        "image_size": 0x200000,
    }
