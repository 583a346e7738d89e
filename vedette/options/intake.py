"""What a key lets in: how much, from where, of which kinds."""

from __future__ import annotations

import ipaddress

from vedette import items
from vedette.options import Level, Option, OptionGroup


def _network(line: str) -> str:
    try:
        ipaddress.ip_network(line.strip())
    except ValueError:
        return f"{line[:60]} is no network: 203.0.113.0/24, 2001:db8::/32"
    return ""


def _category(line: str) -> str:
    known = items.categories(lambda kind: True)
    return "" if line in known else f"{line[:60]} is no kind; there are {', '.join(sorted(known))}"


GROUP = OptionGroup(
    name="intake",
    label="Intake",
    help="What is let in at the door. What is refused is told to the SDK and counted under "
    "Outcomes.",
    order=5,
    levels=(Level.INSTALLATION, Level.ORGANIZATION, Level.PROJECT, Level.KEY),
    options=(
        Option(
            name="events_per_minute",
            label="Events a minute",
            help="Of each kind and key; 0 is no limit. SDKs are told to wait.",
            form="number",
            default=0,
            most=10_000_000,
            setting="project_events_per_minute",
        ),
        Option(
            name="origins",
            label="Allowed domains",
            help="Web sites whose browsers may report, one a line: shop.example.com, "
            "*.example.com. Empty: all. What no browser sent is not asked.",
            form="lines",
            default=[],
        ),
        Option(
            name="networks",
            label="Allowed networks",
            help="Addresses that may report, one network a line: 203.0.113.0/24, 2001:db8::/32. "
            "Empty: all.",
            form="lines",
            default=[],
            check=_network,
        ),
        Option(
            name="kinds",
            label="Kinds",
            help="What may be reported, one kind a line, such as error, transaction, session. "
            "Empty: everything.",
            form="lines",
            default=[],
            most_entries=60,
            check=_category,
        ),
    ),
)
