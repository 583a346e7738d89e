"""Everything from where people develop and test."""

from __future__ import annotations

from vedette.filters import EVERYTHING, Chosen, Filter, Match
from vedette.filters._samples import error, span, transaction
from vedette.options import Option

_NAMES = frozenset(
    (
        *("dev", "develop", "development", "debug", "local", "localhost", "sandbox"),
        *("test", "tests", "testing", "unittest", "e2e", "ci"),
    )
)


def _prepare(chosen: Chosen) -> Match:
    return lambda view: view.environment.lower() in _NAMES


FILTER = Filter(
    name="development-environment",
    title="Development environments",
    help="Environments called development, local, test, ci, debug, sandbox and the like.",
    order=85,
    kinds=EVERYTHING,
    options=(Option(name="development", label="Development environments", form="switch",
                    default=False),),
    prepare=_prepare,
    on={"development": True},
    bad=(
        error(environment="development"),
        transaction(environment="CI"),
        span(sentry__environment="local"),
    ),
    good=(error(environment="staging"), error(), transaction(), span()),
)  # fmt: skip
