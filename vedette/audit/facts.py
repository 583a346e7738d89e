"""What is known of one file, whatever its language: made once of its text, kept by content.

Lists refer to each other by position: `Call.function` is a place in `functions`, -1 is the top of
the file. Lines count from 1. Names are dotted as written, `this.pool.query`, with `()` for a call
on the way (`db().query`) and `[]` for what is computed; a part that is no name at all is `?`.
Everything is syntax; what a name means is asked of `vedette.audit.project.Project`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Use = Literal["statement", "awaited", "returned", "assigned", "argument", "voided", "chained"]

ValueKind = Literal[
    "text",
    "number",
    "boolean",
    "null",
    "name",
    "call",
    "function",
    "object",
    "list",
    "template",
    "spread",
    "other",
]

DeedKind = Literal[
    "comment",  # nothing but a comment, or `pass`
    "log",  # a call of something that logs, with its `level`
    "capture",  # a call of an SDK's capture, by its name
    "throw",  # throws on, whatever
    "return-constant",  # a literal, an empty collection, nothing
    "return",  # anything else
    "assign-constant",
    "assign",
    "leave",  # continue, break
    "answer",  # to a client, with its `status` if it is written there
    "surface",  # shown to the person: a toast, an alert, a state called error
    "exit",  # ends the process
    "call",  # any other call
    "other",
]


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False, kw_only=True):
    """A value of this module."""


class Value(Fact, frozen=True, kw_only=True):
    """An argument or an option as a tree of literals.

    `text` is the literal itself, the dotted name, the name that is called, or the first 120
    characters of the source. `items` are what an object or a list holds (keys are empty in a
    list), or the arguments of a call; `function` is the place of a function that is written there.
    """

    kind: ValueKind
    text: str = ""
    items: tuple[tuple[str, Value], ...] = ()
    function: int = -1

    def get(self, key: str) -> Value | None:
        """What an object holds under `key`."""
        return next((value for name, value in self.items if name == key), None)


class Function(Fact, frozen=True, kw_only=True):
    """A function, method or closure.

    `name` is `Class.method` for methods and the variable's for closures that are kept in one;
    `parent` is the function around it. `given_to` is the call whose argument it is, -1 if none.
    `is_tried`: all that it does stands in a try with a handler for everything that does not throw,
    so it cannot fail. `throws`: a throw of its own that no try around it takes. `results` are what
    it gives, as written, where errors are values (Go).
    """

    name: str
    line: int
    last_line: int
    parent: int = -1
    owner: int = -1  # the class whose method it is
    parameters: tuple[str, ...] = ()
    decorators: tuple[Value, ...] = ()
    given_to: int = -1
    is_async: bool = False
    is_tried: bool = False
    is_test: bool = False
    throws: bool = False
    awaits: bool = False
    results: tuple[str, ...] = ()


class Class(Fact, frozen=True, kw_only=True):
    """A class with the names of what it extends and of its methods."""

    name: str
    line: int
    last_line: int
    bases: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


class Call(Fact, frozen=True, kw_only=True):
    """A call or a construction (`is_new`).

    `tried` is the innermost try of the same function in whose body it stands, `handler` the
    innermost handler of the same function, -1 if none. `use` says what becomes of the result,
    `kept_in` the variable, field or pattern that it is assigned to. `steps` are the calls that
    are chained to it: (`then`, `catch`).
    """

    path: str
    line: int
    last_line: int
    column: int = 0
    function: int = -1
    tried: int = -1
    handler: int = -1
    arguments: tuple[Value, ...] = ()
    use: Use = "argument"
    kept_in: str = ""
    steps: tuple[str, ...] = ()
    is_new: bool = False
    is_optional: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]


class Deed(Fact, frozen=True, kw_only=True):
    """One thing that a handler does; `condition` is the `if` under which, as written.

    `uses_error`: the error that was caught, or a part of it, goes into it. `keeps_error`: the
    error as a whole does (as an argument, a cause), so that its stack is not lost.
    """

    kind: DeedKind
    line: int
    path: str = ""
    level: str = ""
    status: int = 0
    condition: str = ""
    uses_error: bool = False
    keeps_error: bool = False
    text: str = ""


class Tried(Fact, frozen=True, kw_only=True):
    """A `try`: what it holds, and the exits of its `finally` (word and line)."""

    line: int
    last_line: int
    function: int = -1
    tried: int = -1
    handler: int = -1
    statements: int = 0
    calls: tuple[str, ...] = ()
    exits: tuple[tuple[str, int], ...] = ()
    has_handler: bool = True
    is_loop: bool = False  # a loop of the same function is around it: it may try again


class Handler(Fact, frozen=True, kw_only=True):
    """Where an error is caught.

    `how`: `catch` of a try; `promise`, the function that `.catch` is given; `then`, the second
    that `.then` is given; `value`, an `if` over an error that was returned; `modifier`, Ruby's
    `rescue` behind an expression; `suppress`, a block that swallows by what it is; `silence`,
    PHP's `@`. `types` are the names that are caught, none for all. `error` is the variable.
    `calls` are the names of what was tried. `passed` is the name of a function that is given
    instead of one that is written there. `comments` are those in it or behind it.
    `text` is the source of it, at most 12 lines, as a report shows it. `is_seen`: what failed is
    looked at beside it, as its language has it: the result is tested (PHP); the error is a result
    or a variable of the function around, or what came with it is told (Go).
    """

    how: Literal["catch", "promise", "then", "value", "modifier", "suppress", "silence"]
    line: int
    last_line: int
    column: int = 0
    function: int = -1
    tried: int = -1
    handler: int = -1
    types: tuple[str, ...] = ()
    error: str = ""
    deeds: tuple[Deed, ...] = ()
    calls: tuple[str, ...] = ()
    comments: str = ""
    passed: str = ""
    written: int = -1  # the function that is written there
    text: str = ""
    is_seen: bool = False

    def does(self, *kinds: DeedKind) -> bool:
        """Whether one of its deeds is of these kinds."""
        return any(deed.kind in kinds for deed in self.deeds)


class Import(Fact, frozen=True, kw_only=True):
    """A module, and which of its names are known here under which: (`captureException`, `cap`).

    `*` is the module itself. `is_lazy`: `import()` or within a function.
    """

    module: str
    line: int
    names: tuple[tuple[str, str], ...] = ()
    function: int = -1
    is_lazy: bool = False
    is_type: bool = False


class Export(Fact, frozen=True, kw_only=True):
    """A name that others can import, what it is here, and the module it is passed on from."""

    name: str
    local: str = ""
    module: str = ""


class Binding(Fact, frozen=True, kw_only=True):
    """A variable, field or option that is given something, wherever it is written.

    Only what may matter: literals of twelve characters and more, constructions, and objects at
    the top of a file.
    """

    name: str
    line: int
    value: Value
    function: int = -1


class EnvRead(Fact, frozen=True, kw_only=True):
    """A variable of the environment that is read, and what holds without it."""

    name: str
    line: int
    otherwise: Value | None = None
    function: int = -1


class Throw(Fact, frozen=True, kw_only=True):
    """What is thrown: `path` of a construction or call, else its value."""

    line: int
    value: Value
    function: int = -1
    tried: int = -1
    handler: int = -1
    has_cause: bool = False


class Suspect(Fact, frozen=True, kw_only=True):
    """What may be a secret: shown in part, compared by digest, never whole."""

    kind: str
    line: int
    column: int
    name: str
    shown: str
    digest: str


class Comment(Fact, frozen=True, kw_only=True):
    """A comment that says something to the auditor or to other linters."""

    line: int
    text: str


class FileFacts(Fact, frozen=True, kw_only=True):
    """All that is known of one file; `path` is filled in when it is read from the cache.

    `error` says what of it could not be read; what could be is there. `is_generated` by its
    header or its looks. `holder` is who holds the rights by the header (`vedette.audit.copied`).
    """

    path: str = ""
    language: str
    size_bytes: int = 0
    lines: int = 0
    error: str = ""
    is_generated: bool = False
    directives: tuple[str, ...] = ()  # "use client", Go's `ignore`
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    calls: tuple[Call, ...] = ()
    tries: tuple[Tried, ...] = ()
    handlers: tuple[Handler, ...] = ()
    imports: tuple[Import, ...] = ()
    exports: tuple[Export, ...] = ()
    bindings: tuple[Binding, ...] = ()
    reads: tuple[EnvRead, ...] = ()
    throws: tuple[Throw, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    comments: tuple[Comment, ...] = ()
    holder: str = ""

    def function_name(self, place: int) -> str:
        """The innermost function with a name around `place`; empty at the top."""
        while place >= 0:
            function = self.functions[place]
            if function.name:
                return function.name
            place = function.parent
        return ""

    def inside(self, place: int, outer: int) -> bool:
        """Whether the function `place` is `outer` or written within it."""
        while place >= 0 and place != outer:
            place = self.functions[place].parent
        return place == outer
