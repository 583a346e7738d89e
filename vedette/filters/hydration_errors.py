"""Errors of pages that a server drew otherwise than the browser would."""

from __future__ import annotations

from vedette.filters import Chosen, Filter, Saying
from vedette.filters._samples import error
from vedette.options import Option

# What React (18 and 19), Vue and Svelte say; React's numbers are those of its minified builds.
_PHRASES = (
    "Hydration failed because",
    "There was an error while hydrating",
    "Text content does not match server-rendered HTML",
    "did not match server-rendered HTML",
    "This Suspense boundary received an update before it finished hydrating",
    "A tree hydrated but some attributes",
    "Hydration completed but contains mismatches",
    "Hydration node mismatch",
    "hydration_mismatch",
    *(f"Minified React error #{number}" for number in (418, 419, 421, 422, 423, 425)),
    *(f"error-decoder.html?invariant={number}" for number in (418, 419, 421, 422, 423, 425)),
)


def _prepare(chosen: Chosen) -> Saying:
    return Saying(_PHRASES)


FILTER = Filter(
    name="react-hydration-errors",
    title="Hydration errors",
    help="The server drew a page otherwise than the browser: React, Next, Vue, Nuxt, Svelte.",
    order=50,
    kinds=("event",),
    options=(Option(name="hydration_errors", label="Hydration errors", form="switch",
                    default=False),),
    prepare=_prepare,
    on={"hydration_errors": True},
    bad=(
        error("Error", "Hydration failed because the initial UI does not match."),
        error("Error", "Minified React error #418; visit the documentation"),
    ),
    good=(error(), error("Error", "Minified React error #31; visit the documentation")),
)  # fmt: skip
