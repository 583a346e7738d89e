"""JavaScript, also with JSX."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vedette.audit.facts import FileFacts
from vedette.audit.languages import Language

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar


@cache
def _grammar() -> Grammar:
    import tree_sitter_javascript
    from tree_sitter import Language as Grammar

    return Grammar(tree_sitter_javascript.language())


def _read(text: bytes) -> FileFacts:
    from vedette.audit.languages._ecma import read_ecma

    return read_ecma(_grammar(), "javascript", text)


LANGUAGE = Language(name="javascript", suffixes=(".js", ".mjs", ".cjs", ".jsx"), read=_read)
