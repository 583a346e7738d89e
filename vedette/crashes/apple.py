"""Apple's crash reports: threads, images and the reason of the crash, out of their text form."""

from __future__ import annotations

from typing import Any, TypeAlias

import re2

from vedette.crashes.apple_json import read_json_report
from vedette.crashes.bytes import clean

Tree: TypeAlias = dict[str, Any]

_MOST_BYTES = 8 << 20
_MOST_LINES = 50_000
_MOST_THREADS = 256
_MOST_IMAGES = 5000
_MOST_FRAMES = 512
_MOST_OTHER_FRAMES = 3000  # of the threads that did not crash
_MOST_LINE = 2000
_HEAD = (b"Incident Identifier:", b"Process:", b"Hardware Model:")
# Strangers write these lines: patterns that never go back, so a line costs what it is long.
_FIELD = re2.compile(r"^([A-Z][A-Za-z /]{2,40}):\s+(\S.*)$")
_THREAD = re2.compile(r"^Thread (\d{1,6})( Crashed)?:+")
_THREAD_NAME = re2.compile(r"^Thread (\d{1,6}) name:\s*(.*)$")
_STATE = re2.compile(r"^Thread (\d{1,6}) crashed with .* Thread State")
_FRAME = re2.compile(r"^(\d{1,4})\s+(\S.{0,200}?)\s+0x([0-9a-fA-F]{1,16})\s+(.+)$")
_SYMBOL = re2.compile(r"^(\S.*?) \+ (\d+)(?: \(([^()]+):(\d+)\))?$")
_IMAGE = re2.compile(
    r"^\s*0x([0-9a-fA-F]{1,16})\s+-\s+(?:0x([0-9a-fA-F]{1,16})|\?\?\?)\s+\+?(.{1,200}?)"
    r"\s+<([0-9a-fA-F-]{32,36})>\s+(\S.*)$"
)
_REGISTER = re2.compile(r"\b([a-z][a-z0-9]{1,4}): (0x[0-9a-fA-F]{1,16})")
_SYSTEM = re2.compile(r"^(.*?) ([\d.]+)(?: \((\w+)\))?")
_REASON = re2.compile(r"^(\S+)(?: \(([A-Z0-9]+)\))?")
_ARCHITECTURES = {"X86-64": "x86_64", "ARM-64": "arm64", "X86": "x86", "ARM": "arm"}


class NoAppleReport(ValueError):
    """The text is no crash report."""


def is_apple_report(data: bytes) -> bool:
    """Whether the text begins as a crash report does."""
    return data.lstrip()[:40].startswith(_HEAD)


def read_apple_report(data: bytes) -> Tree:
    """What the report says of its event, in whichever form. Raises ValueError."""
    if data.lstrip()[:1] == b"{" and len(data) <= _MOST_BYTES:
        return read_json_report(data.lstrip())
    if not is_apple_report(data) or len(data) > _MOST_BYTES:
        raise NoAppleReport("the file is no crash report of Apple")
    report = _Report()
    for line in data.decode("utf-8", "replace").splitlines()[:_MOST_LINES]:
        report.take(line.rstrip()[:_MOST_LINE])
    return report.event()


