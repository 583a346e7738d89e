"""Crash containers of the Unreal Engine: files packed one behind the other, and a context in XML.

The header lies at the beginning as a placeholder and at the end with what is true; the last four
bytes are the number of files.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias
from xml.etree import ElementTree

import msgspec
import re2

from vedette.crashes.apple import is_apple_report, read_apple_report
from vedette.crashes.bytes import Held, clean
from vedette.crashes.dumps import describe
from vedette.crashes.frame_info import AskFrameInfo, has_none
from vedette.crashes.minidump import read_minidump

Tree: TypeAlias = dict[str, Any]

_MOST_BYTES = 128 << 20
_MOST_RATIO = 100
_FREE_BYTES = 8 << 20
_MOST_FILES = 32
_MOST_XML_BYTES = 4 << 20
_MOST_PROPERTIES = 200
_MOST_CHARACTERS = 8192
_MAGIC = b"CR1"
_CONTEXT = "CrashContext.runtime-xml"
_LEFT_OUT = frozenset({"CallStack", "PCallStack", "Modules", "PCallStackHash", "Threads"})
_CALL = re2.compile(r"^\s*(\S.*?)\s+0x([0-9a-fA-F]{1,16})\s+\+\s+([0-9a-fA-F]{1,16})\s*$")
_MOST_CALLS = 128


class NoContainer(ValueError):
    """The bytes are no container."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a container; its name is only ever shown."""

    name: str
    data: bytes

    @property
    def kind(self) -> str:
        """What the file is, as a type of attachment."""
        if self.data[:4] == b"MDMP":
            return "event.minidump"
        if self.name == _CONTEXT:
            return "unreal.context"
        if self.name.endswith(".log"):
            return "unreal.logs"
        return "event.applecrashreport" if is_apple_report(self.data) else "event.attachment"


def unpack_container(data: bytes) -> list[Packed]:
    """The files of a container. Raises NoContainer."""
    most = min(_MOST_BYTES, max(_FREE_BYTES, _MOST_RATIO * len(data)))
    try:
        packer = zlib.decompressobj()
        plain = packer.decompress(data, most)
    except zlib.error:
        raise NoContainer("the crash report cannot be unpacked") from None
    if not packer.eof:
        raise NoContainer(f"the crash report is cut off, or unpacks to more than {most >> 20} MB")
    return list(_files(plain))


def read_container(data: bytes, ask: AskFrameInfo = has_none) -> Tree:
    """What the container says of its event. Raises NoContainer."""
    files = unpack_container(data)
    context = next((one for one in files if one.kind == "unreal.context"), None)
    said = _native(files, ask)
    if context is not None:
        _add_context(said, context.data)
    if not said:
        raise NoContainer("the crash report holds neither a minidump nor a context")
    return said


def _files(plain: bytes) -> Iterator[Packed]:
    held = Held(plain)
    count = held.unpack("i", len(plain) - 4)
    at = _skip_header(held, len(_MAGIC) if plain.startswith(_MAGIC) else 0)
    for _ in range(min(count[0], _MOST_FILES) if count else 0):
        name, at = _string(held, at + 4)  # behind its index
        size = held.unpack("i", at)
        data = held.slice(at + 4, size[0]) if size else None
        if size is None or data is None:
            raise NoContainer("the crash report is cut off")
        yield Packed(name.replace("\\", "/").rpartition("/")[2][:255], bytes(data))
        at += 4 + size[0]


def _skip_header(held: Held, at: int) -> int:
    for _ in range(2):  # the folder's name, the container's name
        _, at = _string(held, at)
    return at + 8


def _string(held: Held, at: int) -> tuple[str, int]:
    size = held.unpack("I", at)
    data = held.slice(at + 4, size[0]) if size else None
    if size is None or data is None:
        raise NoContainer("the crash report is cut off")
    text = bytes(data[:1024]).partition(b"\0")[0].decode("utf-8", "replace")
    return clean(text), at + 4 + size[0]


def _native(files: list[Packed], ask: AskFrameInfo) -> Tree:
    """What the report of the operating system in the container says."""
    for file in files:
        try:
            if file.kind == "event.minidump":
                return describe(read_minidump(file.data), ask)
            if file.kind == "event.applecrashreport":
                return read_apple_report(file.data)
        except ValueError:
            continue
    return {}


def _add_context(said: Tree, xml: bytes) -> None:
    try:
        root = _parse(xml)
    except (ElementTree.ParseError, ValueError, LookupError):
        return
    properties = _properties(root.find("RuntimeProperties"))
    game = _properties(root.find("GameData"))
    contexts = said.setdefault("contexts", {})
    shown = {name: value for name, value in properties.items() if name not in _LEFT_OUT}
    contexts["unreal"] = {"type": "unreal", **shown}
    own = game.pop("__sentry", "")
    if game:
        contexts["game"] = {"type": "game", **game}
    _add_words(said, properties)
    _add_own(said, own)


def _parse(xml: bytes) -> ElementTree.Element:
    """The context's root. Raises ValueError, LookupError and ParseError."""
    encoding = "utf-16" if xml[:2] == b"\xff\xfe" else "utf-8"
    text = xml[:_MOST_XML_BYTES].decode(encoding).strip("\0 \r\n\t\ufeff")
    if "<!DOCTYPE" in text:
        raise ValueError("a context has no document type")
    return ElementTree.fromstring(text)  # noqa: S314 - without a document type, no entities


def _properties(node: ElementTree.Element | None) -> dict[str, str]:
    """The texts below a node by their tags."""
    found = {}
    for child in list(node if node is not None else ())[:_MOST_PROPERTIES]:
        if child.text and child.text.strip():
            found[child.tag[:100]] = child.text.strip()[:_MOST_CHARACTERS]
    return found


def _add_words(said: Tree, properties: dict[str, str]) -> None:
    message = properties.get("ErrorMessage", "")
    if message:
        said["message"] = message
    if properties.get("LoginId") or properties.get("UserName"):
        who = {"id": properties.get("LoginId"), "username": properties.get("UserName")}
        said["user"] = {key: value for key, value in who.items() if value}
    if properties.get("Misc.PrimaryGPUBrand"):
        said["contexts"]["gpu"] = {"type": "gpu", "name": properties["Misc.PrimaryGPUBrand"]}
    if said.get("exception"):
        return
    said["exception"] = {"values": [_exception(properties, message)]}


def _exception(properties: dict[str, str], message: str) -> Tree:
    """What the engine itself says of the crash."""
    is_survived = properties.get("IsEnsure") == "true"
    value: Tree = {
        "type": properties.get("CrashType") or "Crash",
        "value": message or "The program crashed",
        "mechanism": {"type": "unreal", "handled": is_survived, "synthetic": True},
    }
    lines = properties.get("PCallStack", "").splitlines()
    calls = [found for line in lines if (found := _CALL.match(line))]
    if calls:
        value["stacktrace"] = {"frames": [_frame(one) for one in calls[:_MOST_CALLS]][::-1]}
    return value


def _frame(call: re2._Match[str]) -> Tree:
    start, offset = int(call[2], 16), int(call[3], 16)
    return {"package": call[1], "instruction_addr": hex(start + offset), "image_addr": hex(start)}


def _add_own(said: Tree, text: str) -> None:
    """What the game has put there for its event, as JSON."""
    try:
        event = msgspec.json.decode(text) if text else {}
    except (msgspec.DecodeError, RecursionError):
        return
    for name in ("release", "environment", "user") if isinstance(event, dict) else ():
        if event.get(name):
            said[name] = event[name]
