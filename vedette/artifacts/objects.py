"""What a debug file says of itself: which program it is of, for which processor, and its use."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from symbolic.debuginfo import Archive, Object
from symbolic.exceptions import SymbolicError

_MAPPING = re.compile(rb"^\S.* -> \S+:$", re.MULTILINE)
_HEAD_BYTES = 64 << 10
_BUNDLE = b"SYSB"


class NoDebugFile(ValueError):
    """The file is none of the formats known; the text says so to whoever uploaded it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadObject:
    """One program or mapping in a debug file."""

    debug_id: str
    code_id: str = ""
    cpu: str = ""
    symbol_type: str
    kind: str = ""
    features: list[str]


def read_objects(path: Path, debug_id: str) -> list[ReadObject]:
    """The programs in a file. Raises NoDebugFile.

    What symbolic does not read is known by its head: mappings of ProGuard and of il2cpp, and
    JVM source bundles, whose id only the client knows.
    """
    try:
        objects = [_read(one) for one in Archive.open(str(path)).iter_objects()]
    except SymbolicError:
        objects = []
    if objects:
        return objects
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_BUNDLE) or zipfile.is_zipfile(path):
        return [ReadObject(debug_id=debug_id, symbol_type="sourcebundle", features=["sources"])]
    if debug_id and _MAPPING.search(head):
        return [ReadObject(debug_id=debug_id, symbol_type="proguard", features=["mapping"])]
    if debug_id and head[:1] in (b"{", b"["):
        return [ReadObject(debug_id=debug_id, symbol_type="il2cpp", features=["mapping"])]
    raise NoDebugFile("The file is no debug file of a known format.")


def _read(found: Object) -> ReadObject:
    return ReadObject(
        debug_id=found.debug_id,
        code_id=found.code_id or "",
        cpu=found.arch,
        symbol_type=found.file_format,
        kind=found.kind,
        features=sorted(found.features),
    )
