"""Where JavaScript and TypeScript catch errors: tries, promises, and `if (error)`."""

from __future__ import annotations

import re

from tree_sitter import Node

from vedette.audit.facts import Handler, Tried
from vedette.audit.languages._ecma_deeds import Deeds
from vedette.audit.languages._ecma_shape import exits_of, tried_by_chain
from vedette.audit.languages._ecma_state import State
from vedette.audit.languages._ecma_values import FUNCTIONS, path_of, unwrapped
from vedette.audit.languages._sweeping import Place
from vedette.audit.languages._tree import comments, last_line_of, line_of, statements

_ERROR_TEST = re.compile(
    r"^!*\(*[\w$.?]*\b\w*(?:[eE]rr|[eE]rror)\)*(?:\s*(?:!==?|instanceof)\s*\w+)?\)*$"
)


class Handlers(State):
    """A reader's part that knows where errors are caught."""

    def _promise(self, call: Node, given: Node, how: str, path: str) -> None:
        given = unwrapped(given)
        is_written = given.type in FUNCTIONS
        place = self._sweep.place
        body = given.child_by_field_name("body") if is_written else None
        error = ""
        if is_written:
            parameters = given.child_by_field_name("parameters") or given.child_by_field_name(
                "parameter"
            )
            first = parameters.named_children[:1] if parameters is not None else []
            if parameters is not None and parameters.type == "identifier":
                first = [parameters]
            error = self._source.cut(first[0]).partition(":")[0].rstrip("?") if first else ""
        deeds = Deeds(self._source, error)
        if body is not None and body.type == "statement_block":
            deeds.of_block(body)
        elif body is not None:
            deeds.of_result(body)
        said = comments(body, self._source) if body is not None else iter(())
        function = call.child_by_field_name("function")
        target = function.child_by_field_name("object") if function is not None else None
        self._handlers.append(
            Handler(
                how="then" if how == "then" else "promise",
                line=self._line_behind(target, call),
                last_line=last_line_of(call),
                column=int(given.start_point[1]) + 1,
                function=place.function,
                tried=place.tried,
                handler=place.handler,
                error=error,
                deeds=tuple(deeds.found),
                calls=tuple(tried_by_chain(target, self._source)),
                comments=" ".join(said) or self._behind(call),
                passed="" if is_written else path_of(given, self._source) or "?",
                written=self._places.get(given.id, -1),
                text=self._source.lines(call),
            )
        )

    def _line_behind(self, target: Node | None, call: Node) -> int:
        """The line of `.catch` itself: what is called may begin far above."""
        return last_line_of(target) if target is not None else line_of(call)

    def _behind(self, node: Node) -> str:
        """A comment on the line on which a node ends."""
        end = self._source.text.find(b"\n", node.end_byte)
        rest = self._source.text[node.end_byte : end if end >= 0 else None][:200]
        before, mark, comment = rest.decode("utf-8", "replace").partition("//")
        return mark + comment if mark and not before.strip(" ;,)") else ""

    def _try(self, node: Node) -> None:
        place = self._sweep.place
        body, handler = node.child_by_field_name("body"), node.child_by_field_name("handler")
        finalizer = node.child_by_field_name("finalizer")
        tried = len(self._tries)
        self._tries.append(
            Tried(
                line=line_of(node),
                last_line=last_line_of(body) if body is not None else line_of(node),
                function=place.function,
                tried=place.tried,
                handler=place.handler,
                statements=len(statements(body)) if body is not None else 0,
                exits=exits_of(finalizer),
                has_handler=handler is not None,
                is_loop=place.is_loop,
            )
        )
        if handler is not None:
            number = self._catch(handler, place, tried)
            self._sweep.enter(handler.end_byte, place._replace(handler=number))
        if body is not None:
            inner = tried if handler is not None else place.tried
            self._sweep.enter(body.end_byte, place._replace(tried=inner))

    def _catch(self, node: Node, place: Place, tried: int) -> int:
        parameter, body = node.child_by_field_name("parameter"), node.child_by_field_name("body")
        error = self._source.cut(parameter) if parameter is not None else ""
        deeds = Deeds(self._source, error)
        if body is not None:
            deeds.of_block(body)
        said = " ".join(comments(body, self._source)) if body is not None else ""
        self._handlers.append(
            Handler(
                how="catch",
                line=line_of(node),
                last_line=last_line_of(node),
                column=int(node.start_point[1]) + 1,
                function=place.function,
                tried=tried,
                handler=place.handler,
                error=error,
                deeds=tuple(deeds.found),
                comments=said,
                text=self._source.lines(node),
            )
        )
        return len(self._handlers) - 1

    def _if(self, node: Node) -> None:
        test, branch = (
            node.child_by_field_name("condition"),
            node.child_by_field_name("consequence"),
        )
        if test is None or branch is None or test.end_byte - test.start_byte > 80:
            return
        words = self._source.of(test)[1:-1].strip()
        if words.startswith("!") or not _ERROR_TEST.match(words):
            return
        error = words.split()[0].replace("?", "")
        deeds = Deeds(self._source, error.rpartition(".")[2])
        deeds.of_statement(branch)
        place = self._sweep.place
        self._handlers.append(
            Handler(
                how="value",
                line=line_of(node),
                last_line=last_line_of(branch),
                column=int(node.start_point[1]) + 1,
                function=place.function,
                tried=place.tried,
                handler=place.handler,
                error=error,
                deeds=tuple(deeds.found),
                comments=" ".join(comments(branch, self._source)),
                text=self._source.lines(node),
            )
        )
