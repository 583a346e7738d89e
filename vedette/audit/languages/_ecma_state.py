"""What a reader of JavaScript or TypeScript has gathered, and the query by which it finds it."""

from __future__ import annotations

from functools import cache

from tree_sitter import Language, Node, Query

from vedette.audit.facts import (
    Binding,
    Call,
    Class,
    Export,
    Function,
    Handler,
    Import,
    Throw,
    Tried,
)
from vedette.audit.languages._tree import Source, Sweep, found_nodes

_QUERY = """
(arrow_function) @function (function_expression) @function (function_declaration) @function
(method_definition) @function (generator_function) @function
(generator_function_declaration) @function
(class_declaration) @class (class) @class
(call_expression) @call (new_expression) @call
(try_statement) @try (throw_statement) @throw (await_expression) @await
(if_statement) @if (import_statement) @import (export_statement) @export
(program (lexical_declaration (variable_declarator value: (_)) @binding))
(program (export_statement (lexical_declaration (variable_declarator value: (_)) @binding)))
(assignment_expression left: (member_expression) @exported)
(for_statement) @loop (for_in_statement) @loop (while_statement) @loop (do_statement) @loop
"""


@cache
def _query(language: Language) -> Query:
    return Query(language, _QUERY)


class State:
    """The lists of one file's facts while they grow."""

    def __init__(self, source: Source, language: Language, name: str) -> None:
        self._source = source
        self._nodes = found_nodes(_query(language), source.root)
        self._name = name
        self._sweep = Sweep()
        self._places: dict[int, int] = {}
        self._given: dict[int, int] = {}
        self._functions: list[Function] = []
        self._bodies: list[Node | None] = []
        self._classes: list[Class] = []
        self._calls: list[Call] = []
        self._tries: list[Tried] = []
        self._handlers: list[Handler] = []
        self._imports: list[Import] = []
        self._exports: list[Export] = []
        self._bindings: list[Binding] = []
        self._throws: list[Throw] = []
        self._awaits: set[int] = set()
