"""Requests by which machines ask whether a service is alive."""

from __future__ import annotations

from functools import lru_cache

from vedette.filters import Chosen, Filter, Match
from vedette.filters._globs import Globs, check_glob, listed
from vedette.filters._samples import span, transaction
from vedette.options import Option


def _prepare(chosen: Chosen) -> Match:
    globs = Globs((*listed("health-checks"), *chosen["health_check_names"]))
    is_check = lru_cache(maxsize=1024)(globs.fits)
    return lambda view: bool(name := view.name) and is_check(name)


FILTER = Filter(
    name="filtered-transaction",
    title="Health checks",
    help="Transactions and spans whose name is that of a health check: /healthz, /readyz, /ping, "
    "/actuator/health.",
    order=70,
    kinds=("transaction", "span"),
    options=(
        Option(name="health_checks", label="Health checks", form="switch", default=False),
        Option(
            name="health_check_names",
            label="Health checks: more names",
            help="Names of transactions, one a line; * stands for anything.",
            form="lines",
            default=[],
            is_added=True,
            check=check_glob,
        ),
    ),
    prepare=_prepare,
    on={"health_checks": True, "health_check_names": ["*/are-you-there"]},
    bad=(
        transaction("GET /healthz"),
        transaction("/are-you-there"),
        span("GET /actuator/health/db"),
    ),
    good=(transaction(), transaction("/health-insurance"), span()),
)
