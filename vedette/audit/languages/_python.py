"""The facts of a file of Python."""

from __future__ import annotations

import ast
import re
import warnings

from msgspec.structs import replace

from vedette.audit.facts import (
    Binding,
    Call,
    Class,
    Comment,
    EnvRead,
    FileFacts,
    Function,
    Import,
    Throw,
)
from vedette.audit.languages._python_handlers import LOOPS, At, Handlers, is_broad, types_of
from vedette.audit.languages._python_newer import older
from vedette.audit.languages._python_values import FUNCTIONS, arguments_of, path_of, value_of
from vedette.audit.languages._sweeping import Place
from vedette.audit.vocabulary import log_level

_NOTE = re.compile(r"#[^\n]*?(audit-ignore[^\n]*)")
_HARMLESS = (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.FunctionDef)


def read_python(text: bytes) -> FileFacts:
    """The facts of a text; `error` says why it is none of Python's, if it is not."""
    size, lines = len(text), text.count(b"\n") + 1
    try:
        tree = _parsed(text)
    except SyntaxError as error:
        return FileFacts(
            language="python",
            size_bytes=size,
            lines=lines,
            error=f"line {error.lineno or 0} is no Python 3",
        )
    except (ValueError, RecursionError, MemoryError):
        return FileFacts(
            language="python",
            size_bytes=size,
            lines=lines,
            error="is nested too deeply, or no text",
        )
    return _Reader(text).read(tree)


