"""Names become what people write; those built to take all memory stay as they are."""

from __future__ import annotations

import pytest

from vedette.symbols.demangling import demangle

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("_ZN4shop4Till3payEi", "shop::Till::pay(int)"),
        ("_ZN3foo17h0123456789abcdefE", "foo"),
        ("_RNvC6_123foo3bar", "123foo::bar"),
        ("?pay@@YAHXZ", "int __cdecl pay(void)"),
        ("$s4main3fooyyF", "main.foo() -> ()"),
        ("pay", "pay"),
        ("_Z" + "P" * 5000 + "i", "_Z" + "P" * 5000 + "i"),
    ],
)
def test_names_are_read(symbol: str, name: str) -> None:
    """Those of C++, Rust, MSVC and Swift; a plain one and one that is far too long stay."""
    assert demangle(symbol) == name


def test_a_name_of_many_references_is_read() -> None:
    """As templates make them; it is read in the process apart."""
    assert demangle(_doubled(5)).startswith("f(A<int, int>, A<A<int, int>, A<int, int>>")


def test_a_name_that_doubles_a_hundred_times_stays() -> None:
    """1,200 characters for more than the world's memory; the names after it are read."""
    assert demangle(_doubled(100)) == _doubled(100)
    assert demangle("?pay@Till@@YAHXZ") == "int __cdecl Till::pay(void)"


def _doubled(times: int) -> str:
    """A function whose parameters are each a pair of the one before."""
    parts = (f"S_I{_reference(at)}{_reference(at)}E" for at in range(1, times + 1))
    return "_Z1f1AIiiE" + "".join(parts)


def _reference(number: int) -> str:
    number -= 1
    digits = _DIGITS[number % 36]
    while number := number // 36:
        digits = _DIGITS[number % 36] + digits
    return f"S{digits}_"
