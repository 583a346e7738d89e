"""What a debug file says of itself, and what frames are read through, made of it.

For the process of `vedette.symbols.conversion`: a hostile file may end it.
"""

from __future__ import annotations

import errno
import hashlib
import re
import uuid
import zipfile
from pathlib import Path

import msgspec
from symbolic.debuginfo import Archive, Object
from symbolic.exceptions import SymbolicError

from vedette.symbols.portable import PortablePdb

_MAPPING = re.compile(rb"^\S.* -> \S+:[ \t]*\r?$", re.MULTILINE)
_WITH_LINES = re.compile(rb"[ \t]+\d+:\d+:")
_MAPPINGS = uuid.uuid5(uuid.NAMESPACE_DNS, "guardsquare.com")  # as sentry-cli makes their ids
_HEAD_BYTES = 1 << 20
MOST_CACHE_BYTES = 192 << 20
_MOST_FRAME_INFO_BYTES = 64 << 20
_MOST_OBJECTS = 32
_MOST_SOURCES = 200_000
_BUNDLE = b"SYSB"


class NoDebugFile(ValueError):
    """The file is none of the formats known; the text says so to whoever uploaded it."""


class ReadObject(msgspec.Struct, kw_only=True):
    """One program, mapping or bundle of sources in a debug file.

    `symbols` is the name of the file with its symbol cache in the folder that was given,
    `frame_info` of that with its call frame information; `fault` says why there is no symbol
    cache though there should be.
    """

    debug_id: str
    code_id: str = ""
    cpu: str = ""
    symbol_type: str
    kind: str = ""
    features: list[str] = []
    symbols: str = ""
    frame_info: str = ""
    fault: str = ""