def _parsed(text: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SyntaxError as error:
            rewritten = older(text)
            if rewritten == text:
                raise
            try:
                return ast.parse(rewritten)
            except SyntaxError:
                raise error from None


class _Reader(Handlers):
    def read(self, tree: ast.Module) -> FileFacts:
        """Go through the tree in the order of the text, with a stack of our own."""
        decoded = self.text.decode("utf-8", "replace")
        self.lines = decoded.splitlines()
        self._push(tree.body, At())
        while self.waiting:
            node, at = self.waiting.pop()
            visit = getattr(self, f"_{type(node).__name__.lower()}", None)
            if visit is not None:
                visit(node, at)
            else:
                self._through(node, at)
        return FileFacts(
            language="python",
            size_bytes=len(self.text),
            lines=len(self.lines),
            functions=tuple(self._concluded()),
            classes=tuple(self.classes),
            calls=tuple(self.calls),
            tries=tuple(self._told_tries()),
            handlers=tuple(self._told_handlers()),
            imports=tuple(self.imports),
            bindings=tuple(self.bindings),
            reads=tuple(self.reads),
            throws=tuple(self.throws),
            comments=tuple(
                Comment(line=decoded.count("\n", 0, one.start()) + 1, text=one[1])
                for one in _NOTE.finditer(decoded)
            ),
        )

    def _through(self, node: ast.AST, at: At) -> None:
        """What is in a node of no interest of its own stands where it stands."""
        loop = at.is_loop or isinstance(node, LOOPS)
        inner = At(place=at.place, is_loop=loop)
        self._push(list(ast.iter_child_nodes(node)), inner)

    def _functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, at: At) -> None:
        owner = at.place.owner if at.place.function < 0 or self._is_method(at) else -1
        is_method = owner >= 0 and self._is_method(at)
        name = f"{self.classes[owner].name}.{node.name}" if is_method else node.name
        self.functions.append(
            Function(
                name=name,
                line=node.lineno,
                last_line=node.end_lineno or node.lineno,
                parent=at.place.function,
                owner=owner if is_method else -1,
                parameters=tuple(_parameters(node.args)),
                decorators=tuple(value_of(one, {}) for one in node.decorator_list),
                is_async=isinstance(node, ast.AsyncFunctionDef),
            )
        )
        self.bodies.append(node.body)
        inner = At(place=Place(function=len(self.functions) - 1, owner=-1))
        self._push(node.body, inner)
        self._push([*node.decorator_list, *node.args.defaults], At(place=at.place))

    _asyncfunctiondef = _functiondef

    def _is_method(self, at: At) -> bool:
        return at.place.owner >= 0

    def _lambda(self, node: ast.Lambda, at: At) -> None:
        self.functions.append(
            Function(
                name="",
                line=node.lineno,
                last_line=node.end_lineno or node.lineno,
                parent=at.place.function,
                parameters=tuple(_parameters(node.args)),
                given_to=at.given_to,
            )
        )
        self.bodies.append([])
        inner = At(place=Place(function=len(self.functions) - 1), use="returned")
        self._push([node.body], inner)

    def _classdef(self, node: ast.ClassDef, at: At) -> None:
        self.classes.append(
            Class(
                name=node.name,
                line=node.lineno,
                last_line=node.end_lineno or node.lineno,
                bases=tuple(path_of(one) for one in node.bases),
                methods=tuple(
                    one.name
                    for one in node.body
                    if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))
                ),
            )
        )
        self._push(node.body, At(place=at.place._replace(owner=len(self.classes) - 1)))
        self._push(
            [*node.decorator_list, *(one.value for one in node.keywords)], At(place=at.place)
        )

    def _call(self, node: ast.Call, at: At) -> None:
        place, number = at.place, len(self.calls)
        functions = {
            id(one): -1
            for one in (*node.args, *(each.value for each in node.keywords))
            if isinstance(one, FUNCTIONS)
        }
        self.calls.append(
            Call(
                path=path_of(node.func),
                line=node.lineno,
                last_line=node.end_lineno or node.lineno,
                column=node.col_offset + 1,
                function=place.function,
                tried=place.tried,
                handler=place.handler,
                arguments=arguments_of(node, functions),
                use=at.use,
                kept_in=at.kept,
                steps=at.steps,
                is_new=path_of(node.func).rpartition(".")[2][:1].isupper(),
            )
        )
        self._environment(node, place)
        given = [*node.args, *(one.value for one in node.keywords)]
        self._push(given, At(place=place, is_loop=at.is_loop, given_to=number))
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        steps = (name, *at.steps) if name else at.steps
        chained = "chained" if at.use == "argument" else at.use
        self._push([node.func], At(place, chained, at.kept, at.is_awaited, steps, at.is_loop))

    def _attribute(self, node: ast.Attribute, at: At) -> None:
        self._push([node.value], at)

    def _expr(self, node: ast.Expr, at: At) -> None:
        self._push([node.value], At(place=at.place, use="statement", is_loop=at.is_loop))

    def _await(self, node: ast.Await, at: At) -> None:
        if at.place.tried < 0:
            self.awaits.add(at.place.function)
        inner = At(at.place, "awaited", at.kept, True, (), at.is_loop)
        self._push([node.value], inner)

    def _return(self, node: ast.Return, at: At) -> None:
        if node.value is not None:
            self._push([node.value], At(place=at.place, use="returned", is_loop=at.is_loop))

    def _assign(self, node: ast.Assign, at: At) -> None:
        self._assigned(node.targets[0], node.value, at, node.lineno)

    def _annassign(self, node: ast.AnnAssign, at: At) -> None:
        if node.value is not None:
            self._assigned(node.target, node.value, at, node.lineno)

    def _assigned(self, target: ast.expr, value: ast.expr, at: At, line: int) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            name = ", ".join(path_of(one) for one in target.elts[:6])
        else:
            name = path_of(target)
        if at.place.function < 0:
            self.bindings.append(Binding(name=name, line=line, value=value_of(value, {}, 3)))
        self._push([value], At(at.place, "assigned", name, False, (), at.is_loop))

    def _raise(self, node: ast.Raise, at: At) -> None:
        if node.exc is not None:
            self.throws.append(
                Throw(
                    line=node.lineno,
                    value=value_of(node.exc, {}, 2),
                    function=at.place.function,
                    tried=at.place.tried,
                    handler=at.place.handler,
                    has_cause=node.cause is not None,
                )
            )
            self._push([node.exc], At(place=at.place, is_loop=at.is_loop))

    def _import(self, node: ast.Import, at: At) -> None:
        for one in node.names:
            local = one.asname or one.name.partition(".")[0]
            module = one.name if one.asname else local
            self._imported(module, (("*", local),), node.lineno, at)
            if module != one.name:
                self._imported(one.name, (), node.lineno, at)

    def _importfrom(self, node: ast.ImportFrom, at: At) -> None:
        names = tuple((one.name, one.asname or one.name) for one in node.names)
        self._imported("." * node.level + (node.module or ""), names, node.lineno, at)

    def _imported(self, module: str, names: tuple[tuple[str, str], ...], line: int, at: At) -> None:
        self.imports.append(
            Import(
                module=module,
                line=line,
                names=names,
                function=at.place.function,
                is_lazy=at.place.function >= 0,
            )
        )

    def _subscript(self, node: ast.Subscript, at: At) -> None:
        if path_of(node.value) in ("os.environ", "environ") and isinstance(
            node.slice, ast.Constant
        ):
            name = str(node.slice.value)
            self.reads.append(EnvRead(name=name, line=node.lineno, function=at.place.function))
        self._through(node, at)

    def _environment(self, node: ast.Call, place: Place) -> None:
        path = path_of(node.func)
        is_read = path in ("os.environ.get", "environ.get", "os.getenv", "getenv", "env", "config")
        if is_read and node.args and isinstance(node.args[0], ast.Constant):
            otherwise = value_of(node.args[1], {}) if len(node.args) > 1 else None
            name = str(node.args[0].value)[:100]
            self.reads.append(
                EnvRead(name=name, line=node.lineno, otherwise=otherwise, function=place.function)
            )

    def _concluded(self) -> list[Function]:
        thrown = {one.function for one in self.throws if one.tried < 0}
        rethrown = {one.function for one in self.handlers if one.does("throw")}
        return [
            replace(
                function,
                throws=place in thrown,
                awaits=place in self.awaits,
                is_tried=_is_tried(self.bodies[place]) and place not in rethrown,
            )
            for place, function in enumerate(self.functions)
        ]


def _is_tried(body: list[ast.stmt]) -> bool:
    """Nothing but tries with a handler for every `Exception`, and what cannot fail."""
    tries = [one for one in body if isinstance(one, ast.Try)]
    rest = [one for one in body if not isinstance(one, ast.Try)]
    return (
        bool(tries)
        and all(any(is_broad(types_of(each.type)) for each in one.handlers) for one in tries)
        and all(isinstance(one, _HARMLESS) or _is_plain(one) for one in rest)
    )


def _is_plain(node: ast.stmt) -> bool:
    """A docstring, a line of log, a constant kept under a name, a bare return."""
    value = getattr(node, "value", None)
    return isinstance(node, (ast.Expr, ast.Assign, ast.Return, ast.AnnAssign)) and (
        value is None
        or isinstance(value, (ast.Constant, ast.Name, ast.Attribute))
        or (isinstance(value, ast.Call) and log_level(path_of(value.func)) != "")
    )


def _parameters(arguments: ast.arguments) -> list[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    names = [
        f"{one.arg}: {path_of(one.annotation)}" if one.annotation is not None else one.arg
        for one in every
    ]
    extra = [one.arg for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return names + [f"*{one}" for one in extra]
