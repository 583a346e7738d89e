"""Secrets and personal data that arrived and had to be hidden here."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audits.joins import Join, Told
from vedette.audits.seen import Seen

_NAMES = {
    "@password": "a password",
    "@bearer": "an Authorization header or bearer token",
    "@cookies": "cookies",
    "@creditcard": "the number of a credit card",
    "@iban": "an IBAN",
    "@usssn": "a social security number",
    "@pemkey": "a private key",
    "@jwt": "a JSON web token",
    "@email": "an e-mail address",
    "@urlauth": "an address with a password",
}


def find(seen: Seen) -> Iterator[Told]:
    """What the scrubber hid in the newest events, by kind."""
    looked, rules = seen.scrubbed
    found: dict[str, int] = {}
    for rule, number in rules.items():
        name = _NAMES.get(rule.partition(":")[0])
        if name:
            found[name] = max(found.get(name, 0), number)
    for name, number in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        yield Told(
            severity="important",
            text=f"{number:,} of the newest {looked:,} events had {name}; it was hidden here",
            advice="Take it out in beforeSend: what is not sent cannot leak.",
        )


JOIN = Join(id="cov.pii-seen", title="Secrets that arrived", needs=("scrubbed",), find=find)
