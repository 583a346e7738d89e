"""Python: modules, comprehensions that newer versions inline, code made by `exec`."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import (
    Language,
    Name,
    Role,
    describe,
    function_of,
    path_of,
    stable_path,
    without_hashes,
    without_ids,
)
from vedette.wire.event import Frame

_INLINED: Final = frozenset({"<listcomp>", "<dictcomp>", "<setcomp>"})
_UNIMPORTED: Final = frozenset({"", "__main__", "__mp_main__", "builtins"})
_NUMBERS: Final = re.compile(r"\d+")
_ENTRY_FILE: Final = re.compile(r"(?:^|/)(?:manage|wsgi|asgi|__main__)\.py$")
_LIBRARY: Final = re.compile(
    r"(?:site|dist)-packages/|/lib(?:64)?/python\d|/lib/pypy|[/\\]Lib[/\\]|^<frozen |^<__array_func"
)


def clean(frame: Frame) -> Name:
    """Module and function; a script run as `__main__` gets the name it has when imported."""
    sent = function_of(frame)
    function = sent.replace(".<locals>", "")
    path = path_of(frame)
    if function.rpartition(".")[2] in _INLINED:
        return Name(function, "", Role.NOISE, "comprehension: Python 3.12 inlines these")
    place = frame.module or ""
    if path.startswith("<") or "/ipykernel_" in path:
        return _made_by_exec(sent, function, path, place)
    if place in _UNIMPORTED:
        place = _module_from(path if place else stable_path(path))
    place = _of_function(frame, path) or place
    role = Role.ENTRY if _is_entry(function, frame.module, path) else Role.NAMED
    function = without_ids(function)
    remark = describe(sent, function)
    return Name(function, place, role, remark, is_closure=function.endswith("<lambda>"))


def _of_function(frame: Frame, path: str) -> str:
    """The module of a file of AWS Lambda that lies deeper than its name says: `orders/app.py`."""
    module, below = frame.module or "", (frame.abs_path or path).partition("/var/task/")[2]
    below = below if frame.abs_path else path
    if not module or "." in module or "/" not in below or path[:1] in "/<":
        return ""
    name = _module_from(below)
    return name if name.endswith(f".{module}") else ""


def _is_entry(function: str, module: str | None, path: str) -> bool:
    """True for the body of the script that was started, and for its `main`."""
    started = module in ("__main__", "__mp_main__") or _ENTRY_FILE.search(path) is not None
    return started and function in ("<module>", "main")


def _made_by_exec(sent: str, function: str, path: str, place: str) -> Name:
    """Code without a file: numbers in its names come from a counter or from data."""
    function = _NUMBERS.sub("<int>", function)
    if place in _UNIMPORTED:
        place = _NUMBERS.sub("<int>", without_hashes(path))
    return Name(function, place, remark=describe(sent, function))


def _module_from(path: str) -> str:
    """The dotted module of a file: the whole path when relative, else its last part."""
    stem = path.removesuffix(".py").removesuffix(".pyc")
    if stem.startswith("/") or stem[1:2] == ":":
        stem = stem.rpartition("/")[2]
    return without_hashes(stem.removeprefix("./").removesuffix("/__init__")).replace("/", ".")


def is_library(frame: Frame) -> bool:
    """Installed packages, the standard library and frozen modules."""
    path = frame.abs_path or frame.filename or ""
    return _LIBRARY.search(path) is not None


LANGUAGE: Final = Language(frozenset({"python"}), clean, is_library)
