"""Names that browsers and Node share: bundle files and the functions of JavaScript engines."""

from __future__ import annotations

import re
from typing import Final

from vedette.pipeline.grouping.chunks import chunk_name, is_built
from vedette.pipeline.grouping.naming import stable_path

_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]*:/{0,3}", re.IGNORECASE)
_WEB: Final = re.compile(
    r"^(?:(?:https?|capacitor|ionic|tauri|(?:chrome|moz|safari-web|ms-browser)-extension):)?//[^/]*/?",
    re.IGNORECASE,
)
# What React Native and Expo call the script of an application, by platform and version.
_OF_A_PHONE: Final = re.compile(r"/?(?:index|main)\.(?:(?:android|ios)\.)?(?:js)?bundle(?:\.js)?$")
_LAYER: Final = re.compile(r"^\([\w-]+\)/")
_BUILD_ID: Final = re.compile(
    r"(?:^|/)(?=[^/]*\d)[0-9A-Za-z_-]{16,}(?=/)"
    r"|(?<=_next/static)/(?!chunks/|css/|media/|webpack/|pages/)[\w-]{8,}(?=/)"
)
# `jquery-3.6.0.min.js`, and a short commit that a build lies under.
_VERSION: Final = re.compile(r"[-.@]v?\d+\.\d+\.\d+(?=\.(?:min\.)?[cm]?js$)")
_COMMIT: Final = re.compile(r"(?<![^/])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7}(?=/)")
# A hash that stands before the name, or instead of it: `3f2a91bc.app.js`.
_HASH_PIECE: Final = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?=[a-f]*[0-9])[0-9a-f]{8,64})(?![0-9a-zA-Z])"
)
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


def script_path(source: str, *, is_source: bool = False) -> str:
    """The path of a script as its author knows it.

    Without host, scheme, query, bundler namespace, content hash and chunk number, so that
    `https://cdn.example/app.3f2a91.js?v=2` and `app:///app.77aa01.js` are both `app.js`. A file
    that `is_source` was named by a person.
    """
    if source.startswith("blob:"):
        return "blob"  # a script that a page made, under an address drawn for it
    source = source.replace("\\", "/").partition("?")[0].partition("#")[0]
    if source.startswith("file://") or source[1:3] == ":/":
        source = source.rpartition("/")[2]
    elif _WEB.match(source):
        source = _WEB.sub("", source, count=1)
    else:
        source = _SCHEME.sub("", source, count=1)
    if _OF_A_PHONE.match(source) is not None:
        return "main.jsbundle"
    if "/./" in source:
        source = source.rpartition("/./")[2]
    source = _LAYER.sub("", source).lstrip("/").removeprefix("~/").removeprefix("_N_E/")
    source = _BUILD_ID.sub("", "/" + source).lstrip("/")
    folder, slash, name = _COMMIT.sub("<hash>", source).rpartition("/")
    name = _VERSION.sub("", name)
    if is_source or not is_built(name):
        return _NUMBER.sub("<int>", stable_path(folder + slash + name))
    return (
        _NUMBER.sub("<int>", stable_path(folder))
        + slash
        + _HASH_PIECE.sub("<hash>", chunk_name(name, folder))
    )


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
