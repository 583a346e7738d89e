"""Sentry's named text rules, such as `@email:hash`, applied to one string.

A rule is a data type and a method: replace the match by a placeholder, mask every
character, hash it (HMAC-SHA1 without a key, upper-case hexadecimal), remove it, or put
`[Filtered]`. Called by projects' own rules and by tests.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from vedette.pipeline.scrub import patterns
from vedette.pipeline.scrub.credentials import ADDRESSES
from vedette.pipeline.scrub.patterns import Pattern

TYPES: dict[str, tuple[Pattern, ...]] = {
    "creditcard": (patterns.CARD, patterns.OTHER_CARD),
    "email": (patterns.EMAIL,),
    "iban": (patterns.IBAN, patterns.ANY_IBAN),
    "imei": (patterns.IMEI,),
    "ip": ADDRESSES,
    "mac": (patterns.MAC,),
    "pemkey": (patterns.ANY_PEM_KEY,),
    "urlauth": (patterns.URL_AUTH,),
    "userpath": (patterns.USER_PATH,),
    "usssn": (patterns.SSN,),
    "uuid": (patterns.UUID,),
    "anything": (patterns.ANYTHING,),
    "bearer": (patterns.ANY_BEARER,),
    "jwt": (patterns.JWT,),
    "password": (patterns.ANY_BEARER, patterns.TELLS_OF_PASSWORD),
}
_DEFAULT_METHODS = {"mac": "mask", "usssn": "mask", "uuid": "mask", "password": "remove"}
# Rules that stand for several, in the order in which they are applied.
_TOGETHER = {
    "@common": (
        *("@iban", "@ip", "@email", "@creditcard", "@pemkey", "@urlauth", "@userpath"),
        *("@password", "@usssn"),
    ),
    "@common:filter": (
        *("@creditcard:filter", "@iban:filter", "@pemkey:filter", "@urlauth:legacy"),
        *("@password:filter", "@usssn:filter"),
    ),
}


def _mask(match: str, _placeholder: str) -> str:
    return "*" * len(match)


def _hash(match: str, _placeholder: str) -> str:
    return hmac.new(b"", match.encode(), "sha1").hexdigest().upper()


_METHODS: dict[str, Callable[[str, str], str]] = {
    "replace": lambda _match, placeholder: placeholder,
    "mask": _mask,
    "hash": _hash,
    "remove": lambda _match, _placeholder: "",
    "filter": lambda _match, _placeholder: "[Filtered]",
}


def apply_text_rule(rule: str, text: str) -> str:
    """`text` with every match of the named rule redacted.

    `rule` is `@type` or `@type:method`. Raises `KeyError` for a type or method that does
    not exist.
    """
    if rule in _TOGETHER:
        for one in _TOGETHER[rule]:
            text = apply_text_rule(one, text)
        return text
    kind, _, method = rule.removeprefix("@").partition(":")
    found = TYPES[kind]
    if (kind, method) == ("urlauth", "legacy"):
        found, method = (patterns.URL_PASSWORD,), "replace"
    redact = _METHODS[method or _DEFAULT_METHODS.get(kind, "replace")]
    content = text.encode()
    for pattern in found:
        done, pieces = 0, []
        for start, end in pattern.spans(content):
            match = content[start:end].decode()
            pieces += [content[done:start], redact(match, pattern.placeholder).encode()]
            done = end
        content = b"".join([*pieces, content[done:]])
    return content.decode()
