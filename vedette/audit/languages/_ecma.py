"""The facts of a file of JavaScript, TypeScript or TSX."""

from __future__ import annotations

import re

from msgspec.structs import replace
from tree_sitter import Language, Node

from vedette.audit.facts import (
    Binding,
    Call,
    Class,
    Comment,
    EnvRead,
    Export,
    FileFacts,
    Function,
    Handler,
    Import,
    Throw,
    Tried,
    Value,
)
from vedette.audit.languages._ecma_handlers import Handlers
from vedette.audit.languages._ecma_names import (
    exports_of,
    function_name,
    import_of,
    required_names,
    use_of,
)
from vedette.audit.languages._ecma_shape import (
    error_of,
    is_field,
    is_harmless,
)
from vedette.audit.languages._ecma_values import FUNCTIONS, path_of, unwrapped, value_of
from vedette.audit.languages._sweeping import Place
from vedette.audit.languages._tree import (
    Source,
    last_line_of,
    line_of,
    statements,
)

_ENV = re.compile(
    rb"(?:process|import\.meta)\.env(?:\.([A-Za-z_]\w*)|\[[\"']([A-Za-z_]\w*)[\"']\])"
    rb"(?:\s*(?:\|\||\?\?)\s*([^\s;,)}]{1,60}))?"
)
# Without steps back: text after many comments would take ages to be no directive.
_DIRECTIVE = re.compile(
    rb"\A\s*+(?:(?://[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)\s*+)*+[\"'](use [a-z]+)[\"']"
)
_NOTE = re.compile(rb"(?://|/\*|#|\{/\*)[^\n]*?(audit-ignore[^\n]*)")


def read_ecma(language: Language, name: str, text: bytes) -> FileFacts:
    """The facts of a text; `error` says where the first thing stands that is no syntax."""
    return _Reader(Source(language, text), language, name).read()


