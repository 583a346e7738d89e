"""How a language names a frame: the contract of the drawer `languages/`.

A language file holds one `LANGUAGE`. `clean` reduces a frame to the name that stays equal
across releases, machines and engines; `is_library` guesses, from paths and names, whether
a frame that no SDK marked belongs to somebody else's code. Both are pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final

import msgspec

from vedette.wire.event import Frame


class Role(StrEnum):
    """What a frame can say about a bug."""

    NAMED = "named"
    ANONYMOUS = "anonymous"
    ENTRY = "entry point"
    NOISE = "noise"


class Name(msgspec.Struct, frozen=True, gc=False):
    """A frame's stable name. `remark` says in words what was normalised, or is empty.

    `place` (module, class, file or package) may be empty when `function` says it all. A
    closure has no name but that of the function it stands in, so its source line counts too;
    `first_line` is where it begins, if its name says so.
    """

    function: str
    place: str
    role: Role = Role.NAMED
    remark: str = ""
    is_closure: bool = False
    first_line: int = 0


class Language(msgspec.Struct, frozen=True):
    """One kind of the drawer. `platforms` are the values of `platform` it answers to.

    `root` finds in the frames of a stack the folder the application lies in, or nothing; what
    lies in it is named from there. `closure_lines` is how far apart two closures of a function
    must lie to be told apart by line number alone.
    """

    platforms: frozenset[str]
    clean: Callable[[Frame], Name]
    is_library: Callable[[Frame], bool]
    root: Callable[[list[Frame | None]], str] | None = None
    closure_lines: int = 8


_HASHED: Final = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?=[a-f]*[0-9])[0-9a-f]{8,64}|[0-9]{4,})(?![0-9a-zA-Z])"
)
_LONG_ID: Final = re.compile(_HASHED.pattern.replace("[0-9]{4,}", "[0-9]{6,}"))
_VERSION_SEGMENT: Final = re.compile(r"^v?\d+\.\d+[\w.+-]*$|^r?\d+$")
_HOSTING: Final = re.compile(
    r"^(?:[A-Za-z]:)?/(?:(?:var/www/html|var/www/vhosts|var/www|var/task|usr/src/app|usr/src"
    r"|usr/local/src|srv|opt|app|code|workspaces?|data|mnt|root|home/[^/]+|Users/[^/]+"
    r"|inetpub/wwwroot|tmp|builds?)/)?"
)
# Where a program that is one file lies: a PHP archive, what PyInstaller unpacks.
_UNPACKED: Final = re.compile(r"^phar://.*?/(?=[^/]+\.phar(?:/|$))|^.*/_MEI\w+/")
_RELATIVE: Final = frozenset({"", ".", ".."})
_RELEASE_FOLDERS: Final = _RELATIVE | {"current", "releases"}
_PACKAGE_VERSION: Final = re.compile(r"(?<=[a-zA-Z])[-@]v?\d+(?:\.\w+)+(?=/|$)")


def function_of(frame: Frame) -> str:
    """The function as sent, or an empty string."""
    return frame.function or frame.raw_function or frame.symbol or ""


def path_of(frame: Frame) -> str:
    """The file as sent, with forward slashes, or an empty string."""
    return (frame.filename or frame.abs_path or "").replace("\\", "/")


def without_hashes(name: str) -> str:
    """`name` with hexadecimal ids, uuids and long numbers replaced by `<hash>`."""
    return _HASHED.sub("<hash>", name)


def without_ids(name: str) -> str:
    """`name` without hashes; fewer than six digits are of the name: `form_1040`, `tax.2024`."""
    return _LONG_ID.sub("<hash>", name)


def stable_path(path: str) -> str:
    """`path` without what changes from one deployment to the next.

    Release folders, versions of packages and hashes are taken out, and of an absolute path
    the folder in which servers keep applications (`/var/www`, `/home/alice`).
    """
    if path.startswith(("phar:", "/", "C:")):
        path = _UNPACKED.sub("", path)
    path = _PACKAGE_VERSION.sub("", path)
    dropped = _RELATIVE
    if path.startswith("/") or path[1:2] == ":":
        path, dropped = _HOSTING.sub("", path, count=1), _RELEASE_FOLDERS
    parts = [part for part in path.split("/") if part not in dropped]
    parts = [part for part in parts[:-1] if not _VERSION_SEGMENT.match(part)] + parts[-1:]
    return without_hashes("/".join(parts))


def describe(before: str, after: str) -> str:
    """The remark for a name that was normalised; empty when nothing changed."""
    return "" if before == after else f"generated name normalised: {before} -> {after}"
