"""Arithmetic that tells a card, account or address from a look-alike. Used by `patterns`."""

from __future__ import annotations

import socket

# Lengths from the SWIFT IBAN registry.
IBAN_LENGTHS = {
    code: length
    for length, codes in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH CR HR LI LV",
        22: "BG BH DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for code in codes.split()
}

_MAX_ADDRESS_LENGTH = 45


def has_luhn_digit(number: bytes) -> bool:
    """Whether the digits in `number` end in their Luhn check digit (ISO/IEC 7812-1)."""
    digits = [byte - 48 for byte in number if 48 <= byte <= 57]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(candidate: bytes) -> bool:
    """Whether `candidate`, spaces apart, has its country's length and remainder 1 (ISO 13616)."""
    compact = candidate.decode("ascii", "ignore").replace(" ", "")
    if len(compact) != IBAN_LENGTHS.get(compact[:2]):
        return False
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1


def is_ip_address(candidate: bytes) -> bool:
    """Whether `candidate` is an IPv4 or IPv6 address and not a scope operator such as `a::b`."""
    if len(candidate) > _MAX_ADDRESS_LENGTH:
        return False
    is_ipv6 = b":" in candidate
    try:
        socket.inet_pton(socket.AF_INET6 if is_ipv6 else socket.AF_INET, candidate.decode("ascii"))
    except (OSError, ValueError):
        return False
    return not is_ipv6 or b"." in candidate or _looks_like_ipv6(candidate)


def _looks_like_ipv6(candidate: bytes) -> bool:
    if not any(48 <= byte <= 57 for byte in candidate):
        return False
    groups = [group for group in candidate.split(b":") if group]
    return candidate == b"::1" or len(groups) > 2 or len(groups[0]) == 4
