"""JavaScript on a server (Node, Deno, Bun): one engine, so receivers are reliable."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.chunks import chunk_name
from vedette.pipeline.grouping.languages._scripts import (
    BUILT_IN_FILES,
    EVALUATED,
    TRANSPILED,
    script_function,
    script_path,
)
from vedette.pipeline.grouping.naming import (
    Language,
    Name,
    Role,
    describe,
    function_of,
    stable_path,
    without_ids,
)
from vedette.wire.event import Frame

_LIBRARY: Final = re.compile(r"(?:^|/)node_modules/|^node:|^internal/|^ext:|/webpack/bootstrap")


# The folders into which bundlers put what a server runs.
_BUNDLED: Final = re.compile(
    r"[./](?:\.?next|chunks|_nuxt|\.?output|\.?nuxt|\.?svelte-kit|_app|_astro|assets|\.?vercel|packs)[./]"
)


def clean(frame: Frame) -> Name:
    """Module or file, and function with its class."""
    sent = function_of(frame)
    source = frame.filename or frame.abs_path or ""
    if source in BUILT_IN_FILES:
        return Name(sent, "", Role.NOISE, "function built into the engine")
    function = script_function(sent, keep_class=True)
    if function in TRANSPILED or function in EVALUATED or sent.startswith("Generator."):
        return Name(sent, "", Role.NOISE, "made by the compiler or evaluated")
    module = frame.module or ""
    place = _module_place(module) if ":" in module else _file_place(_on_disk(source) or module)
    remark = describe(sent, function) or describe(module or source, place)
    return Name(function, place, Role.NAMED if function else Role.ANONYMOUS, remark)


def _module_place(module: str) -> str:
    """A module as the SDK names it: `folder.of.the.app:file`, from the application's root.

    A file that a person named may look like a hash (`b2b-cart`): only a bundler's is a chunk.
    """
    folder, _, name = module.rpartition(":")
    if _BUNDLED.search(f".{folder}.") is not None:
        name = chunk_name(name, folder)
    return f"{without_ids(folder)}:{name}"


def _file_place(path: str) -> str:
    """A file by its path; one that no bundler wrote keeps its name."""
    return script_path(path, is_source=_BUNDLED.search(f"/{path}") is None)


def _on_disk(source: str) -> str:
    """The file, by its package where it is a package's, else with all its folders."""
    path = source.removeprefix("file://").replace("\\", "/")
    _, is_package, package = f"/{path}".rpartition("/node_modules/")
    if is_package:
        return package
    return stable_path(path) if path.startswith("/") or path[1:2] == ":" else path


def root(frames: list[Frame | None]) -> str:
    """The application's folder: where `node_modules` lies, or from where modules are named.

    The SDK names a module without its folder when the program was started by somebody else's
    script (`next start`), so the file itself must tell.
    """
    found = ""
    for frame in frames:
        path = (frame.filename or "") if frame is not None else ""
        at = path.find("/node_modules/")
        if at > 0:
            if not found or at < len(found):
                found = path[: at + 1]
        elif not found and frame is not None and frame.module and ":" in frame.module:
            found = _before(path.rpartition("/")[0], frame.module.rpartition(":")[0])
    return found


def _before(folder: str, module: str) -> str:
    """What of a folder stands before the folders that a module's name is made of."""
    is_inside = module and folder.replace("/", ".").endswith(f".{module}")
    return folder[: len(folder) - len(module)] if is_inside else ""


def is_library(frame: Frame) -> bool:
    """Installed packages and the runtime's own modules."""
    return _LIBRARY.search(frame.abs_path or frame.filename or "") is not None


LANGUAGE: Final = Language(frozenset({"node", "deno", "bun"}), clean, is_library, root=root)
