"""Frames and exceptions of Java and Kotlin through a ProGuard or R8 mapping."""

from __future__ import annotations

from typing import Any, TypeAlias

from symbolic.exceptions import SymbolicError
from symbolic.proguard import JavaStackFrame

from vedette.symbols.mapping import Mapping

Tree: TypeAlias = dict[str, Any]

_MOST_INLINED = 64
_MOST_NAME = 2000


def remap_frame(frame: Tree, mapping: Mapping) -> list[Tree]:
    """The frames that stand for one, callers first; none where the mapping does not change it."""
    module, function = frame.get("module"), frame.get("function")
    if not (isinstance(module, str) and isinstance(function, str) and module):
        return []
    if len(module) > _MOST_NAME or len(function) > _MOST_NAME:
        return []
    line = frame.get("lineno")
    line = line if isinstance(line, int) and 0 < line < 1 << 31 else 0
    try:
        found = mapping.remap_frame(module, function, line)[:_MOST_INLINED]
        if found:
            return [_placed(frame, one) for one in reversed(found)]
        return _named(frame, mapping, module, function)
    except SymbolicError:
        return []


def remap_class(module: str, name: str, mapping: Mapping) -> tuple[str, str] | None:
    """Package and name of an exception's class; None where the mapping does not change it."""
    whole = f"{module}.{name}" if module else name
    if not name or len(whole) > _MOST_NAME:
        return None
    try:
        found = mapping.remap_class(whole)
    except SymbolicError:
        return None
    if not found or found == whole:
        return None
    package, _, short = found[:_MOST_NAME].rpartition(".")
    return package, short


def _placed(frame: Tree, found: JavaStackFrame) -> Tree:
    """A frame with its original class, method, file and line."""
    file = found.file or _file_of(found.class_name)
    made = {**frame, "module": found.class_name[:_MOST_NAME], "function": found.method[:_MOST_NAME]}
    made.pop("lineno", None)
    if found.line:
        made["lineno"] = found.line
    made["filename"] = made["abs_path"] = file[:_MOST_NAME]
    return made


def _named(frame: Tree, mapping: Mapping, module: str, function: str) -> list[Tree]:
    """The frame with what can be said without its line: the method if it is the only one of that
    name, else the class."""
    method = mapping.remap_method(module, function)
    if method is not None:
        module, function = method[0][:_MOST_NAME], method[1][:_MOST_NAME]
        return [{**frame, "module": module, "function": function, **_file(module)}]
    original = (mapping.remap_class(module) or "")[:_MOST_NAME]
    if original:
        return [{**frame, "module": original, **_file(original)}]
    return []


def _file(class_name: str) -> Tree:
    return {"filename": (name := _file_of(class_name)), "abs_path": name}


def _file_of(class_name: str) -> str:
    """The file a class is most likely in; Kotlin's file classes say so themselves."""
    name = class_name.rpartition(".")[2].partition("$")[0]
    return f"{name.removesuffix('Kt')}.kt" if name.endswith("Kt") else f"{name}.java"
