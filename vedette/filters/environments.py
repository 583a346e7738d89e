"""Environments of which nothing is to be heard."""

from __future__ import annotations

from functools import lru_cache

from vedette.filters import EVERYTHING, Chosen, Filter, Match
from vedette.filters._globs import Globs, check_glob
from vedette.filters._samples import error, span, transaction
from vedette.options import Option


def _prepare(chosen: Chosen) -> Match:
    fits = lru_cache(maxsize=1024)(Globs(chosen["environments"]).fits)
    return lambda view: fits(view.environment)


FILTER = Filter(
    name="environment",
    title="Environments",
    help="By the name of the environment. What names none is of production.",
    order=90,
    kinds=EVERYTHING,
    options=(
        Option(
            name="environments",
            label="Environments",
            help="Names, one a line; * stands for anything: preview-*",
            form="lines",
            default=[],
            is_added=True,
            check=check_glob,
        ),
    ),
    prepare=_prepare,
    on={"environments": ["preview-*"]},
    bad=(
        error(environment="preview-7"),
        transaction(environment="Preview-7"),
        span(sentry__environment="preview-7"),
    ),
    good=(error(environment="staging"), error(), transaction(), span()),
)
