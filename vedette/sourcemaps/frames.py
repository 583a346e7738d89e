"""One frame read through a source map: where it really is, in whose function, in what code."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from vedette.sourcemaps.lookup import Found
from vedette.sourcemaps.maps import SourceMap, Token
from vedette.sourcemaps.paths import name_source
from vedette.sourcemaps.verdicts import Verdict

Tree: TypeAlias = dict[str, Any]

_MOST_LINE_CHARACTERS = 1000
_MOST_NAME_CHARACTERS = 1000
_IDENTIFIER = re.compile(r"^[A-Za-z_$][\w$]*$", re.ASCII)  # others may be written as escapes
_SCRIPT = re.compile(r"\.(?:[cm]?js|js\.(?:gz|br)|jsbundle|bundle|hbc)(?:[?#]|$)", re.IGNORECASE)
_BUILT_IN = re.compile(
    r"^(?:<|\[native|native(?: code)?$|node:|internal/|data:|blob:|about:|webpack-internal:"
    r"|(?:chrome|moz|safari|safari-web|ms-browser)-extension:)"
)
_NAMELESS = frozenset({"", "?", "<anonymous>", "anonymous", "<unknown>", "{anonymous}"})


def script_of(frame: Tree) -> str:
    """The address of the script that the frame is in; empty if it can have no map."""
    url = frame.get("abs_path") or frame.get("filename")
    line = frame.get("lineno")
    if not isinstance(url, str) or not isinstance(line, int) or line <= 0:
        return ""
    return "" if _BUILT_IN.match(url) else url


def is_missed(frame: Tree, url: str, platform: str) -> bool:
    """Whether a frame for which nothing was found should have had a map.

    A page's inline script, a package that Node runs as it is, and a file whose lines the SDK
    sent along are readable without.
    """
    if not _SCRIPT.search(url) or "/node_modules/" in url:
        return False
    return not (platform == "node" and isinstance(frame.get("context_line"), str))


def read_frame(
    frame: Tree, source_map: SourceMap, found: Found, *, debug_id: str, called_as: str
) -> tuple[Verdict, Token | None]:
    """Put the original place into the frame, or say why not; the frame is then as it was.

    `called_as` is what the caller's source calls the function.
    """
    line, column = frame["lineno"], frame.get("colno")
    column = column if isinstance(column, int) and column > 0 else 1
    if is_of_another_build(frame, source_map, found, debug_id, line=line, column=column):
        return Verdict.OTHER_BUILD, None
    token = source_map.lookup(line, column)
    if token is None:
        return Verdict.OUTSIDE, None
    name = name_source(token.source, found.map_url) if token.source else None
    frame["function"] = _function(token, frame.get("function"), called_as)
    frame["lineno"], frame["colno"] = token.line, token.column
    if name is not None:
        frame["filename"], frame["abs_path"] = name.filename, name.abs_path
        frame["module"], frame["in_app"] = name.module, name.in_app
    for key in ("pre_context", "context_line", "post_context"):
        frame.pop(key, None)
    if token.line_text is None:
        return Verdict.SOURCE_MISSING, token
    frame["pre_context"] = [_line(one) for one in token.before]
    frame["context_line"] = _line(token.line_text)
    frame["post_context"] = [_line(one) for one in token.after]
    return Verdict.APPLIED, token


def is_of_another_build(
    frame: Tree, source_map: SourceMap, found: Found, debug_id: str, *, line: int, column: int
) -> bool:
    """Whether the map and its script cannot be of the file that ran."""
    if not source_map.has_position(line, column):
        return True
    if debug_id and found.by == "debug_id" and source_map.debug_id:
        return source_map.debug_id.lower() != debug_id.lower()
    function = frame.get("function")
    if found.by == "debug_id" or not source_map.script or not isinstance(function, str):
        return False
    own = function.rpartition(".")[2].removeprefix("async ").removeprefix("new ")
    return bool(_IDENTIFIER.match(own)) and own.encode() not in source_map.script


def _function(token: Token, sent: object, called_as: str) -> str:
    """The best name: of the scope, else as the caller calls it, else as it was sent."""
    names = (token.function, called_as, sent if isinstance(sent, str) else "")
    found = next((name for name in names if name not in _NAMELESS), token.function)
    return found[:_MOST_NAME_CHARACTERS]


def _line(text: str) -> str:
    return text.rstrip("\r\n")[:_MOST_LINE_CHARACTERS]
