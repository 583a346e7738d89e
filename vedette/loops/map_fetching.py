"""Source maps are fetched from their public addresses, where a project allows it."""

from __future__ import annotations

from vedette.loops import House, Loop


def run(house: House) -> None:
    """Those that wait longest."""
    from vedette.artifacts.fetching import fetch_wanted
    from vedette.outgoing.addresses import read_networks
    from vedette.outgoing.fetcher import Fetcher

    fetch_wanted(Fetcher(read_networks(house.config.outgoing_networks)))


LOOP = Loop(name="map-fetching", interval_seconds=5.0, run=run, needs_lease=True)
