"""A minidump as what an event says: exception, threads, images, system."""

from __future__ import annotations

from typing import Any, TypeAlias

from vedette.crashes.frame_info import AskFrameInfo, Effort, Rules, has_none
from vedette.crashes.minidump import Minidump, Thread
from vedette.crashes.modules import ModuleMap
from vedette.crashes.reasons import crash_reason
from vedette.crashes.registers import LAYOUTS, read_registers
from vedette.crashes.unwinding import Code, Found, RulesAt, unwind

Tree: TypeAlias = dict[str, Any]

_MOST_FRAMES = 3000  # of the threads that did not crash


def describe(dump: Minidump, ask: AskFrameInfo = has_none) -> Tree:
    """The parts of an event that the dump knows; `ask` is asked once, for all its modules."""
    modules = ModuleMap(dump.modules)
    code = Code(modules, dump.executable)
    info_of, effort = ask(dump.modules), Effort()

    def rules_at(address: int) -> Rules:
        module = modules.at(address)
        info = info_of(module) if module is not None else None
        return info.rules(address - module.start, effort) if module is not None and info else {}

    crashed = _crashed(dump)
    reason = crash_reason(dump)
    has_crashed = reason.type != "Minidump"
    threads, trace = [], None
    left = _MOST_FRAMES
    for thread in dump.threads:
        is_it = thread.id == crashed
        context = dump.exception.context if is_it and dump.exception is not None else b""
        stack = (
            _stacktrace(dump, context or thread.context, modules, (code, rules_at))
            if is_it or left > 0
            else None
        )
        if stack is not None and not is_it:
            del stack["registers"]
        held: Tree = {
            "id": thread.id,
            "name": thread.name or None,
            "crashed": is_it and has_crashed,
        }
        held["current"] = is_it
        if is_it:
            trace = stack
        elif stack is not None:
            held["stacktrace"] = stack
            left -= len(stack["frames"])
        threads.append({key: value for key, value in held.items() if value is not None})
    exception: Tree = {
        "type": reason.type,
        "value": reason.value,
        "thread_id": crashed,
        "stacktrace": trace,
        "mechanism": {
            "type": "minidump",
            "handled": not has_crashed,
            "synthetic": True,
            "meta": reason.meta,
        },
    }
    made: Tree = {
        "exception": {"values": [{k: v for k, v in exception.items() if v is not None}]},
        "threads": {"values": threads},
        "images": _images(dump),
        "contexts": _contexts(dump),
    }
    if dump.timestamp:
        made["timestamp"] = dump.timestamp
    return made


def _crashed(dump: Minidump) -> int | None:
    """The thread that the dump is about."""
    if dump.exception is not None:
        return dump.exception.thread_id
    first: list[Thread] = dump.threads[:1]
    return dump.requesting if dump.requesting is not None else first[0].id if first else None


def _stacktrace(
    dump: Minidump, context: bytes, modules: ModuleMap, ways: tuple[Code, RulesAt]
) -> Tree | None:
    """The frames of a thread, the oldest call first, and its registers; None without those."""
    registers = read_registers(context, dump.system.arch)
    if not registers:
        return None
    found = unwind(registers, LAYOUTS[dump.system.arch], dump.memory, *ways)
    width = 2 * dump.system.word_bytes
    return {
        "frames": [_frame(one, modules) for one in reversed(found)],
        "registers": {name: f"0x{value:0{width}x}" for name, value in registers.items()},
    }


def _frame(found: Found, modules: ModuleMap) -> Tree:
    module = modules.at(found.address)
    frame = {"instruction_addr": hex(found.address), "trust": found.trust}
    if module is not None:
        frame["package"] = module.name
    return frame


def _images(dump: Minidump) -> list[Tree]:
    made = []
    for module in dump.modules:
        image = {
            "type": dump.system.image_type,
            "image_addr": hex(module.start),
            "image_size": module.size,
            "code_file": module.name,
            "debug_id": module.debug_id,
            "code_id": module.code_id,
            "debug_file": module.debug_file,
            "arch": dump.system.arch,
        }
        made.append({key: value for key, value in image.items() if value})
    return made


def _contexts(dump: Minidump) -> Tree:
    system = dump.system
    os = {"type": "os", "name": system.name, "version": system.version, "build": system.build}
    made: Tree = {}
    if system.name:
        made["os"] = {key: value for key, value in os.items() if value}
    if system.arch:
        made["device"] = {"type": "device", "arch": system.arch}
    return made
