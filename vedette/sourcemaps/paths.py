"""How a source of a map is called on the page, and whether it is the application's own."""

from __future__ import annotations

import re
from typing import NamedTuple

from vedette.sourcemaps.addresses import resolve

# What bundlers put before the path: a scheme with or without the package's name, and layers.
_BUNDLER = re.compile(
    r"^(?:webpack(?:-internal)?|turbopack|rspack|ng|app|metro):/{0,3}", re.IGNORECASE
)
# `webpack://shop/` names the package, `webpack:///` does not.
_PACKAGE = re.compile(r"^(?:webpack|rspack)://(?!/)(?:@[^/]+/)?[^/]+/", re.IGNORECASE)
# The same after a plugin has taken the scheme away.
_NAMED = re.compile(r"^(?:@[\w.-]+/)?[\w.@-]+/(?=\.{1,2}/)")
_LAYER = re.compile(r"^\([\w-]+\)/")
_PROJECT = re.compile(r"^\[(?:project|workspace)\]/")
_UPWARDS = re.compile(r"^(?:\.{1,2}/)+")
_MOST_CHARACTERS = 2000
_LOADER = re.compile(r"\?[0-9a-z]{4}$")
_URL = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HTTP = re.compile(r"^https?://[^/]*/", re.IGNORECASE)
_FOREIGN = re.compile(
    r"(?:^|/)node_modules/|(?:^|/)~/|(?:^|/)bower_components/|(?:^|/)\.yarn/|(?:^|/)\.pnpm/"
    r"|^\[(?:turbopack|externals|next|root-of-the-server)[\w-]*\]|^\(?webpack\)?/|^webpack[ /]"
    r"|^(?:node|native|chrome-extension|moz-extension|safari-extension):|^external |^vite/"
    r"|^\x00|^<|^\[native code\]",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|astro|coffee)$", re.IGNORECASE)


class SourceName(NamedTuple):
    """`filename` from the root of the source tree, `abs_path` as an address, and the module."""

    filename: str
    abs_path: str
    module: str
    in_app: bool


def name_source(source: str, map_url: str) -> SourceName:
    """The names of a source, as its map calls it.

    `webpack://shop/./src/App.tsx?a1b2`, `turbopack:///[project]/src/App.tsx` and
    `../../src/App.tsx` are all `src/App.tsx`.
    """
    bare = _LOADER.sub("", source[:_MOST_CHARACTERS].replace("\\", "/"))
    path = bare
    if _BUNDLER.match(path):
        path = _BUNDLER.sub("", _PACKAGE.sub("", path, count=1), count=1)
    else:
        path = _HTTP.sub("", path, count=1)
    path = _NAMED.sub("", path, count=1)
    path = _UPWARDS.sub("", _LAYER.sub("", path, count=1))
    is_own = not is_foreign(path)
    path = _PROJECT.sub("", path, count=1)
    is_own = is_own and not is_foreign(path)
    path = path.lstrip("/") if not source.startswith("/") else path
    abs_path = bare if _URL.match(bare) or not map_url else resolve(bare, map_url)
    return SourceName(path or bare, abs_path, _module(path), is_own)


def is_foreign(path: str) -> bool:
    """Whether the path is a package's or the bundler's own, not the application's."""
    return _FOREIGN.search(path) is not None


def _module(path: str) -> str:
    """The path without its ending: what groups frames of one file."""
    return _ENDING.sub("", path).removesuffix("/index")
