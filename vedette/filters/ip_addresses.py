"""People by the network they come from."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_network

from vedette.filters import EVERYTHING, Chosen, Filter, Match
from vedette.filters._samples import error, span, transaction
from vedette.ingest.networks import is_within
from vedette.options import Option


def _check(line: str) -> str:
    try:
        ip_network(line.strip(), strict=False)
    except ValueError:
        return "is an address or a range, such as 192.0.2.7 or 2001:db8::/32"
    return ""


def _prepare(chosen: Chosen) -> Match:
    networks = tuple(chosen["ip_addresses"])

    @lru_cache(maxsize=1024)
    def is_one(text: str) -> bool:
        return is_within(text, networks)

    return lambda view: bool(address := view.address) and is_one(address)


FILTER = Filter(
    name="ip-address",
    title="IP addresses",
    help="By the address of the user, as events show it: one that is not sent, or is removed by "
    "scrubbing, is not known.",
    order=75,
    kinds=EVERYTHING,
    options=(
        Option(
            name="ip_addresses",
            label="IP addresses",
            help="Addresses and ranges, one a line: 192.0.2.0/24",
            form="lines",
            default=[],
            is_added=True,
            check=_check,
        ),
    ),
    prepare=_prepare,
    on={"ip_addresses": ["192.0.2.0/24", "2001:db8::/32"]},
    bad=(
        error(user={"ip_address": "192.0.2.7"}),
        error(user={"ip_address": "2001:db8::7"}),
        error(user={"ip_address": "::FFFF:192.0.2.7"}),
        transaction(user={"ip_address": "192.0.2.7"}),
        span(user__ip_address="192.0.2.7"),
    ),
    good=(error(user={"ip_address": "198.51.100.7"}), error(), transaction(), span()),
)
