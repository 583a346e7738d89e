"""Which spool it is: positions are of one spool, and several may note theirs in the same metadata.

Nodes that share a database have writers of the same names, and so has a new folder that begins
where another one was lost. The name of the spool lies in its folder and goes wherever that goes.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

_FILE = "identity"


def identity_of(spool_folder: Path) -> str:
    """The name of the spool, made by who comes first, on disk when it returns.

    Empty for a spool that had writers before spools had names. To be called before a writer's
    folder is made.
    """
    known = _read(spool_folder)
    if known or _has_writers(spool_folder):
        return known or _read(spool_folder)
    spool_folder.mkdir(parents=True, exist_ok=True)
    temporary = spool_folder / f"{_FILE}.{secrets.token_hex(4)}"
    with temporary.open("x") as file:
        file.write(secrets.token_hex(8))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, spool_folder / _FILE)
    except FileExistsError:  # another process has made it meanwhile
        pass
    finally:
        temporary.unlink()
    _sync(spool_folder)
    return _read(spool_folder)


def _read(spool_folder: Path) -> str:
    try:
        return (spool_folder / _FILE).read_text().strip()
    except FileNotFoundError:
        return ""


def _has_writers(spool_folder: Path) -> bool:
    return any(path.is_dir() for path in spool_folder.glob("*"))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
