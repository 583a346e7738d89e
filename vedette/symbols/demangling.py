"""Names of C++, Rust, Swift and MSVC symbols as people write them.

A name of 200 characters may stand for one of gigabytes, by parts that name parts before them.
So only names that cannot grow so far are read here, others in a process apart.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vedette.symbols.demangler import Demangler, demangled

_MOST_CHARACTERS = 4096  # LLVM's demangler follows the nesting of a name on the stack
_MOST_NAMES = 20_000
_MOST_GROWN = 1 << 18
_MANGLED = re.compile(r"^_*(?:Z|R|T0|\$[sSe]|\?)|^\?|^@?\$[sSe]|^_T")
_BACK = re.compile(r"[STB][0-9A-Za-z]*_")  # what may stand for all that came before it
_apart = Demangler()


def demangle(symbol: str) -> str:
    """The name behind a symbol; the symbol itself where it is none, or far too long."""
    if len(symbol) > _MOST_CHARACTERS or not _MANGLED.match(symbol):
        return symbol
    return _demangle(symbol) or symbol


@lru_cache(maxsize=_MOST_NAMES)
def _demangle(symbol: str) -> str:
    references = len(_BACK.findall(symbol))
    is_small = symbol.startswith("_Z") and len(symbol) << references <= _MOST_GROWN
    return demangled(symbol) if is_small else _apart.demangle(symbol)
