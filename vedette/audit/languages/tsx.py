"""TypeScript with JSX."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vedette.audit.facts import FileFacts
from vedette.audit.languages import Language

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar


@cache
def _grammar() -> Grammar:
    import tree_sitter_typescript
    from tree_sitter import Language as Grammar

    return Grammar(tree_sitter_typescript.language_tsx())


def _read(text: bytes) -> FileFacts:
    from vedette.audit.languages._ecma import read_ecma

    return read_ecma(_grammar(), "tsx", text)


LANGUAGE = Language(name="tsx", suffixes=(".tsx",), read=_read)
