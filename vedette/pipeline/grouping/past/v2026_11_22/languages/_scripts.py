"""Names that browsers and Node share: bundle files and the functions of JavaScript engines."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from vedette.pipeline.grouping.past.v2026_11_22.naming import stable_path

_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]*:/{0,3}", re.IGNORECASE)
_WEB: Final = re.compile(r"^(?:https?:)?//[^/]*/?", re.IGNORECASE)
_LAYER: Final = re.compile(r"^\([\w-]+\)/")
_HASH_SUFFIX: Final = re.compile(r"[.\-_~]([0-9A-Za-z_-]{6,64})(?=(?:\.\w+){1,3}$)")
_LONG_SEGMENT: Final = re.compile(r"(?:^|/)(?=[^/]*\d)[0-9A-Za-z_-]{16,}(?=/)")
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])\d+(?![0-9A-Za-z])")
_ALIAS: Final = re.compile(r" \[as [^\]]*\]$| \(index \d+\)$")
_PREFIX: Final = re.compile(r"^(?:(?:async|new|get|set|static|bound) |async\*|\*)+")
_RENAMED: Final = re.compile(r"\$\d+$")

ANONYMOUS: Final = frozenset(
    {"", "?", "anonymous", "<anonymous>", "(anonymous)", "anonymous function", "global code"}
    | {"module code", "<unknown>", "(anonymous function)", "promise", "<global>", "{anonymous}"}
)
EVALUATED: Final = frozenset({"eval", "eval code", "Function", "<eval>"})
BUILT_IN_FILES: Final = frozenset(
    {"<anonymous>", "native code", "[native code]", "native", "eval code", "(native)"}
)
# Emitted by compilers around async functions and generators; which of them stand in a
# stack depends on the engine and on the browsers a build was made for.
TRANSPILED: Final = frozenset(
    {"asyncGeneratorStep", "_next", "_throw", "__awaiter", "__generator", "tryCatch"}
    | {"regeneratorRuntime", "sentryWrapped", "__spreadArray", "_asyncToGenerator"}
)


def script_path(source: str) -> str:
    """The path of a script as its author knows it.

    Without host, scheme, query, bundler namespace, content hash and chunk number, so that
    `https://cdn.example/app.3f2a91.js?v=2` and `app:///app.77aa01.js` are both `app.js`.
    """
    source = source.replace("\\", "/").partition("?")[0].partition("#")[0]
    if source.startswith("file://") or source[1:3] == ":/":
        source = source.rpartition("/")[2]
    elif _WEB.match(source):
        source = _WEB.sub("", source, count=1)
    else:
        source = _SCHEME.sub("", source, count=1)
    if "/./" in source:
        source = source.rpartition("/./")[2]
    source = _LAYER.sub("", source).lstrip("/").removeprefix("~/").removeprefix("_N_E/")
    source = _LONG_SEGMENT.sub("", "/" + source).lstrip("/")
    path = stable_path(_HASH_SUFFIX.sub(_drop_hash, source))
    return _NUMBER.sub("<int>", path)


def _drop_hash(match: re.Match[str]) -> str:
    """Remove a name's suffix when it looks like a content hash rather than a word."""
    return "" if _is_hash(match.group(1)) else match.group()


def _is_hash(word: str) -> bool:
    """Digits between letters, or letters that change case too often for a word."""
    digits = sum(character.isdigit() for character in word)
    if digits:
        return digits < len(word) or len(word) >= 8
    changes = sum(a.isupper() != b.isupper() for a, b in pairwise(word))
    return changes >= 3 and len(word) == 8


def script_function(sent: str, *, keep_class: bool) -> str:
    """The bare name of a function; empty when no engine-independent name is left.

    `keep_class` keeps `Cart` of `Cart.add`: right where one engine runs everything (Node),
    wrong across browsers, of which only some tell the receiver.
    """
    name = _PREFIX.sub("", _ALIAS.sub("", sent.strip())).strip()
    if "/" in name:
        name = name.rpartition("/")[2]
    if name.startswith("<") or name.endswith(("<", "<anonymous>")):
        return ""
    receiver, _, last = name.replace(".prototype.", ".").rpartition(".")
    last = _RENAMED.sub("", last)
    if last.casefold() in ANONYMOUS or last.startswith("_callee") or "[" in last:
        return ""
    owner = receiver.rpartition(".")[2]
    if keep_class and owner not in (
        "",
        "Object",
        "Module",
        "Function",
        "exports",
        "module",
        "this",
    ):
        return f"{owner}.{last}"
    return last
