"""The facts of languages that catch errors alike: each says by its node types what is what."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from msgspec.structs import replace
from tree_sitter import Language, Node, Query

from vedette.audit.facts import (
    Call,
    Class,
    Comment,
    EnvRead,
    FileFacts,
    Function,
    Handler,
    Import,
    Throw,
    Tried,
    Use,
    Value,
)
from vedette.audit.languages._generic_deeds import Deeds, Words
from vedette.audit.languages._sweeping import Place
from vedette.audit.languages._tree import (
    Source,
    Sweep,
    found_nodes,
    last_line_of,
    line_of,
)

_NOTE = re.compile(rb"(?://|#|/\*)[^\n]*?(audit-ignore[^\n]*)")
_COMMENT = re.compile(r"/\*[\s\S]*?\*/|(?:(?<!:)//|#(?![{\[]))(.*)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """How a language says things: node types, and functions for what types alone do not tell.

    `names` gives (modules, names there, local names) of an import; `handlers` makes handlers of
    nodes that are none of a try.
    """

    name: str
    grammar: Callable[[], Language]
    functions: tuple[str, ...]
    classes: tuple[str, ...]
    calls: tuple[str, ...]
    tries: tuple[str, ...]
    catches: tuple[str, ...]
    finals: tuple[str, ...]
    throws: tuple[str, ...]
    imports: tuple[str, ...]
    others: tuple[str, ...] = ()
    words: Words
    path_of: Callable[[Node | None, Source], str]
    import_of: Callable[[Node, Source], list[tuple[str, str]]]
    caught: Callable[[Node, Source], tuple[tuple[str, ...], str]]
    other: Callable[[Reader, Node], None] | None = None
    environment: re.Pattern[bytes] | None = None

    @cached_property
    def query(self) -> Query:
        """Finds all nodes that matter."""
        kinds = {
            "function": self.functions,
            "class": self.classes,
            "call": self.calls,
            "try": self.tries,
            "throw": self.throws,
            "import": self.imports,
            "other": self.others,
            "loop": tuple(sorted(self.words.loops)),
        }
        patterns = (f"({one}) @{kind}" for kind, types in kinds.items() for one in types)
        return Query(self.grammar(), "\n".join(patterns))


@dataclass(slots=True)
class Reader:
    """Sweeps over one file."""

    spoken: Spoken
    source: Source
    sweep: Sweep = field(default_factory=Sweep)
    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    tries: list[Tried] = field(default_factory=list)
    handlers: list[Handler] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    throws: list[Throw] = field(default_factory=list)

    def read(self) -> FileFacts:
        """The facts of the file."""
        for start, _, kind, node in found_nodes(self.spoken.query, self.source.root):
            self.sweep.move(start)
            if kind == "other" and self.spoken.other is not None:
                self.spoken.other(self, node)
            else:
                getattr(self, f"_{kind}")(node)
        text = self.source.text
        calls: dict[int, list[str]] = {}
        for call in self.calls:
            if call.tried >= 0:
                calls.setdefault(call.tried, []).append(call.path)
        return FileFacts(
            language=self.spoken.name,
            size_bytes=len(text),
            lines=text.count(b"\n") + 1,
            error=self._error(),
            functions=tuple(self.functions),
            classes=tuple(self.classes),
            calls=tuple(self.calls),
            tries=tuple(
                replace(one, calls=tuple(calls.get(at, ())[:40]))
                for at, one in enumerate(self.tries)
            ),
            handlers=tuple(
                replace(one, calls=tuple(calls.get(one.tried, ())[:40]))
                if one.how == "catch"
                else one
                for one in self.handlers
            ),
            imports=tuple(self.imports),
            reads=tuple(self._reads()),
            throws=tuple(self.throws),
            comments=tuple(
                Comment(
                    line=self.source.line_at(one.start(1)), text=one[1].decode("utf-8", "replace")
                )
                for one in _NOTE.finditer(text)
            ),
        )

    def handler(self, how: str, node: Node, block: Node | None, **more: object) -> Handler:
        """A handler where the sweep stands, with the deeds of `block`."""
        place = self.sweep.place
        deeds = Deeds(
            self.spoken.words, self.spoken.path_of, self.source, str(more.get("error", ""))
        )
        if block is not None:
            deeds.of_block(block)
        made = Handler(
            how="catch",
            line=line_of(node),
            last_line=last_line_of(node),
            column=int(node.start_point[1]) + 1,
            function=place.function,
            tried=place.tried,
            handler=place.handler,
            deeds=tuple(deeds.found),
            comments=" ".join(
                one[0].strip() for one in _COMMENT.finditer(self.source.lines(node, 20))
            ),
            text=self.source.lines(node),
        )
        made = replace(made, how=how, **more)
        self.handlers.append(made)
        return made

    def _function(self, node: Node) -> None:
        place, name = self.sweep.place, node.child_by_field_name("name")
        own = self.source.of(name) if name is not None else ""
        if own and place.owner >= 0:
            own = f"{self.classes[place.owner].name}.{own}"
        parameters = node.child_by_field_name("parameters")
        self.functions.append(
            Function(
                name=own,
                line=line_of(node),
                last_line=last_line_of(node),
                parent=place.function,
                owner=place.owner if own else -1,
                parameters=tuple(
                    self.source.cut(one, 80)
                    for one in (parameters.named_children if parameters is not None else [])
                ),
                results=_results(node, self.source),
            )
        )
        inner = Place(function=len(self.functions) - 1, owner=place.owner)
        self.sweep.enter(node.end_byte, inner)
        if any(one.type in self.spoken.catches for one in _body(node)):
            self._try(node)  # Ruby: a method with a rescue of its own

    def _loop(self, node: Node) -> None:
        self.sweep.enter(node.end_byte, self.sweep.place._replace(is_loop=True))

    def _class(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        above = node.child_by_field_name("superclass")
        self.classes.append(
            Class(
                name=self.source.of(name) if name is not None else "",
                line=line_of(node),
                last_line=last_line_of(node),
                bases=(self.source.cut(above).split()[-1],) if above is not None else (),
            )
        )
        inner = self.sweep.place._replace(owner=len(self.classes) - 1)
        self.sweep.enter(node.end_byte, inner)

    def _call(self, node: Node) -> None:
        place = self.sweep.place
        arguments = node.child_by_field_name("arguments")
        given = arguments.named_children if arguments is not None else []
        self.calls.append(
            Call(
                path=self.spoken.path_of(node, self.source).removesuffix("()"),
                line=line_of(node),
                last_line=last_line_of(node),
                column=int(node.start_point[1]) + 1,
                function=place.function,
                tried=place.tried,
                handler=place.handler,
                arguments=tuple(self._value(one) for one in given[:8]),
                use=self._use(node),
                is_new=node.type.startswith("object_creation"),
            )
        )

    def _value(self, node: Node) -> Value:
        if node.type == "argument" and node.named_child_count:
            node = node.named_children[-1]
        text = self.source.cut(node)
        if "string" in node.type:
            return Value(kind="text", text=text.strip("\"'`"))
        if "identifier" in node.type or node.type in ("variable_name", "constant"):
            return Value(kind="name", text=text)
        return Value(kind="other", text=text)

    def _use(self, node: Node) -> Use:
        parent = self.source.parent(node)
        if parent is None or parent.type in ("expression_statement", "statement_list", "then"):
            return "statement"
        if parent.type in ("body_statement", "program", "block_body", "begin"):
            return "statement"
        return "returned" if parent.type.startswith("return") else "argument"

    def _try(self, node: Node) -> None:
        place, tried = self.sweep.place, len(self.tries)
        parts = _body(node)
        catches = [one for one in parts if one.type in self.spoken.catches]
        final = next((one for one in parts if one.type in self.spoken.finals), None)
        body = node.child_by_field_name("body")
        ends = min(
            [one.start_byte for one in (*catches, *([final] if final else []))] or [node.end_byte]
        )
        if body is not None and body.end_byte < ends:
            ends = body.end_byte
        self.tries.append(
            Tried(
                line=line_of(node),
                last_line=self.source.line_at(ends),
                function=place.function,
                tried=place.tried,
                handler=place.handler,
                statements=body.named_child_count if body is not None else 0,
                exits=self.spoken.words.exits_of(final),
                has_handler=bool(catches),
                is_loop=place.is_loop,
            )
        )
        for one in reversed(catches):
            self._catch(one, place, tried)
        if catches:
            self.sweep.enter(ends, place._replace(tried=tried))

    def _catch(self, node: Node, place: Place, tried: int) -> None:
        types, error = self.spoken.caught(node, self.source)
        block = node.child_by_field_name("body")
        self.handler("catch", node, block, types=types, error=error, tried=tried)
        self.sweep.enter(node.end_byte, place._replace(handler=len(self.handlers) - 1))

    def _throw(self, node: Node) -> None:
        place = self.sweep.place
        inner = node.named_children[0] if node.named_child_count else node
        self.throws.append(
            Throw(
                line=line_of(node),
                value=self._value(inner),
                function=place.function,
                tried=place.tried,
                handler=place.handler,
            )
        )

    def _import(self, node: Node) -> None:
        for module, local in self.spoken.import_of(node, self.source):
            self.imports.append(
                Import(module=module, line=line_of(node), names=(("*", local),) if local else ())
            )

    def _reads(self) -> list[EnvRead]:
        if self.spoken.environment is None:
            return []
        return [
            EnvRead(name=one[1].decode("utf-8", "replace"), line=self.source.line_at(one.start()))
            for one in self.spoken.environment.finditer(self.source.text)
        ]

    def _error(self) -> str:
        if not self.source.root.has_error:
            return ""
        broken = self.source.broken_line()
        return f"line {broken} is no syntax that is known here"


def _body(node: Node) -> list[Node]:
    """The parts of a try; Ruby's stand in the body of the method or `begin` itself."""
    parts = node.named_children
    if node.type in ("method", "singleton_method", "do_block", "block"):
        body = node.child_by_field_name("body")
        return body.named_children if body is not None else []
    return parts


def _results(node: Node, source: Source) -> tuple[str, ...]:
    """What a function of Go gives: one type, or a list with or without names."""
    result = node.child_by_field_name("result")
    if result is None:
        return ()
    listed = result.named_children if result.type == "parameter_list" else [result]
    return tuple(source.cut(one, 80) for one in listed)


def read(spoken: Spoken, text: bytes) -> FileFacts:
    """The facts of a text in this language."""
    return Reader(spoken, Source(spoken.grammar(), text)).read()
