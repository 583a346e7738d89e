"""Secrets in formats of one spelling, where neither a sign nor a sentence names them.

Values that PHP serialised, the private part of a JSON Web Key, tokens among the protocols of a
web socket, what PowerShell and `sudo -S` are given, phrases that wallets are restored with.
Called by `assignments`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub import values

Found = tuple[bytes, int, int]
Spend = Callable[[], None]

# In the syntax that the engines share.
TRIGGERS = (
    r"[Ss]ecure[Ss]tring|\"kty|sudo[^|\"]{0,40} -S|(?i:mnemonic|(?:seed|recovery"
    r"|backup)[ _-]?phrase)"
    r"|[-_]pass [^ ]|[^a-z]crypt\('|(?i:(?:cvv|cvc)2?)",
)
MENTIONS = r"securestring|crypt\(|kty|sudo|mnemonic|phrase|(?:cvv|cvc)2?"
_MAY_MATCH = re2.compile(
    rb"(?i);s:[0-9]|crypt\(|securestring|pscredential|\"kty|kty\\\"|sudo|websocket|mnemonic|phrase"
)
_QUOTE = rb"(?:\\*[\"'])"
_SERIALISED = re.compile(
    rb"s:[0-9]{1,3}:" + _QUOTE + rb"([\w.\x00*-]{1,64})" + _QUOTE + rb";s:([0-9]{1,5}):" + _QUOTE
)
_JSON_WEB_KEY = re.compile(
    rb"\\*\"(?:d|p|q|dp|dq|qi|k)\\*\"\s{0,4}:\s{0,4}\\*\"([A-Za-z0-9_-]{16,4096})\\*\""
)
# A name of the kind, then a token: `bearer, x`, `graphql-ws, token, x`.
_PROTOCOL = re.compile(
    rb"(?i)sec-websocket-protocol[\"']?\s?[:=]\s?[\"']?(?:[\w.-]{1,64},\s?){0,4}?"
    rb"(?:bearer|token|auth\w{0,16}|jwt|access_token),\s?([\w.+/=~-]{6,4096})"
)
_GIVEN = re.compile(
    rb"(?i)(?:\bcrypt\((?=[^()]{1,80}pass)|ConvertTo-SecureString|PSCredential\(\s*[\"'][^\"']{1,128}[\"'],)\s*(?:-String\s+)?"
    rb"(?:\(?ConvertTo-SecureString\s+)?([\"'])"
)
_SUDO = re.compile(
    rb"\b(?:echo|printf)\s+(?:-\w\s+)?[\"']?([^\s\"'|;]{4,256})[\"']?\s*\|\s*sudo\s(?:[^|;]{0,40}\s)?-S"
)
_PHRASE = re.compile(
    rb"(?i)(?:mnemonic|(?:seed|recovery|backup)[ _-]?phrase)\w{0,16}[\"']?\s{0,4}(?:[:=]|is)\s{0,4}"
    rb"[\"']?((?:[a-z]{3,8}[ ,]{1,2}){11,23}[a-z]{3,8})"
)


def in_formats(text: bytes, is_secret: Callable[[bytes], bool], spend: Spend) -> Iterator[Found]:
    """Each such secret: a name, and where the value begins and ends."""
    if not _MAY_MATCH.search(text):
        return
    for match in _SERIALISED.finditer(text):
        spend()
        end = match.end() + int(match[2])
        name = match[1].rpartition(b"\0")[2]
        if is_secret(name) and not values.says_nothing(text[match.end() : end]):
            yield name, match.end(), min(end, len(text))
    for pattern in (_PROTOCOL, _SUDO, _PHRASE, *((_JSON_WEB_KEY,) if b"kty" in text else ())):
        for match in pattern.finditer(text):
            spend()
            if not values.says_nothing(match[1]):
                yield b"password", *match.span(1)
    for match in _GIVEN.finditer(text):
        spend()
        start, end = values.quoted(text, match.start(1), match[1])
        if not values.says_nothing(text[start:end]):
            yield b"password", start, end