def read_objects(path: Path, debug_id: str, folder: Path) -> list[ReadObject]:
    """The programs in a file, their symbol caches written into `folder`. Raises NoDebugFile.

    What symbolic does not read as a program is known by its head: mappings of ProGuard and of
    il2cpp, and JVM source bundles, whose id only the client knows.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_BUNDLE):
        return [_read_bundle(path, debug_id)]
    found, fault = _read_programs(path, folder)
    if found:
        return found
    if _MAPPING.search(head):
        return [_read_mapping(path, debug_id)]
    if debug_id and head[:1] in (b"{", b"["):
        return [ReadObject(debug_id=debug_id, symbol_type="il2cpp", features=["mapping"])]
    if head.startswith(b"BCSymbolMap"):
        return [ReadObject(debug_id=debug_id, symbol_type="bcsymbolmap", features=["mapping"])]
    detail = f" ({fault})" if fault else ""
    raise NoDebugFile(
        "The file is no debug file of a known format: ELF, Mach-O, PE, PDB, portable PDB, "
        f"WebAssembly, Breakpad, a source bundle or a ProGuard mapping{detail}."
    )


def _read_programs(path: Path, folder: Path) -> tuple[list[ReadObject], str]:
    """The programs in an archive, a fat one has several, and why there are none."""
    try:
        objects = list(Archive.open(str(path)).iter_objects())
    except SymbolicError as error:
        return [], _short(error)
    if len(objects) == 1 and objects[0].file_format == "portablepdb":
        return [_read_portable(objects[0], path, folder / "0")], ""
    if len(objects) > _MOST_OBJECTS:
        raise NoDebugFile(f"The file holds {len(objects)} programs; {_MOST_OBJECTS} are allowed.")
    made = [_read(one, folder / str(at)) for at, one in enumerate(objects) if _has_id(one)]
    if objects and not made:
        raise NoDebugFile(
            "The program carries no id, so no event can name it. Link it with an id "
            "(`-Wl,--build-id`, `/DEBUG`), WebAssembly: `wasm-split --build-id`."
        )
    return made, ""


def _has_id(found: Object) -> bool:
    return bool(found.code_id) or found.debug_id.strip("0-") != ""


def _read(found: Object, target: Path) -> ReadObject:
    made = ReadObject(
        debug_id=found.debug_id.lower() if found.debug_id.strip("0-") else "",
        code_id=(found.code_id or "").lower(),
        cpu=found.arch,
        symbol_type=found.file_format,
        kind=found.kind,
        features=sorted(found.features),
    )
    if "debug" in made.features or "symtab" in made.features:
        try:
            cache = found.make_symcache()
            with target.open("wb") as file:
                cache.dump_into(file)  # type: ignore[no-untyped-call]
            made.symbols = target.name
        except SymbolicError as error:
            made.fault = f"its symbols cannot be read: {_short(error)}"
        except OSError as error:
            if error.errno != errno.EFBIG:
                raise
            target.unlink()
            made.fault = f"its symbol cache would be larger than {MOST_CACHE_BYTES >> 20} MB"
    if "unwind" in made.features or found.file_format == "pe":
        made.frame_info = _write_frame_info(found, target.with_name(f"{target.name}.cfi"))
    return made


def _write_frame_info(found: Object, target: Path) -> str:
    """The name of the file with its call frame information; empty for one that has none, or
    more than the pipeline could hold."""
    try:
        text = found.make_cficache().open_stream().read()
    except SymbolicError:
        return ""  # stacks are walked without it
    if not text or len(text) > _MOST_FRAME_INFO_BYTES:
        return ""
    target.write_bytes(text)
    return target.name


def _read_portable(found: Object, path: Path, target: Path) -> ReadObject:
    """A portable PDB is read as it is: it is its own symbol cache."""
    made = ReadObject(
        debug_id=found.debug_id.lower(), symbol_type="portablepdb", kind="dbg", features=["debug"]
    )
    try:
        data = path.read_bytes()
        PortablePdb(data)
        target.write_bytes(data)
        made.symbols = target.name
    except ValueError as error:
        made.fault = f"its symbols cannot be read: {_short(error)}"
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        target.unlink()
        made.fault = f"it is larger than {MOST_CACHE_BYTES >> 20} MB"
    return made


def _read_bundle(path: Path, debug_id: str) -> ReadObject:
    """A source bundle, by the id that it names, or that the client does. Raises NoDebugFile."""
    _check_bundle(path)
    try:
        for one in Archive.open(str(path)).iter_objects():
            return ReadObject(
                debug_id=(debug_id or one.debug_id).lower(),
                code_id=(one.code_id or "").lower(),
                cpu=one.arch,
                symbol_type="sourcebundle",
                kind="src",
                features=["sources"],
            )
    except SymbolicError:
        pass  # one of a JVM program has no id of its own
    if not debug_id:
        raise NoDebugFile("The source bundle names no debug id.")
    return ReadObject(
        debug_id=debug_id, symbol_type="sourcebundle", kind="src", features=["sources"]
    )


def _check_bundle(path: Path) -> None:
    """Raises NoDebugFile for what the pipeline could not open within its memory."""
    try:
        with zipfile.ZipFile(path) as held:
            count = len(held.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise NoDebugFile(
            "The source bundle cannot be read: it is no zip behind its head."
        ) from None
    if count > _MOST_SOURCES:
        raise NoDebugFile(f"The source bundle has {count} files; {_MOST_SOURCES} are allowed.")


def _read_mapping(path: Path, debug_id: str) -> ReadObject:
    """A ProGuard or R8 mapping; its id is made of its bytes where the client names none."""
    digest = hashlib.sha1(_MAPPINGS.bytes, usedforsecurity=False)
    has_lines = False
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
            has_lines = has_lines or _WITH_LINES.match(line) is not None
    own = uuid.UUID(bytes=digest.digest()[:16], version=5)
    features = ["mapping", "lines"] if has_lines else ["mapping"]
    return ReadObject(debug_id=debug_id or str(own), symbol_type="proguard", features=features)


def _short(error: Exception) -> str:
    """The first line of what symbolic says, without its trace."""
    return (str(error).strip().splitlines() or ["unknown"])[0][:200]
