"""Who sends more than anybody can: counted beyond so many an hour, not stored."""

from __future__ import annotations

from collections.abc import Callable

from vedette.filters import Chosen, Filter, Limit
from vedette.filters._samples import error
from vedette.filters._views import View
from vedette.options import Option

_KEYS: dict[str, Callable[[View], str]] = {
    "user": lambda view: view.person,
    "device": lambda view: view.device,
    "address": lambda view: view.address,
}


def _prepare(chosen: Chosen) -> Limit:
    return Limit(int(chosen["offender_limit"]), _KEYS[chosen["offender"]])


FILTER = Filter(
    name="repeat-offender",
    title="Repeat offenders",
    help="Errors of one user, device or address beyond so many in an hour.",
    order=200,
    kinds=("event",),
    options=(
        Option(
            name="offender_limit",
            label="Repeat offenders: errors an hour",
            help="What comes beyond is counted and not stored. 0: no limit.",
            form="number",
            default=0,
            most=1_000_000,
        ),
        Option(
            name="offender",
            label="Repeat offenders: who is one",
            help="A user is told by id, else name, e-mail or address, whichever comes first; a "
            "device by its id in the context “device”.",
            form="choice",
            default="user",
            choices=(("user", "A user"), ("device", "A device"), ("address", "An IP address")),
        ),
    ),
    prepare=_prepare,
    on={"offender_limit": 2, "offender": "user"},
    bad=(),
    good=(error(user={"id": "7"}), error(user={"id": "7"}), error(user={"id": "8"}), error()),
)
