"""Which spool it is: positions are of one spool, and several may note theirs in the same metadata.

Nodes that share a database have writers of the same names, and so has a new folder that begins
where another one was lost. The name of the spool lies in its folder and goes wherever that goes.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Final

_FILE: Final = "identity"
_NAME: Final = re.compile(rb"[0-9a-f]{16}")


def identity_of(spool_folder: Path) -> str:
    """The name of the spool, made by who comes first, on disk when it returns.

    Empty for a spool that had writers before spools had names, and for one whose name is damaged.
    To be called before a writer's folder is made.
    """
    known = _read(spool_folder)
    if known or _has_writers(spool_folder):
        return known or _read(spool_folder)
    spool_folder.mkdir(parents=True, exist_ok=True)
    temporary = _write(spool_folder, new_name())
    try:
        os.link(temporary, spool_folder / _FILE)
    except FileExistsError:  # another process has made it meanwhile
        pass
    finally:
        temporary.unlink()
    _sync(spool_folder)
    return _read(spool_folder)


def new_name() -> str:
    """One that no spool has."""
    return secrets.token_hex(8)


def rename(spool_folder: Path, name: str) -> None:
    """Call the spool so from here on; on disk when it returns."""
    os.replace(_write(spool_folder, name), spool_folder / _FILE)
    _sync(spool_folder)


def _write(spool_folder: Path, name: str) -> Path:
    temporary = spool_folder / f"{_FILE}.{secrets.token_hex(4)}"
    with temporary.open("x") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _read(spool_folder: Path) -> str:
    try:
        written = (spool_folder / _FILE).read_bytes().strip()
    except FileNotFoundError:
        return ""
    return written.decode() if _NAME.fullmatch(written) else ""


def _has_writers(spool_folder: Path) -> bool:
    return any(path.is_dir() for path in spool_folder.glob("*"))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
