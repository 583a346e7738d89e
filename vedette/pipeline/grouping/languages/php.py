"""PHP: anonymous classes, closures, compiled templates."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import (
    Language,
    Name,
    describe,
    function_of,
    path_of,
    stable_path,
)
from vedette.wire.event import Frame

_ANONYMOUS_CLASS: Final = re.compile(r"@anonymous[\x00 ]?.*?(?=::|$)", re.DOTALL)
# `App\Http\{closure}` until PHP 8.3, `{closure:App\Http\Cart::index():31}` since PHP 8.4.
_CLOSURE: Final = re.compile(
    r"(?<![\w\\])(?:\w++\\)*+\{closure(?::(?:[^{}]|\{[^{}]*\})*?(?::(?P<line>\d{1,6}))?)?\}"
)
_TEMPLATE: Final = re.compile(r"(__TwigTemplate|content|_smarty_tpl)_[0-9a-f]{6,}[\w.]*")
_PROXY: Final = re.compile(r"^(?:\w+\\)*__CG__\\|_[0-9a-f]{7,}(?=$|::)")
_EVAL: Final = re.compile(r"\(\d+\) : (?:eval\(\)'d code|runtime-created function)")
_COMPILED: Final = re.compile(r"[0-9a-f]{32,64}(?=\.php)|(?<=Container)[A-Za-z0-9]{7}(?=/|\\)")
_INSIDE_ROOT: Final = re.compile(r"/(?:vendor|wp-(?:content|includes|admin))/")
_LIBRARY: Final = re.compile(r"(?:^|/)vendor/|\[internal\]")


def clean(frame: Frame) -> Name:
    """Class and method say it all; a function, a closure or an included file needs its path."""
    sent = function_of(frame)
    function = _ANONYMOUS_CLASS.sub("@anonymous", sent)
    closure = _CLOSURE.search(function)
    function = _CLOSURE.sub("{closure}", _TEMPLATE.sub(r"\1", _PROXY.sub("", function)))
    if "::" in function and closure is None and "@anonymous" not in function:
        return Name(function, "", remark=describe(sent, function))
    path = _COMPILED.sub("<hash>", _EVAL.sub("(eval)", path_of(frame)))
    if "serializable-closure://" in path:
        path = "serializable-closure"
    first_line = closure.group("line") if closure is not None else None
    return Name(
        function,
        stable_path(path),
        remark=describe(sent, function),
        is_closure=closure is not None,
        first_line=int(first_line or 0),
    )


def root(frames: list[Frame | None]) -> str:
    """The application's folder: where Composer's `vendor` or WordPress's folders lie.

    Where the SDK named the files from there on, with a slash before, that slash is all.
    """
    for frame in frames:
        if frame is None or not frame.filename:
            continue
        path, name = frame.abs_path or frame.filename, frame.filename
        if path != name and name[0] == "/" and path.endswith(name):
            return "/"
        inside = _INSIDE_ROOT.search(path)
        if inside is not None:
            return path[: inside.start() + 1]
    return ""


def is_library(frame: Frame) -> bool:
    """Composer's packages and functions of the engine, which lie in no file."""
    path = path_of(frame)
    return not path or _LIBRARY.search(path) is not None


# PHP 8.4 tells where a closure begins, earlier ones only where it crashed: hence the width.
LANGUAGE: Final = Language(frozenset({"php"}), clean, is_library, root=root, closure_lines=32)