class _Reader(Handlers):
    def read(self) -> FileFacts:
        """Sweep once, then conclude what needs all of it."""
        functions = (node for _, _, kind, node in self._nodes if kind == "function")
        self._places = {node.id: place for place, node in enumerate(functions)}
        for start, _, kind, node in self._nodes:
            self._sweep.move(start)
            getattr(self, f"_{kind}")(node)
        text = self._source.text
        directive = _DIRECTIVE.match(text[:4000])
        return FileFacts(
            language=self._name,
            size_bytes=len(text),
            lines=text.count(b"\n") + 1,
            error=error_of(self._source),
            directives=(directive[1].decode(),) if directive else (),
            functions=tuple(self._concluded()),
            classes=tuple(self._classes),
            calls=tuple(self._calls),
            tries=tuple(self._told_tries()),
            handlers=tuple(self._told_handlers()),
            imports=tuple(self._imports),
            exports=tuple(self._exports),
            bindings=tuple(self._bindings),
            reads=tuple(self._reads()),
            throws=tuple(self._throws),
            comments=tuple(
                Comment(
                    line=self._source.line_at(one.start(1)), text=one[1].decode("utf-8", "replace")
                )
                for one in _NOTE.finditer(text)
            ),
        )

    def _function(self, node: Node) -> None:
        place = self._sweep.place
        owner = (
            place.owner if node.type == "method_definition" or is_field(node, self._source) else -1
        )
        owner_name = self._classes[owner].name if owner >= 0 else ""
        parameters = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
        named = parameters.named_children if parameters is not None else []
        if parameters is not None and parameters.type == "identifier":
            named = [parameters]
        self._functions.append(
            Function(
                name=function_name(node, self._source, owner_name),
                line=line_of(node),
                last_line=last_line_of(node),
                parent=place.function,
                owner=owner,
                parameters=tuple(self._source.cut(one, 80) for one in named),
                given_to=self._given.get(node.id, -1),
                is_async=any(one.type == "async" for one in node.children[:4]),
            )
        )
        self._bodies.append(node.child_by_field_name("body"))
        own = Place(function=len(self._functions) - 1, owner=place.owner)
        self._sweep.enter(node.end_byte, own)

    def _loop(self, node: Node) -> None:
        self._sweep.enter(node.end_byte, self._sweep.place._replace(is_loop=True))

    def _class(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        own = self._source.of(name) if name is not None else "class"
        body = node.child_by_field_name("body")
        methods = [
            self._source.of(found)
            for one in (body.named_children if body is not None else [])
            if (found := one.child_by_field_name("name") or one.child_by_field_name("property"))
        ]
        heritage = next((one for one in node.children if one.type == "class_heritage"), None)
        bases = [
            path_of(
                inner.named_children[0] if inner.type == "extends_clause" else inner, self._source
            )
            for inner in (heritage.named_children if heritage is not None else [])
        ]
        self._classes.append(
            Class(
                name=own,
                line=line_of(node),
                last_line=last_line_of(node),
                bases=tuple(bases),
                methods=tuple(methods),
            )
        )
        place = self._sweep.place
        self._sweep.enter(node.end_byte, place._replace(owner=len(self._classes) - 1))

    def _call(self, node: Node) -> None:
        is_new = node.type == "new_expression"
        function = node.child_by_field_name("constructor" if is_new else "function")
        arguments = node.child_by_field_name("arguments")
        path = path_of(function, self._source)
        given = statements(arguments) if arguments is not None else []
        if arguments is not None and arguments.type == "template_string":
            given = []
        for one in given:
            self._given[unwrapped(one).id] = len(self._calls)
        use, kept, steps = use_of(node, self._source)
        place = self._sweep.place
        self._calls.append(
            Call(
                path=path,
                line=line_of(node),
                last_line=last_line_of(node),
                column=int(node.start_point[1]) + 1,
                function=place.function,
                tried=place.tried,
                handler=place.handler,
                arguments=tuple(value_of(one, self._source, self._places) for one in given[:8]),
                use=use,
                kept_in=kept,
                steps=steps,
                is_new=is_new,
            )
        )
        self._modules(node, path, given, kept, use)
        name = path.rpartition(".")[2]
        if name == "catch" and given:
            self._promise(node, given[0], "promise", path)
        elif name == "then" and len(given) > 1:
            self._promise(node, given[1], "then", path)

    def _modules(self, node: Node, path: str, given: list[Node], kept: str, use: str) -> None:
        if path not in ("require", "import") or not given or given[0].type != "string":
            return
        function = self._sweep.place.function
        self._imports.append(
            Import(
                module=self._source.of(given[0]).strip("\"'`"),
                line=line_of(node),
                names=required_names(kept) if kept else (),
                function=function,
                is_lazy=path == "import" or function >= 0,
            )
        )

    def _throw(self, node: Node) -> None:
        place = self._sweep.place
        if not node.named_child_count:
            return
        text = self._source.of(node)
        self._throws.append(
            Throw(
                line=line_of(node),
                value=value_of(node.named_children[0], self._source, self._places, 2),
                function=place.function,
                tried=place.tried,
                handler=place.handler,
                has_cause="cause" in text,
            )
        )

    def _await(self, node: Node) -> None:
        place = self._sweep.place
        if place.tried < 0:
            self._awaits.add(place.function)

    def _import(self, node: Node) -> None:
        found = import_of(node, self._source, self._sweep.place.function)
        if found is not None:
            self._imports.append(found)

    def _export(self, node: Node) -> None:
        self._exports += exports_of(node, self._source)

    def _exported(self, node: Node) -> None:
        path = path_of(node, self._source)
        if path == "module.exports" or path.startswith(("module.exports.", "exports.")):
            parent = self._source.parent(node)
            right = parent.child_by_field_name("right") if parent is not None else None
            name = path.removeprefix("module.").removeprefix("exports").lstrip(".") or "default"
            if right is not None and right.type == "object" and name == "default":
                for key, _ in value_of(right, self._source, self._places, 1).items:
                    self._exports.append(Export(name=key, local=key))
            local = path_of(right, self._source) if right is not None else ""
            self._exports.append(Export(name=name, local=local if local != "?" else name))

    def _binding(self, node: Node) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or value is None or unwrapped(value).type in FUNCTIONS:
            return
        self._bindings.append(
            Binding(
                name=self._source.cut(name),
                line=line_of(node),
                value=value_of(value, self._source, self._places, 3),
            )
        )

    def _reads(self) -> list[EnvRead]:
        return [
            EnvRead(
                name=(one[1] or one[2]).decode(),
                line=self._source.line_at(one.start()),
                otherwise=Value(kind="other", text=one[3].decode("utf-8", "replace"))
                if one[3]
                else None,
            )
            for one in _ENV.finditer(self._source.text)
        ]

    def _told_tries(self) -> list[Tried]:
        calls: dict[int, list[str]] = {}
        for call in self._calls:
            if call.tried >= 0:
                calls.setdefault(call.tried, []).append(call.path)
        return [
            replace(one, calls=tuple(calls.get(at, ())[:40])) for at, one in enumerate(self._tries)
        ]

    def _told_handlers(self) -> list[Handler]:
        tries = self._told_tries()
        return [
            replace(one, calls=tries[one.tried].calls) if one.how == "catch" else one
            for one in self._handlers
        ]

    def _concluded(self) -> list[Function]:
        thrown = {one.function for one in self._throws if one.tried < 0}
        throwing = {(one.function, one.handler) for one in self._throws if one.handler >= 0}
        return [
            replace(
                function,
                throws=place in thrown,
                awaits=place in self._awaits,
                is_tried=self._is_tried(self._bodies[place], place, throwing),
            )
            for place, function in enumerate(self._functions)
        ]

    def _is_tried(self, body: Node | None, place: int, throwing: set[tuple[int, int]]) -> bool:
        if body is None or body.type != "statement_block":
            return False
        whole = statements(body)
        tries = [one for one in whole if one.type == "try_statement"]
        rest = [one for one in whole if one.type != "try_statement"]
        if not tries or any(not is_harmless(one) for one in rest):
            return False
        if any(one.child_by_field_name("handler") is None for one in tries):
            return False
        return not any(function == place for function, _ in throwing)
