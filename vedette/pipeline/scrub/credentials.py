"""The patterns of what is always removed from text, and of addresses. Used by `redaction`."""

from __future__ import annotations

from vedette.pipeline.scrub.paths import PATH_SECRET, WEBHOOK
from vedette.pipeline.scrub.patterns import (
    BEARER,
    CARD,
    IBAN,
    IPV4,
    IPV6,
    JWT,
    OTHER_CARD,
    PEM_KEY,
    SSN,
    URL_PASSWORD,
    regex,
)
from vedette.pipeline.scrub.tokens import TOKEN

KNOWN_SINCE_THEN = (TOKEN, WEBHOOK, PATH_SECRET)
CREDENTIALS = (PEM_KEY, URL_PASSWORD, BEARER, JWT, *KNOWN_SINCE_THEN, CARD, OTHER_CARD, IBAN, SSN)
ADDRESSES = (IPV6, IPV4)

_ANY_CREDENTIAL = regex(
    "|".join(f"(?:{kind.clue or kind.expression.pattern.decode()})" for kind in CREDENTIALS)
)


def may_hold_credentials(text: bytes) -> bool:
    """Whether one of `CREDENTIALS` matches, genuine or not: one look instead of many."""
    return _ANY_CREDENTIAL.search(text) is not None
