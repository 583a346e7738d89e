"""What developers come upon on their own machines."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from vedette.filters import Chosen, Filter, Match
from vedette.filters._samples import error, transaction
from vedette.filters._views import host_of
from vedette.options import Option


@lru_cache(maxsize=4096)
def _is_local(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".localdomain")):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _prepare(chosen: Chosen) -> Match:
    return lambda view: bool(url := view.url) and _is_local(host_of(url))


FILTER = Filter(
    name="localhost",
    title="Localhost",
    help="Pages and requests of the own machine: localhost, 127.0.0.1, [::1].",
    order=40,
    kinds=("event", "transaction", "span"),
    options=(Option(name="localhost", label="Localhost", form="switch", default=False),),
    prepare=_prepare,
    on={"localhost": True},
    bad=(
        error(request={"url": "http://localhost:3000/cart"}),
        error(request={"url": "http://[::1]/"}),
        transaction(request={"url": "http://127.0.0.1:8000/"}),
    ),
    good=(
        error(),
        error(request={"url": "https://shop.example/?from=localhost"}),
        error(request={"url": "http://[not-an-address/"}),
        transaction(),
    ),
)
