"""Go: closures, generics, method values."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import (
    Language,
    Name,
    Role,
    describe,
    function_of,
    path_of,
    stable_path,
)
from vedette.wire.event import Frame

_CLOSURE: Final = re.compile(r"\.(?:func|gowrap|deferwrap)?\d++(?!\w).*$|-range\d.*$|-fm$")
_NUMBERED: Final = re.compile(r"\.func\d++(?:\.\d++)*(?:-range\d++)*$")
_INLINED: Final = re.compile(r"^(\w+)\.\1$")
_GENERIC: Final = re.compile(r"\[[^\]]*\]")
_ADDRESS: Final = re.compile(r"\(0x[0-9a-f]+.*\)$|\{0x[0-9a-f]+.*$")
# What the runtime calls when a program panics.
_PANIC: Final = re.compile(r"^(?:gopanic|goPanic\w*|panic\w*|sigpanic\w*|throw|fatal\w*)$")
# The package of every program is called `main`; its folder says which one it is.
_COMMAND: Final = re.compile(r"(?:^|/)cmd/([\w.-]+)/")
_LIBRARY: Final = re.compile(r"/pkg/mod/|/go/src/(?!.*\.)|/usr/local/go/|/vendor/|/sdk/go")


def clean(frame: Frame) -> Name:
    """Package and function; a closure counts as the function that it stands in, and its line."""
    sent = function_of(frame)
    if frame.module == "runtime" and _PANIC.match(sent) is not None:
        return Name(sent, "runtime", Role.NOISE, "part of how a program panics")
    function = _CLOSURE.sub("", _GENERIC.sub("", _ADDRESS.sub("", sent))).replace("..", ".")
    place = _GENERIC.sub("", frame.module or "") or stable_path(path_of(frame))
    if place == "main" and (command := _COMMAND.search(frame.abs_path or path_of(frame))):
        place = f"main {command.group(1)}"
    is_closure = _NUMBERED.search(sent) is not None
    if is_closure:
        function = _written_in(function, path_of(frame).rpartition("/")[2])
    return Name(function, place, remark=describe(sent, function), is_closure=is_closure)


def _written_in(function: str, file: str) -> str:
    """The function a closure stands in; of those of a package's variables, their file.

    Go 1.21 calls `glob..func1` `init.func1`, and one that it inlined `Register.Register.func1`.
    """
    if function in ("glob.", "init"):
        return f"init {file}".rstrip()
    return _INLINED.sub(r"\1", function)


# What reports, wraps or logs an error for others.
_REPORTS: Final = re.compile(
    r"^github\.com/(?:getsentry/sentry-go|pkg/errors|cockroachdb/errors|sirupsen/logrus|rs/zerolog"
    r"|rotisserie/eris|samber/oops|stretchr/testify)\b|^go\.uber\.org/zap\b"
)


def is_library(frame: Frame) -> bool:
    """Module cache, vendored code, and the standard library, whose names hold no dot."""
    module = frame.module or ""
    if _REPORTS.match(module):
        return True
    standard = module != "" and module != "main" and "." not in module.partition("/")[0]
    return _LIBRARY.search(frame.abs_path or "") is not None or (standard and not frame.abs_path)


LANGUAGE: Final = Language(frozenset({"go"}), clean, is_library)
