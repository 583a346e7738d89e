"""The paths of files, as frames, commits and people write them, compared with each other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z+.-]+):(?P<slashes>/*)", re.IGNORECASE | re.ASCII)
_ROOTED = re.compile(r"/|[a-z]:/|[a-z][a-z+.-]+:", re.IGNORECASE | re.ASCII)
_MOST_CHARACTERS = 1024


@dataclass(frozen=True, slots=True)
class FramePlace:
    """Where a frame says that it is: its file's name as each part of it tells, and the line."""

    names: tuple[str, ...]
    line: int | None = None

    @property
    def name(self) -> str:
        """The name that people know it by."""
        return self.names[0]


def frame_place(file: str, path: str, module: str, line: int | None) -> FramePlace | None:
    """The place of a frame with this `filename`, `abs_path` and `module`; None without a file."""
    found = [*_spellings(_of_module(module, file)), *_spellings(file), *_spellings(path)]
    names = tuple(dict.fromkeys(name for name in found if name and not is_outside(name)))
    return FramePlace(names, line if line and line > 0 else None) if names else None


def place_of(frame: Mapping[str, Any]) -> FramePlace | None:
    """The place of a frame as it is stored."""
    line = frame.get("lineno")
    return frame_place(
        _text(frame.get("filename")),
        _text(frame.get("abs_path")),
        _text(frame.get("module")),
        line if isinstance(line, int) and not isinstance(line, bool) else None,
    )


def is_outside(path: str) -> bool:
    """Whether a path could lead out of where it is meant to be, or is no file's."""
    return ".." in path.split("/") or path.startswith("<") or path.endswith("/")


def shared_tail(one: str, other: str) -> int:
    """How many last parts two paths have in common."""
    count = 0
    for mine, theirs in zip(reversed(_parts(one)), reversed(_parts(other)), strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def is_same_file(name: str, path: str) -> bool:
    """Whether a frame's name may mean a repository's file: one is the end of the other.

    A lone file name is not enough, but for a file that lies in no folder on either side.
    """
    name = name.lstrip("/")
    is_end = "/" in name and path.endswith(f"/{name}")
    return name == path or is_end or ("/" in path and name.endswith(f"/{path}"))


def without_tail(path: str, count: int) -> str:
    """What stands before the last parts of a path."""
    parts = path.split("/")
    root = "/".join(parts[: len(parts) - count])
    return f"{root}/" if root or path.startswith("/") else ""


def base_name(path: str) -> str:
    """The last part."""
    return path.rpartition("/")[2]


def below(root: str, path: str) -> str | None:
    """What of the path lies below a root; None if it does not. No root holds relative paths."""
    root = root.replace("\\", "/")
    if not path.startswith(root) or (not root and _ROOTED.match(path)):
        return None
    rest = path[len(root) :]
    return rest.lstrip("/") if not root or root.endswith("/") or rest.startswith("/") else None


def joined(root: str, rest: str) -> str:
    """A path below a root of a repository."""
    folder = root.replace("\\", "/").strip("/")
    folder = "" if folder == "." else folder.removeprefix("./")
    return f"{folder}/{rest}" if folder else rest


def _spellings(path: str) -> list[str]:
    """The path without what a bundler puts before it, and as it was written."""
    written = path.replace("\\", "/").partition("?")[0][:_MOST_CHARACTERS].strip()
    return [_bare(written), written] if written else []


def _bare(path: str) -> str:
    """`webpack://shop/./src/a.ts` as `src/a.ts`; what the web served has no other name."""
    found = _SCHEME.match(path)
    if found and found["scheme"].lower() not in ("http", "https"):
        is_local = found["scheme"].lower() == "file"
        path = ("/" if is_local else "") + path[found.end() :].rpartition("/./")[2]
    while path.startswith("./"):
        path = path[2:]
    return path


def _of_module(module: str, file: str) -> str:
    """A JVM class names the folder that its file lies in."""
    suffix = file.rpartition(".")[2]
    if suffix not in ("java", "kt", "scala", "groovy") or "/" in file or "." not in module:
        return ""
    return module.partition("$")[0].rpartition(".")[0].replace(".", "/") + "/" + file


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
