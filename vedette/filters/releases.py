"""Releases of which nothing is to be heard any more."""

from __future__ import annotations

from functools import lru_cache

from vedette.filters import EVERYTHING, Chosen, Filter, Match
from vedette.filters._globs import Globs, check_glob
from vedette.filters._samples import error, span, transaction
from vedette.options import Option


def _prepare(chosen: Chosen) -> Match:
    fits = lru_cache(maxsize=1024)(Globs(chosen["releases"]).fits)
    return lambda view: bool(release := view.release) and fits(release)


FILTER = Filter(
    name="release-version",
    title="Releases",
    help="By the name of the release.",
    order=80,
    kinds=EVERYTHING,
    options=(
        Option(
            name="releases",
            label="Releases",
            help="Names, one a line; * stands for anything: shop@1.*",
            form="lines",
            default=[],
            is_added=True,
            check=check_glob,
        ),
    ),
    prepare=_prepare,
    on={"releases": ["shop@1.*"]},
    bad=(
        error(release="shop@1.2.3"),
        transaction(release="shop@1.2.3"),
        span(sentry__release="shop@1.2.3"),
    ),
    good=(error(release="shop@2.1.0"), error(), transaction(), span()),
)
