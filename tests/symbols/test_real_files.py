"""Debug files of other systems, as their linkers write them: `samples/native/till.rs`, compiled
for each and linked by LLVM's linkers."""

from __future__ import annotations

import lzma
import resource
from pathlib import Path

import pytest
from symbolic.symcache import SymCache

from vedette.symbols.caches import open_symbols
from vedette.symbols.conversion import convert
from vedette.symbols.files import NoDebugFile, read_objects

SAMPLES = Path(__file__).parents[1] / "samples" / "native"


def _file(name: str, folder: Path) -> Path:
    path = folder / name
    path.write_bytes(lzma.decompress((SAMPLES / f"{name}.xz").read_bytes()))
    return path


@pytest.mark.parametrize(
    ("name", "kind", "address"),
    [
        ("till.pdb", ("pdb", "x86_64", "d773e454-6dcc-a103-4c4c-44205044422e-1", ""), 0x1007),
        (
            "till.wasm",
            (
                "wasm",
                "wasm32",
                "144878aa-23c6-7543-eee1-a50b1ef5029b",
                "144878aa23c67543eee1a50b1ef5029b1bfac6dad9",
            ),
            0x5B,
        ),
        (
            "till.arm64",
            (
                "elf",
                "arm64",
                "6c322057-584b-d1f0-e255-9b5cae19fb1f",
                "5720326c4b58f0d1e2559b5cae19fb1f49170091",
            ),
            0x101E4,
        ),
        (
            "till.arm",
            (
                "elf",
                "arm",
                "9ce2ea94-4c19-0922-0f4b-ee95e3635a2e",
                "94eae29c194c22090f4bee95e3635a2eee58e712",
            ),
            0x10138,
        ),
    ],
)
def test_what_an_address_is_in(
    tmp_path: Path, name: str, kind: tuple[str, str, str, str], address: int
) -> None:
    """The ids that events name, and function, file and line."""
    (found,) = convert(_file(name, tmp_path), "", tmp_path)
    assert (found.symbol_type, found.cpu, found.debug_id, found.code_id) == kind
    symbols = open_symbols((tmp_path / found.symbols).read_bytes())
    assert isinstance(symbols, SymCache)
    (call,) = symbols.lookup(address)  # type: ignore[no-untyped-call]
    assert (call.symbol.partition("(")[0].rpartition(":")[2], call.line) == ("pay", 21)
    assert call.full_path.replace("\\", "/") == "/srv/shop/till.rs"


@pytest.mark.parametrize("name", ["till.pdb", "till.wasm", "till.arm64", "till.arm"])
def test_a_file_that_is_cut_off_is_refused_or_read(tmp_path: Path, name: str) -> None:
    """Wherever it ends; nothing but a sentence comes of it."""
    path = _file(name, tmp_path)
    data = path.read_bytes()
    for share in (0.01, 0.3, 0.9):
        path.write_bytes(data[: int(len(data) * share)])
        assert _outcome(path, tmp_path)


def test_a_symbol_cache_that_would_be_too_large_is_said(tmp_path: Path) -> None:
    """The file is kept with its fault, which stands on its frames and in the list."""
    path = _file("till.pdb", tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        (found,) = read_objects(path, "", tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (found.symbols, found.fault) == ("", "its symbol cache would be larger than 192 MB")


def _outcome(path: Path, folder: Path) -> str:
    """The file's id, or why it is refused."""
    try:
        (found,) = convert(path, "", folder)
    except NoDebugFile as error:
        return str(error)
    return found.debug_id
