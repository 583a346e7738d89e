"""The files of a checkout: what is read, what is skipped and why.

Goes only below the folder: a link is not followed, what it leads to is either met anyway or lies
outside, which is said. Folders are listed one at a time, so memory does not grow with the number
of files; nothing but regular files is ever opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import msgspec

from vedette.audit.ignoring import Ignoring
from vedette.audit.languages import by_suffix
from vedette.audit.opening import bytes_of

MOST_BYTES = 1 << 20

# What others wrote or tools made. Names that a team may use for its own code stand in `.gitignore`.
_FOLDERS = frozenset(
    (
        *("node_modules", "bower_components", "jspm_packages", "vendor", "third_party", "Pods"),
        *("thirdparty", "3rdparty", "3rdParty"),
        *(
            "dist",
            "build",
            "built",
            "out",
            "target",
            "coverage",
            "htmlcov",
            "site-packages",
            "eggs",
        ),
        *("__pycache__", "venv", "env", "virtualenv", "__generated__", "__snapshots__"),
    )
)
# Folders that begin with a dot are tools' own, but these, which say how a project is built.
_DOTTED = frozenset((".github", ".gitlab", ".circleci", ".storybook"))
_MINIFIED = re.compile(
    r"[.-](?:min|bundle|chunk|umd|iife|prod)\.(?:js|mjs|cjs)$|\.d\.[mc]?ts$"
    r"|[.-](?:[0-9a-f]{8,64}|(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{8})\.(?:js|mjs|cjs)$"
)
_MANIFEST = re.compile(
    r"(?:package|vercel|turbo|lerna|nx|composer|angular|app|now)\.json|pnpm-workspace\.yaml"
    r"|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|requirements[\w.-]*\.(?:txt|in)|go\.mod|go\.work"
    r"|pom\.xml|build\.gradle(?:\.kts)?|Gemfile|[\w.-]*\.gemspec|Procfile|fly\.toml|render\.yaml"
    r"|(?:[\w.-]*\.)?Dockerfile(?:\.[\w.-]+)?|(?:docker-)?compose[\w.-]*\.ya?ml|serverless\.ya?ml"
    r"|\.env[\w.-]*|README[\w.]*|\.gitattributes|audit\.toml|index\.html|\.sentryclirc"
    r"|\.gitlab-ci\.yml|wrangler\.toml|netlify\.toml|app\.ya?ml|Makefile"
)
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


class Source(msgspec.Struct, frozen=True):
    """A file that is read; `name` is what the system calls it, `path` how it may be shown."""

    path: str
    name: str
    language: str  # empty for a manifest
    size_bytes: int


class Skipped(msgspec.Struct, frozen=True):
    """What is there and is not read."""

    path: str
    why: str


def shown(name: str) -> str:
    """A path without characters that would hide, move or colour what a terminal shows."""
    return _HIDDEN.sub(lambda found: f"\\x{ord(found[0]) & 0xFFFF:02x}", name)


def walk(root: str) -> Iterator[Source | Skipped]:
    """Every file below `root` that is of a language or a manifest, in the order of names."""
    whole = os.path.realpath(root)
    waiting = [("", Ignoring())]
    while waiting:
        folder, ignoring = waiting.pop()
        try:
            entries = sorted(os.scandir(os.path.join(whole, folder)), key=lambda one: one.name)
        except OSError as error:
            yield Skipped(shown(folder), f"cannot be listed: {error.strerror}")
            continue
        has_file = any(
            one.name == ".gitignore" and one.is_file(follow_symlinks=False) for one in entries
        )
        inner = ignoring.within(folder, whole, has_file)
        below: list[tuple[str, Ignoring]] = []
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                yield from _link(whole, path)
            elif entry.is_dir(follow_symlinks=False):
                if _is_ours(entry.name) and not inner.ignores(path, is_folder=True):
                    below.append((path, inner))
            elif entry.is_file(follow_symlinks=False):
                yield from _file(entry, path, inner)
        waiting += reversed(below)


def _is_ours(folder: str) -> bool:
    if folder.startswith("."):
        return folder in _DOTTED
    return folder not in _FOLDERS and not folder.endswith((".egg-info", ".xcassets"))


def _link(whole: str, path: str) -> Iterator[Skipped]:
    try:
        target = os.path.realpath(os.path.join(whole, path), strict=True)
    except OSError:
        yield Skipped(shown(path), "is a link to nothing, or to itself")
        return
    if os.path.commonpath((whole, target)) != whole:
        yield Skipped(shown(path), "is a link that leads out of the folder")


def _file(entry: os.DirEntry[str], path: str, ignoring: Ignoring) -> Iterator[Source | Skipped]:
    language = by_suffix().get(PurePosixPath(entry.name).suffix)
    is_manifest = _MANIFEST.fullmatch(entry.name) is not None or path.startswith(
        (".github/workflows/", ".circleci/")
    )
    if language is None and not is_manifest:
        return
    if ignoring.ignores(path, is_folder=False):
        return
    if _MINIFIED.search(entry.name):
        yield Skipped(shown(path), "is built, not written")
        return
    try:
        size = entry.stat(follow_symlinks=False).st_size
    except OSError as error:
        yield Skipped(shown(path), f"cannot be read: {error.strerror}")
        return
    if size > MOST_BYTES:
        yield Skipped(shown(path), f"has {size:,} bytes, more than {MOST_BYTES:,}")
        return
    if language is not None and entry.name != "setup.py":
        yield Source(shown(path), path, language.name, size)
    else:
        yield Source(shown(path), path, "", size)


def read(root: str, source: Source) -> bytes:
    """The bytes of a file, at most `MOST_BYTES`. Raises OSError."""
    return bytes_of(root, source.name, MOST_BYTES)
