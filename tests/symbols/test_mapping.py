"""Single classes of a mapping are read as the whole mapping is."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from symbolic.proguard import ProguardMapper

from vedette.symbols.files import read_objects
from vedette.symbols.mapping import Mapping

TEXT = b"""\
# compiler: R8
# {"id":"com.android.tools.r8.mapping","version":"2.2"}
com.shop.Till -> a.b:
# {"id":"sourceFile","fileName":"Till.kt"}
    int coins -> c
    1:1:int com.shop.Coins.split(int):12:12 -> a
    1:1:void pay(int):30 -> a
    2:3:void pay(int):31:32 -> a
    4:4:void com.shop.Coins$Purse.open():7:7 -> a
    4:4:void pay(int):33 -> a
    void close() -> b
com.shop.Coins -> a.c:
# {"id":"sourceFile","fileName":"Money.kt"}
    1:5:int split(int):12:16 -> a
    1:5:int split(int,int):22:26 -> a
com.shop.Coins$Purse -> a.c$d:
# {"id":"sourceFile","fileName":"Purses.kt"}
    1:1:void <init>():3:3 -> <init>
com.shop.Kept -> com.shop.Kept:
    1:1:void stay():9:9 -> stay
"""
CLASSES = ("a.b", "a.c", "a.c$d", "com.shop.Kept", "com.shop.Till", "java.lang.String", "")


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
def test_it_reads_what_the_whole_mapping_reads(tmp_path: Path, ends: bytes) -> None:
    """Frames, methods and classes; files of calls that were inlined from elsewhere, too."""
    text = TEXT.replace(b"\n", ends)
    path = tmp_path / "mapping.txt"
    path.write_bytes(text)
    whole, single = ProguardMapper.open(str(path)), Mapping(text)
    for name, method in itertools.product(CLASSES, ("a", "b", "<init>", "stay", "x")):
        assert single.remap_class(name) == whole.remap_class(name)
        assert single.remap_method(name, method) == whole.remap_method(name, method)
        for line in range(7):
            mine = [vars_of(one) for one in single.remap_frame(name, method, line)]
            assert mine == [vars_of(one) for one in whole.remap_frame(name, method, line)]
    assert [one.file for one in single.remap_frame("a.b", "a", 4)] == ["Purses.kt", "Till.kt"]


def vars_of(frame: object) -> tuple[object, ...]:
    return tuple(getattr(frame, name) for name in ("class_name", "method", "line", "file"))


def test_the_id_is_that_of_sentry_cli(tmp_path: Path) -> None:
    """It follows from the bytes; whether there are lines is told with it."""
    path = tmp_path / "mapping.txt"
    path.write_bytes(TEXT)
    (found,) = read_objects(path, "", tmp_path)
    assert found.debug_id == str(ProguardMapper.open(str(path)).uuid)
    assert found.features == ["mapping", "lines"]
    path.write_bytes(b"com.shop.Till -> a.b:\n    void close() -> b\n")
    (found,) = read_objects(path, "", tmp_path)
    assert found.features == ["mapping"]


def test_a_large_mapping_takes_little_memory() -> None:
    """One of 50 MB, as large applications have; read whole it takes 1.4 GB."""
    script = """
import resource, gc
parts = [
    f"com.shop.Class{n} -> a.a{n}:\\n" + "".join(
        f"    {line}:{line}:void method{line}(int,java.lang.String):{line} -> a{line}\\n"
        for line in range(1, 15)
    ) for n in range(60_000)
]
data = "".join(parts).encode()
del parts
from vedette.symbols.mapping import Mapping
resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20))
print(Mapping(data).remap_frame("a.a59999", "a3", 3)[0].method)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120)
    assert done.stdout == b"method3\n", done.stderr
