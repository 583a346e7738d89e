"""Names of C++, Rust, Swift and MSVC symbols as people write them."""

from __future__ import annotations

import re
from functools import lru_cache

import pydemumble

_MOST_CHARACTERS = 4096  # LLVM's demangler follows the nesting of a name on the stack
_MOST_NAMES = 20_000
_MANGLED = re.compile(r"^_*(?:Z|R|T0|\$[sSe]|\?)|^\?|^@?\$[sSe]|^_T")
_RUST_HASH = re.compile(r"::h[0-9a-f]{16}$")


@lru_cache(maxsize=_MOST_NAMES)
def demangle(symbol: str) -> str:
    """The name behind a symbol; the symbol itself where it is none, or far too long."""
    if len(symbol) > _MOST_CHARACTERS or not _MANGLED.match(symbol):
        return symbol
    name = pydemumble.demangle(symbol) or symbol
    return _RUST_HASH.sub("", name)
