"""PHP: anonymous classes, closures, compiled templates."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.naming import Language, Name, describe, function_of, path_of
from vedette.pipeline.grouping.past.v2026_11_22.naming import stable_path
from vedette.wire.event import Frame

_ANONYMOUS_CLASS: Final = re.compile(r"@anonymous[\x00 ]?.*?(?=::|$)", re.DOTALL)
_CLOSURE: Final = re.compile(r"\{closure(?::[^}]*)?\}")
_TEMPLATE: Final = re.compile(r"(__TwigTemplate|content|_smarty_tpl)_[0-9a-f]{6,}[\w.]*")
_PROXY: Final = re.compile(r"^(?:\w+\\)*__CG__\\|_[0-9a-f]{7,}(?=$|::)")
_EVAL: Final = re.compile(r"\(\d+\) : (?:eval\(\)'d code|runtime-created function)")
_COMPILED: Final = re.compile(r"[0-9a-f]{32,64}(?=\.php)|(?<=Container)[A-Za-z0-9]{7}(?=/|\\)")
_LIBRARY: Final = re.compile(r"(?:^|/)vendor/|\[internal\]")


def clean(frame: Frame) -> Name:
    """Class and method say it all; a bare function or an included file needs its path."""
    sent = function_of(frame)
    function = _ANONYMOUS_CLASS.sub("@anonymous", sent)
    function = _CLOSURE.sub("{closure}", _TEMPLATE.sub(r"\1", _PROXY.sub("", function)))
    if "::" in function and "{closure}" not in function:
        return Name(function, "", remark=describe(sent, function))
    path = _COMPILED.sub("<hash>", _EVAL.sub("(eval)", path_of(frame)))
    if "serializable-closure://" in path:
        path = "serializable-closure"
    return Name(function, stable_path(path), remark=describe(sent, function))


def is_library(frame: Frame) -> bool:
    """Composer's packages and functions of the engine."""
    return _LIBRARY.search(path_of(frame)) is not None


LANGUAGE: Final = Language(frozenset({"php"}), clean, is_library)
