"""Secrets taken out of a result: a target may say again what it was sent."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import msgspec

from vedette.probing.result import Result

_MARK = "[secret]"
_LEAST_CHARACTERS = 4


def forms(secret: str) -> list[str]:
    """The ways in which a secret may appear: as it is, in lines, in an address, in base64."""
    whole = [secret, *secret.splitlines()]
    return [
        written
        for one in whole
        for written in (one, one.strip(), quote(one), base64.b64encode(one.encode()).decode())
    ]


def conceal(result: Result, secrets: tuple[str, ...]) -> Result:
    """The result with a mark in place of each secret; short ones would take whole texts along."""
    found = {form for one in secrets for form in forms(one) if len(form) >= _LEAST_CHARACTERS}
    if not found:
        return result
    longest = sorted(found, key=len, reverse=True)
    return msgspec.structs.replace(
        result,
        text=_clean(result.text, longest),
        facts=_clean(result.facts, longest),
        evidence=_clean(result.evidence, longest),
    )


def _clean(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, _MARK)
        return value
    if isinstance(value, dict):
        return {name: _clean(one, secrets) for name, one in value.items()}
    if isinstance(value, list):
        return [_clean(one, secrets) for one in value]
    return value
