"""Parts of an application that a browser could not load: a deploy or a lost connection."""

from __future__ import annotations

from vedette.filters import Chosen, Filter, Saying
from vedette.filters._samples import error
from vedette.options import Option

_TYPE = "ChunkLoadError"
_PHRASES = (
    "ChunkLoadError",
    "Loading chunk ",
    "Loading CSS chunk ",
    "Failed to fetch dynamically imported module",
    "error loading dynamically imported module",
    "Importing a module script failed",
    "Unable to preload CSS for",
)


def _prepare(chosen: Chosen) -> Saying:
    return Saying(_PHRASES)


FILTER = Filter(
    name="chunk-load-error",
    title="Chunk load errors",
    help="A part of the application could not be loaded, as after a deploy or without a "
    "connection.",
    order=60,
    kinds=("event",),
    options=(Option(name="chunk_load_errors", label="Chunk load errors", form="switch",
                    default=False),),
    prepare=_prepare,
    on={"chunk_load_errors": True},
    bad=(
        error(_TYPE, "Loading chunk 7 failed. (missing: https://shop.example/7.js)"),
        error("TypeError", "Failed to fetch dynamically imported module: https://shop.example/a"),
    ),
    good=(error(), error("TypeError", "Failed to fetch")),
)  # fmt: skip