class _Report:
    """What was read of the lines so far."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.threads: dict[int, list[Tree]] = {}
        self.names: dict[int, str] = {}
        self.images: list[Tree] = []
        self.registers: dict[str, str] = {}
        self.crashed: int | None = None
        self._frames: list[Tree] | None = None
        self._is_state = False

    def take(self, line: str) -> None:
        """One line of the report."""
        if not line:
            self._frames, self._is_state = None, False
        elif self._is_state:
            self.registers |= dict(_REGISTER.findall(line))
        elif self._frames is not None and (found := _FRAME.match(line)):
            if len(self._frames) < _MOST_FRAMES:
                self._frames.append(_frame(found))
        elif found := _STATE.match(line):
            self._is_state = True
        elif found := _THREAD_NAME.match(line):
            self.names[int(found[1])] = clean(found[2])[:200]
        elif found := _THREAD.match(line):
            self._begin(int(found[1]), is_crashed=bool(found[2]))
        elif found := _IMAGE.match(line):
            self.images.append(_image(found))
        elif found := _FIELD.match(line):
            self.fields.setdefault(found[1], clean(found[2])[:500])

    def _begin(self, number: int, *, is_crashed: bool) -> None:
        if number not in self.threads and len(self.threads) >= _MOST_THREADS and not is_crashed:
            return
        self._frames = self.threads.setdefault(number, [])
        if is_crashed:
            self.crashed = number

    def event(self) -> Tree:
        """The parts of an event."""
        crashed = self._crashed()
        threads, left = [], _MOST_OTHER_FRAMES
        for number, frames in self.threads.items():
            is_it = number == crashed
            held: Tree = {"id": number, "crashed": is_it, "current": is_it}
            if self.names.get(number):
                held["name"] = self.names[number]
            if not is_it and left > 0:
                held["stacktrace"] = {"frames": frames[::-1]}
                left -= len(frames)
            threads.append(held)
        arch = _ARCHITECTURES.get(self.fields.get("Code Type", "").partition(" ")[0], "")
        images = self.images[:_MOST_IMAGES]
        for image in images:
            image |= {"arch": arch} if arch else {}
        made: Tree = {"threads": {"values": threads}, "images": images}
        made["exception"] = {"values": [self._exception(crashed)]}
        made["contexts"] = self._contexts(arch)
        return made

    def _crashed(self) -> int | None:
        if self.crashed is not None:
            return self.crashed
        named = self.fields.get("Triggered by Thread") or self.fields.get("Crashed Thread") or ""
        number = named.partition(" ")[0]
        return int(number) if number.isascii() and number.isdigit() and len(number) < 7 else None

    def _exception(self, crashed: int | None) -> Tree:
        reason = _REASON.match(self.fields.get("Exception Type", ""))
        name, signal = (reason[1], reason[2]) if reason else ("Crash", None)
        more = self.fields.get("Exception Subtype") or self.fields.get("Exception Codes") or ""
        meta: Tree = {"mach_exception": {"name": name}} if name.startswith("EXC_") else {}
        if signal:
            meta["signal"] = {"name": signal}
        value: Tree = {
            "type": name,
            "value": f"{signal}: {more}" if signal and more else signal or more,
            "mechanism": {
                "type": "applecrashreport", "handled": False, "synthetic": True, "meta": meta
            },
        }  # fmt: skip
        if crashed is not None:
            value["thread_id"] = crashed
        frames = self.threads.get(crashed, []) if crashed is not None else []
        if frames:
            value["stacktrace"] = {"frames": frames[::-1]}
            if self.registers:
                value["stacktrace"]["registers"] = self.registers
        return value

    def _contexts(self, arch: str) -> Tree:
        made: Tree = {}
        system = _SYSTEM.match(self.fields.get("OS Version", ""))
        if system:
            made["os"] = {"type": "os", "name": system[1], "version": system[2]}
            if system[3]:
                made["os"]["build"] = system[3]
        device = {"arch": arch, "model": self.fields.get("Hardware Model", "")}
        if any(device.values()):
            made["device"] = {"type": "device", **{k: v for k, v in device.items() if v}}
        app = {
            "app_identifier": self.fields.get("Identifier", ""),
            "app_version": self.fields.get("Version", ""),
        }
        if any(app.values()):
            made["app"] = {"type": "app", **{k: v for k, v in app.items() if v}}
        return made


def _frame(found: re2._Match[str]) -> Tree:
    frame: Tree = {"package": clean(found[2]), "instruction_addr": f"0x{found[3].lower()}"}
    symbol = _SYMBOL.match(found[4])
    if symbol and not symbol[1].startswith("0x"):
        frame["function"] = clean(symbol[1])
        if symbol[3]:
            frame["filename"], frame["lineno"] = clean(symbol[3]), int(symbol[4][:9])
    return frame


def _image(found: re2._Match[str]) -> Tree:
    start = int(found[1], 16)
    image: Tree = {
        "type": "macho",
        "image_addr": hex(start),
        "debug_id": found[4].lower(),
        "code_file": clean(found[5]),
    }
    if found[2] and int(found[2], 16) > start:
        image["image_size"] = int(found[2], 16) - start + 1
    return image
