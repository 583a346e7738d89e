"""Where Python catches errors: `try`, and blocks that suppress."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from vedette.audit.facts import (
    Binding,
    Call,
    Class,
    EnvRead,
    Function,
    Handler,
    Import,
    Throw,
    Tried,
    Use,
)
from vedette.audit.languages._python_deeds import Deeds
from vedette.audit.languages._python_values import FUNCTIONS, path_of
from vedette.audit.languages._sweeping import TOP, Place

_COMMENT = re.compile(r"(?:^|\s)#(.*)$")
_SUPPRESS = ("suppress", "contextlib.suppress")
LOOPS = (ast.For, ast.AsyncFor, ast.While)


@dataclass(slots=True)
class At:
    """What is known of a node by the way to it."""

    place: Place = TOP
    use: Use = "argument"
    kept: str = ""
    is_awaited: bool = False
    steps: tuple[str, ...] = ()
    is_loop: bool = False
    given_to: int = -1


@dataclass(slots=True)
class Handlers:
    """A reader's lists while they grow, and its part that knows where errors are caught."""

    text: bytes
    lines: list[str] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    bodies: list[list[ast.stmt]] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    tries: list[Tried] = field(default_factory=list)
    handlers: list[Handler] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    reads: list[EnvRead] = field(default_factory=list)
    throws: list[Throw] = field(default_factory=list)
    awaits: set[int] = field(default_factory=set)
    waiting: list[tuple[ast.AST, At]] = field(default_factory=list)

    def _try(self, node: ast.Try, at: At) -> None:
        place, tried = at.place, len(self.tries)
        self.tries.append(
            Tried(
                line=node.lineno,
                last_line=node.body[-1].end_lineno or node.lineno,
                function=place.function,
                tried=place.tried,
                handler=place.handler,
                statements=len(node.body) + len(node.orelse),
                exits=tuple(_exits(node.finalbody)),
                has_handler=bool(node.handlers),
                is_loop=at.is_loop,
            )
        )
        self._push(node.finalbody, At(place=place, is_loop=at.is_loop))
        self._push(node.orelse, At(place=place, is_loop=at.is_loop))
        for one in reversed(node.handlers):
            self._push([one], At(place=place._replace(tried=tried), is_loop=at.is_loop))
        is_caught = any(is_broad(types_of(one.type)) for one in node.handlers)
        inner = place._replace(tried=tried) if node.handlers else place
        self.tries[tried] = replace(self.tries[tried], has_handler=is_caught or bool(node.handlers))
        self._push(node.body, At(place=inner, is_loop=at.is_loop))

    _trystar = _try

    def _excepthandler(self, node: ast.ExceptHandler, at: At) -> None:
        deeds = Deeds(node.name or "")
        deeds.of_block(node.body)
        tried = at.place.tried
        outer = self.tries[tried]
        self.handlers.append(
            Handler(
                how="catch",
                line=node.lineno,
                last_line=node.end_lineno or node.lineno,
                column=node.col_offset + 1,
                function=at.place.function,
                tried=tried,
                handler=outer.handler,
                types=types_of(node.type),
                error=node.name or "",
                deeds=tuple(deeds.found),
                comments=_said(node.body)
                + self._comments(node.lineno, node.end_lineno or node.lineno),
                text=self._text(node.lineno, node.end_lineno or node.lineno),
            )
        )
        place = at.place._replace(tried=outer.tried, handler=len(self.handlers) - 1)
        self._push(node.body, At(place=place, is_loop=at.is_loop))

    def _with(self, node: ast.With | ast.AsyncWith, at: At) -> None:
        inner = at.place
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and path_of(call.func) in _SUPPRESS:
                inner = self._suppress(node, call, at)
        self._push(node.body, At(place=inner, is_loop=at.is_loop))
        self._push([one.context_expr for one in node.items], At(place=at.place, is_loop=at.is_loop))

    _asyncwith = _with

    def _suppress(self, node: ast.With | ast.AsyncWith, call: ast.Call, at: At) -> Place:
        place, tried = at.place, len(self.tries)
        last = node.end_lineno or node.lineno
        self.tries.append(
            Tried(
                line=node.lineno,
                last_line=last,
                function=place.function,
                tried=place.tried,
                handler=place.handler,
                statements=len(node.body),
                is_loop=at.is_loop,
            )
        )
        self.handlers.append(
            Handler(
                how="suppress",
                line=node.lineno,
                last_line=last,
                column=node.col_offset + 1,
                function=place.function,
                tried=tried,
                handler=place.handler,
                types=tuple(path_of(one) for one in call.args),
                comments=self._comments(node.lineno, last),
                text=self._text(node.lineno, last),
            )
        )
        return place._replace(tried=tried)

    def _text(self, first: int, last: int) -> str:
        return "\n".join(one[:160] for one in self.lines[first - 1 : min(last, first + 11)])

    def _comments(self, first: int, last: int) -> str:
        found = (
            _COMMENT.search(one[:400]) for one in self.lines[first - 1 : min(last, first + 40)]
        )
        return " ".join("#" + one[1] for one in found if one)

    def _told_tries(self) -> list[Tried]:
        calls: dict[int, list[str]] = {}
        for call in self.calls:
            if call.tried >= 0:
                calls.setdefault(call.tried, []).append(call.path)
        return [
            replace(one, calls=tuple(calls.get(at, ())[:40])) for at, one in enumerate(self.tries)
        ]

    def _told_handlers(self) -> list[Handler]:
        tries = self._told_tries()
        return [
            replace(one, calls=tries[one.tried].calls) if one.how in ("catch", "suppress") else one
            for one in self.handlers
        ]

    def _push(self, nodes: list[Any], at: At) -> None:
        self.waiting += [(one, at) for one in reversed(nodes)]


def is_broad(types: tuple[str, ...]) -> bool:
    """Whether a handler of these types takes every `Exception`."""
    return not types or any(one in ("Exception", "BaseException") for one in types)


def types_of(node: ast.expr | None) -> tuple[str, ...]:
    """The names that a handler catches, none for all."""
    if node is None:
        return ()
    several = node.elts if isinstance(node, ast.Tuple) else [node]
    return tuple(path_of(one) for one in several)


def _said(block: list[ast.stmt]) -> str:
    """A text that stands alone, which says what a comment would."""
    match block[0]:
        case ast.Expr(value=ast.Constant(value=str() as text)):
            return f"# {' '.join(text[:400].split())} "
        case _:
            return ""


def _exits(block: list[ast.stmt]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    waiting: list[tuple[ast.AST, bool]] = [(one, False) for one in block]
    while waiting and len(found) < 10:
        node, is_looped = waiting.pop()
        if isinstance(node, ast.Return):
            found.append(("return", node.lineno))
        elif isinstance(node, (ast.Break, ast.Continue)) and not is_looped:
            found.append((type(node).__name__.lower(), node.lineno))
        elif not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            inner = is_looped or isinstance(node, LOOPS)
            waiting += [(one, inner) for one in ast.iter_child_nodes(node)]
    return sorted(found, key=lambda one: one[1])
