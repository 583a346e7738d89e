"""Secrets taken out of a result: a target may say again what it was sent."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec

from vedette.probing.result import Result

_MARK = "[secret]"
_LEAST_CHARACTERS = 4
_BEHIND_A_CUT = '"'  # what may stand behind a text that was cut off


def forms(secret: str) -> set[str]:
    """The ways in which a secret may appear: as it is, in lines, in an address, in a document,
    in base64.
    """
    return {
        written
        for one in (secret, *secret.splitlines())
        for plain in (one, one.strip())
        for written in (
            *(plain, quote(plain), quote(plain, safe=""), quote_plus(plain)),
            *(json.dumps(plain)[1:-1], json.dumps(plain, ensure_ascii=False)[1:-1]),
            *(html.escape(plain), html.escape(plain, quote=False), repr(plain)[1:-1]),
            *_encoded(plain.encode("utf-8", "replace")),
        )
    }


def _encoded(data: bytes) -> tuple[str, ...]:
    """Without the padding, which some leave away."""
    plain, url = base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()
    return plain.rstrip("="), url.rstrip("="), data.hex(), data.hex().upper()


def conceal(result: Result, secrets: tuple[str, ...]) -> Result:
    """The result with a mark in place of each secret; short ones would take whole texts along."""
    found = {form for one in secrets for form in forms(one) if len(form) >= _LEAST_CHARACTERS}
    if not found:
        return result
    longest = sorted(found, key=len, reverse=True)
    hidden = _Hidden(tuple(longest), re.compile("|".join(map(_written, longest))))
    return msgspec.structs.replace(
        result,
        text=hidden.clean(result.text),
        facts=hidden.clean(result.facts),
        evidence=hidden.clean(result.evidence),
    )


def _written(form: str) -> str:
    return re.escape(form) + ("=*" if form[-1:].isalnum() else "")


@dataclass(frozen=True, slots=True)
class _Hidden:
    forms: tuple[str, ...]
    pattern: re.Pattern[str]

    def clean(self, value: Any) -> Any:
        """Texts, wherever they stand, without any of the forms."""
        if isinstance(value, str):
            return self._without_a_beginning(self.pattern.sub(_MARK, value))
        if isinstance(value, dict):
            return {name: self.clean(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.clean(one) for one in value]
        return value

    def _without_a_beginning(self, text: str) -> str:
        """A text that was cut off in the middle of a secret ends with the beginning of it."""
        held = text.rstrip(_BEHIND_A_CUT)
        for form in self.forms:
            at = held.find(form[:_LEAST_CHARACTERS], max(len(held) - len(form), 0))
            while at >= 0:
                if form.startswith(held[at:]):
                    return held[:at] + _MARK + text[len(held) :]
                at = held.find(form[:_LEAST_CHARACTERS], at + 1)
        return text
