"""Secrets in the path of an address: one that stands behind its name, and addresses of webhooks.

`/reset-password/9fK2…`, `/invite/token/…`, `https://hooks.slack.com/services/T…/B…/…`. What
follows must have been drawn by a machine: `/token/refresh` is a route, and what follows a
collection (`/tokens/17`) is the number of one of its members.
"""

from __future__ import annotations

import re

from vedette.pipeline.scrub.patterns import Pattern, Span, regex

_OF_SECRETS = "token|secret|passw(?:or)?d|magic[_-]?link|reset|invit(?:e|ation)"
_OF_DEEDS = (
    "activat(?:e|ion)|confirm(?:ation)?|verif(?:y|ication)|unsubscribe|recover(?:y)?"
    "|invit(?:e|ation)s"
)
_WORDS = f"{_OF_SECRETS}|{_OF_DEEDS}"
_NAMES = rf"(?:[\w-]{{0,32}}[_-])?(?:{_WORDS})(?:[_-][\w-]{{1,32}})?"
_WEBHOOKS = (
    r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?:[A-Z0-9]+/){1,3}"
    r"|discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d+/"
    r"|webhook\.office\.com/webhookb2/|outlook\.office\.com/webhook/"
    r"|hooks\.zapier\.com/hooks/catch/\d+/|maker\.ifttt\.com/trigger/[\w-]+/with/key/"
)
_SLASH = r"\\?/"
TRIGGERS = (
    rf"(?i:(?:{_WORDS})(?:[_-][a-z_-]{{1,32}})?{_SLASH}(?:[a-z0-9=]{{1,12}}{_SLASH})?"
    r"[a-z0-9_~:-]{16})",
    rf"hooks\.(?:slack|zapier)|{_SLASH}webhooks{_SLASH}\d|office\.com{_SLASH}webhook"
    rf"|{_SLASH}with{_SLASH}key{_SLASH}",
)
_PART = re.compile(rb"[A-Za-z0-9]+")
_DRAWN_PART = re.compile(rb"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9]+")
_LEAST_DRAWN = 10
_IS_DEED = re.compile(rf"(?i)/[\w-]*(?:{_OF_DEEDS})[\w-]*/(?:[\w=]{{1,12}}/)?\Z".encode())
_HEX = re.compile(rb"[0-9A-Fa-f-]+")
_BEFORE_BYTES = 96


def _is_drawn(text: bytes, span: Span) -> bool:
    """Whether letters and digits are mixed as in no word, number or name of a file."""
    content = text[slice(*span)]
    if text[span[1] : span[1] + 1] == b".":
        return False
    if _HEX.fullmatch(content) and _IS_DEED.search(text[: span[0]][-_BEFORE_BYTES:]):
        return False  # `/orders/confirm/ID`
    drawn = (part for part in _PART.findall(content) if _DRAWN_PART.fullmatch(part))
    return sum(map(len, drawn)) >= _LEAST_DRAWN


PATH_SECRET = Pattern(
    "token",
    "[token]",
    regex(rf"(?i)/{_NAMES}/(?:[A-Za-z0-9=]{{1,12}}/)?([A-Za-z0-9_~:=-]{{16,512}})"),
    group=1,
    clue=rf"(?i:(?:{_WORDS})[\w-]*/)",
    is_genuine=_is_drawn,
)
WEBHOOK = Pattern(
    "token",
    "[token]",
    regex(rf"(?:{_WEBHOOKS})([A-Za-z0-9@_/-]{{6,512}})"),
    group=1,
    clue=r"hooks\.slack|hooks\.zapier|/webhooks/\d|office\.com/webhook|/with/key/",
)
