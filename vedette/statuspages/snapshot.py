"""Public pages as files of a folder, which a plain web server hands out when this program is down.

`DATA/status/<slug>/` has what the page's own addresses have, with `index.html` for each folder.
A file is renamed into its place whole, and the first page last: what it leads to is there.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from vedette.statuspages import badges
from vedette.statuspages.rendering import FIGURES, File

FOLDER: Final = "status"
_WRITING: Final = ".writing"
_AWAY: Final = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Get updates</title>'
    '<link rel="stylesheet" href="../style.css"></head><body><main><h1>Get updates</h1>'
    "<p>This is a copy of the page, which takes no subscriptions. Come back a little later.</p>"
    '<p><a href="../">How things are</a></p></main></body></html>'
)


class Snapshots:
    """The folder of all pages. Remembers what it wrote, so that only what changed is written."""

    def __init__(self, data: Path) -> None:
        self._root = data / FOLDER
        self._written: dict[str, dict[str, bytes]] = {}

    def write(self, slug: str, files: Mapping[str, File]) -> int:
        """Make the folder of a page what it is now; returns how many files were written."""
        wanted = _on_disk(files)
        folder = self._root / slug
        held = self._written.get(slug, {})
        digests = {name: sha256(body).digest() for name, body in wanted.items()}
        changed = [
            name
            for name in wanted
            if held.get(name) != digests[name] or not (folder / name).is_file()
        ]
        for name in sorted(changed, key=lambda one: (one == "index.html", one)):
            _put(self._root, folder / name, wanted[name])
        _sweep(folder, wanted.keys())
        self._written[slug] = digests
        return len(changed)

    def keep_only(self, slugs: Collection[str]) -> None:
        """Take away the folders of pages that are gone, or private now."""
        if not self._root.is_dir():
            return
        for folder in self._root.iterdir():
            if folder.is_dir() and folder.name not in slugs:
                shutil.rmtree(folder, ignore_errors=True)
                self._written.pop(folder.name, None)


def _on_disk(files: Mapping[str, File]) -> dict[str, bytes]:
    made = {
        f"{path}index.html" if path == "" or path.endswith("/") else path: file.body
        for path, file in files.items()
        if path != FIGURES
    }
    figures = json.loads(files[FIGURES].body)
    for path in badges.paths_of(figures):
        drawn = badges.badge(figures, path)
        if drawn is not None:
            made[f"badge/{path}"] = drawn
    made["subscribe/index.html"] = _AWAY.encode()
    return made


def _put(root: Path, path: Path, body: bytes) -> None:
    """Whole, and for every user of the machine to read: it is what everybody may see."""
    for part in reversed(path.relative_to(root).parents):  # the outermost first
        if not (root / part).is_dir():
            (root / part).mkdir(parents=True, exist_ok=True)
            (root / part).chmod(0o755)
    writing = path.with_name(path.name + _WRITING)
    writing.write_bytes(body)
    writing.chmod(0o644)
    os.replace(writing, path)


def _sweep(folder: Path, wanted: Collection[str]) -> None:
    """What the page has no more: files, then the folders that are left empty."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in wanted:
            path.unlink(missing_ok=True)
