"""Apple's crash reports in their newer form (`.ips`): a line of JSON, and the report as JSON."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from vedette.crashes.bytes import clean

Tree: TypeAlias = dict[str, Any]

_MOST_THREADS = 256
_MOST_FRAMES = 512
_MOST_OTHER_FRAMES = 3000  # of the threads that did not crash
_MOST_IMAGES = 5000
_ARCHITECTURES = {"X86-64": "x86_64", "ARM-64": "arm64", "X86": "x86", "ARM": "arm"}
_WORD = 1 << 64


def read_json_report(data: bytes) -> Tree:
    """What the report says of its event. Raises ValueError for what is none."""
    _, _, body = data.partition(b"\n")
    try:
        held = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"the crash report is no JSON: {error}"[:200]) from None
    if not isinstance(held, dict) or not _list(held.get("threads")):
        raise ValueError("the crash report names no threads")
    images = [_image(one) for one in _list(held.get("usedImages"))[:_MOST_IMAGES]]
    left = _MOST_OTHER_FRAMES
    threads, exception = [], _exception(_dict(held.get("exception")))
    for index, one in enumerate(_list(held["threads"])):
        thread = _dict(one)
        is_it = thread.get("triggered") is True or held.get("faultingThread") == index
        if index >= _MOST_THREADS and (not is_it or "stacktrace" in exception):
            continue
        sent = _list(thread.get("frames"))[: _MOST_FRAMES if is_it or left > 0 else 0]
        frames = [_frame(frame, images) for frame in sent]
        trace: Tree = {"frames": frames[::-1]}
        made: Tree = {"id": index, "crashed": is_it, "current": is_it}
        if name := _text(thread.get("name")) or _text(thread.get("queue")):
            made["name"] = name
        if is_it and "stacktrace" not in exception:
            registers = _registers(_dict(thread.get("threadState")))
            exception |= {"thread_id": index, "stacktrace": {**trace, "registers": registers}}
        else:
            made["stacktrace"] = trace
            left -= len(frames)
        threads.append(made)
    return {
        "exception": {"values": [exception]},
        "threads": {"values": threads},
        "images": [image for image in images if image.get("image_addr")],
        "contexts": _contexts(held),
    }


def _exception(held: Tree) -> Tree:
    name = _text(held.get("type")) or "Crash"
    signal = _text(held.get("signal"))
    more = _text(held.get("subtype")) or _text(held.get("message")) or _text(held.get("codes"))
    meta: Tree = {"mach_exception": {"name": name}} if name.startswith("EXC_") else {}
    if signal:
        meta["signal"] = {"name": signal}
    return {
        "type": name,
        "value": ": ".join(part for part in (signal, more) if part),
        "mechanism": {
            "type": "applecrashreport",
            "handled": False,
            "synthetic": True,
            "meta": meta,
        },
    }


def _frame(held: object, images: list[Tree]) -> Tree:
    """A frame by its image and its place in it."""
    frame = _dict(held)
    index, offset = _number(frame.get("imageIndex")), _number(frame.get("imageOffset"))
    image = images[index] if index is not None and index < len(images) else {}
    start = int(image.get("image_addr", "0x0"), 16)
    made: Tree = {"instruction_addr": hex((start + (offset or 0)) % _WORD)}
    if image.get("code_file"):
        made["package"] = image["code_file"]
    if symbol := _text(frame.get("symbol")):
        made["function"] = symbol
    if (file := _text(frame.get("sourceFile"))) and _number(frame.get("sourceLine")):
        made["filename"], made["lineno"] = file, frame["sourceLine"]
    return made


def _image(held: object) -> Tree:
    image = _dict(held)
    start, size = _number(image.get("base")), _number(image.get("size"))
    made = {
        "type": "macho",
        "image_addr": hex(start) if start else "",
        "image_size": size,
        "debug_id": _text(image.get("uuid")).lower(),
        "code_file": _text(image.get("path")) or _text(image.get("name")),
        "arch": _text(image.get("arch")),
    }
    return {key: value for key, value in made.items() if value}


def _registers(state: Tree) -> dict[str, str]:
    """The registers: `x` is a list, the others have names of their own."""
    numbered = [(f"x{at}", _dict(one)) for at, one in enumerate(_list(state.get("x"))[:31])]
    named = [(name[:8], _dict(one)) for name, one in list(state.items())[:60] if name != "x"]
    found = ((name, _number(one.get("value"))) for name, one in (*numbered, *named))
    return {name: hex(value) for name, value in found if value is not None}


def _contexts(held: Tree) -> Tree:
    system, app = _dict(held.get("osVersion")), _dict(held.get("bundleInfo"))
    name, _, version = _text(system.get("train")).rpartition(" ")
    parts = {
        "os": {"name": name, "version": version, "build": _text(system.get("build"))},
        "device": {
            "arch": _ARCHITECTURES.get(_text(held.get("cpuType")), ""),
            "model": _text(held.get("modelCode")),
        },
        "app": {
            "app_identifier": _text(app.get("CFBundleIdentifier")),
            "app_version": _text(app.get("CFBundleShortVersionString")),
        },
    }
    filled = {key: {k: v for k, v in part.items() if v} for key, part in parts.items()}
    return {key: {"type": key, **part} for key, part in filled.items() if part}


def _dict(value: object) -> Tree:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return clean(value)[:500] if isinstance(value, str) else ""


def _number(value: object) -> int | None:
    is_one = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _WORD
    return value if is_one else None  # type: ignore[return-value]
