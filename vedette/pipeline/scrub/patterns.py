"""What a secret looks like inside text: cards, accounts, keys, tokens, URL passwords, addresses.

A `Pattern` finds spans in decoded UTF-8 text; `triggers` find, in raw JSON, the strings
where it could. Shapes follow Sentry's data types for scrubbing. All expressions run on
RE2, so time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub.checks import IBAN_LENGTHS, has_luhn_digit, is_iban, is_ip_address

Span = tuple[int, int]

# What stands between the groups of the number of a card or an account: also spaces that do not
# break and dashes of every width, as pages have them, and what no one sees.
_BETWEEN = r"[-\s\p{Zs}\p{Pd}\x{2212}\x{200b}-\x{200d}\x{2060}\x{feff}]?"
_SPACE = r"[\p{Zs}\x{200b}-\x{200d}\x{2060}\x{feff}]?"
_CARD = rf"(?:3[47]\d|4\d{{3}}|5[1-5]\d\d|65\d\d|6011)(?:{_BETWEEN}\d){{12}}"
_OTHER_CARD = (
    r"(?:2[2-7]\d\d|35(?:2[89]|[3-8]\d)|30(?:88|96)|31(?:12|58)|3337|64[4-9]\d)"
    rf"(?:{_BETWEEN}\d){{12}}"
    rf"|(?:30[0-5]\d|3[689]\d\d)(?:{_BETWEEN}\d){{10}}|62\d\d(?:{_BETWEEN}\d){{12,15}}"
)
# The same as raw JSON has it, but for the plain ones: in UTF-8, or escaped.
_WIDE = (
    r"(?:\xc2\xa0|\xe1\x9a\x80|\xe2(?:\x80[\x80-\xaf]|\x81[\x9f\xa0]|\x88\x92|\xb8.)|\xe3\x80[\x80\x9c\xb0]"
    r"|\xef(?:\xb8.|\xb9.|\xbb\xbf|\xbc\x8d)|\\(?:[tnrf]|u[0-9A-Fa-f]{4}))"
)
_GROUP = r"[0-9A-Fa-f]{1,4}"
_GROUPS = rf"{_GROUP}(?::{_GROUP}){{0,6}}"
_TOKEN_PART = r"[A-Za-z0-9_-]"  # noqa: S105 - a pattern
_HOST_LABEL = r"[A-Za-z0-9-]+"
# Neither slash, equals sign nor quote, legal though they are: they end what comes before.
_EMAIL_CHARACTER = r"[A-Za-z0-9.!#$%&*+?^_{|}~-]"

DEFAULT_TRIGGERS = (
    r"(?:[345]\d|2[2-7]|6[0-5])\d\d(?:[- ]?\d){10}",
    rf"\d\d{_WIDE}\d\d",  # more digits would make the engines slow
    rf"(?:{'|'.join(sorted(IBAN_LENGTHS))})\d\d ?[A-Z0-9]{{4}} ?[A-Z0-9]{{4}}",
    rf"(?:{'|'.join(sorted(IBAN_LENGTHS))})\d\d{_WIDE}[A-Z0-9]{{4}}{_WIDE}",
    r"\d{3}-\d\d-\d{4}",
    r"-----BEGIN",
    r"eyJ[A-Za-z0-9_-]{5}",
    r":\\?/\\?/[^\s\"/@]*@",
)
IP_TRIGGERS = (
    r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d",
    r":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]",
    r"(?i:ip_address|client_ip|remote_addr)",
)
EMAIL_TRIGGER = rf"@{_HOST_LABEL}\.[A-Za-z0-9]"


_KEY_MATERIAL = re.compile(rb"[A-Za-z0-9+/=_-]{12}|\n")


def _accept(_text: bytes, _span: Span) -> bool:
    return True


def _spend_nothing() -> None:
    """For texts whose length is bounded."""


class Expression(Protocol):
    """What finds the matches: one of RE2, or steps that are as linear."""

    @property
    def pattern(self) -> bytes: ...

    def finditer(self, text: bytes, /) -> Iterator[re.Match[bytes]]: ...


@dataclass(frozen=True, slots=True)
class Pattern:
    """One data type: its name in rule names, its placeholder and how it is found.

    `group` is the part of a match that is replaced. `hint` is a literal without which
    there is no match: a cheap answer before the expression runs. So is `clue`, a simpler
    expression, where many are asked at once. `holds_hint`: the hint lies within each match, so
    that where it stands once no second match is looked for.
    """

    name: str
    placeholder: str
    expression: Expression
    group: int = 0
    hint: bytes = b""
    holds_hint: bool = False
    clue: str = ""
    is_genuine: Callable[[bytes, Span], bool] = _accept

    def spans(self, text: bytes, spend: Callable[[], None] = _spend_nothing) -> Iterator[Span]:
        """The spans in `text`, in order, that do not overlap; `spend` is called for each look."""
        if self.hint and self.hint not in text:
            return
        is_alone = self.holds_hint and text.count(self.hint) == 1
        for match in self.expression.finditer(text):
            spend()
            span = match.span(self.group)
            if span[0] >= 0 and self.is_genuine(text, span):
                yield span
            if is_alone:
                return


# As they stand on cards, but for what breaks lines and columns.
_IN_GROUPS = re.compile(rb"\d{4}([^\d\t\n\v\f\r]{1,3})(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{5})")
_WORD_BEFORE = re.compile(rb"(?:[\w.]|[A-Za-z]/)\Z")
_WORD_AFTER = re.compile(rb"\w|\.\d")


def _is_address_alone(text: bytes, span: Span) -> bool:
    """An address that does not continue a word, path or version (`Chrome/120.0.0.0`)."""
    start, end = span
    if _WORD_AFTER.match(text, end) or _WORD_BEFORE.search(text[max(0, start - 2) : start]):
        return False
    return is_ip_address(text[start:end])


_CHALLENGE = re.compile(rb"(?:realm|error|scope|charset|resource_metadata|authorization_uri)=")
_PLACEHOLDER = re.compile(
    rb"\$\w{1,64}|\$?\{{1,2}[\w .:$-]{0,64}\}{0,2}|<[\w -]{1,64}>?|%[sdr@v]|\*{3,}|\.{3}|\\?\$\(.*"
)
_GOES_ON = re.compile(rb"-\d")
_WORD_FOLLOWS = re.compile(rb"\s+[A-Za-z]+")


def _is_bearer(text: bytes, span: Span) -> bool:
    """Whether it is a token: no word of a sentence, parameter of a challenge, or placeholder."""
    value = text[slice(*span)]
    if _CHALLENGE.match(value) or _PLACEHOLDER.fullmatch(value):
        return False
    return not (value.isalpha() and _WORD_FOLLOWS.match(text, span[1]))


def _is_ssn(text: bytes, span: Span) -> bool:
    """A number that goes on in either direction is another one."""
    start, end = span
    return not (_GOES_ON.match(text, end) or text[start - 1 : start] == b"-")


def _is_card(number: bytes) -> bool:
    """A number with its check digit, one written in groups as on a card, or of an issuer's range.

    Plain digits without the check digit are an id, and what stands in lines or columns numbers of
    their own. Dankort (4571) is known without it.
    """
    return (
        _IN_GROUPS.fullmatch(number) is not None
        or number.startswith(b"4571")
        or has_luhn_digit(number)
    )


def regex(expression: str) -> re2._Regexp:
    """An expression of RE2 over bytes, in which a dot is any of them."""
    options = re2.Options()
    options.dot_nl = True
    return re2.compile(expression.encode(), options)


CARD = Pattern(
    "creditcard",
    "[creditcard]",
    regex(rf"\b{_CARD}\b"),
    is_genuine=lambda text, span: _is_card(text[slice(*span)]),
)
OTHER_CARD = Pattern(
    "creditcard",
    "[creditcard]",
    regex(rf"\b(?:{_OTHER_CARD})\b"),
    is_genuine=lambda text, span: has_luhn_digit(text[slice(*span)]),
)
IBAN = Pattern(
    "iban",
    "[iban]",
    regex(rf"\b[A-Z]{{2}}\d\d(?:{_SPACE}[A-Z0-9]{{4}}){{2,7}}(?:{_SPACE}[A-Z0-9]{{1,3}})?\b"),
    is_genuine=lambda text, span: is_iban(text[slice(*span)]),
)
# By its look alone, as Sentry's own rule of that name has it.
ANY_IBAN = Pattern(
    "iban",
    "[iban]",
    regex(
        rf"\b(?:{'|'.join(sorted(IBAN_LENGTHS))}"
        r"|RU|DZ|AO|BJ|BF|BI|CV|CM|CF|TD|KM|CG|CI|DJ|GQ|GA|GW|HN|IR|MG|ML|MA|MZ|NI|NE|SN|TG)"
        r"\d\d[A-Za-z0-9]{11,29}\b"
    ),
)
SSN = Pattern("usssn", "[us-ssn]", regex(r"\b\d{3}-\d\d-\d{4}\b"), hint=b"-", is_genuine=_is_ssn)
PEM_KEY = Pattern(
    "pemkey",
    "[pemkey]",
    regex(
        r"-----BEGIN[A-Z ]+(?:PRIVATE|PUBLIC) KEY-----[\t ]*\r?\n?"
        r"(.+?)[\t ]*\r?\n?(?:-----END[A-Z ]+(?:PRIVATE|PUBLIC) KEY-----|$)"
    ),
    group=1,
    hint=b"-----BEGIN",
    is_genuine=lambda text, span: _KEY_MATERIAL.search(text, *span) is not None,
)
URL_PASSWORD = Pattern(
    "urlauth",
    "[Filtered]",
    regex(r"://[^:@\s/\"'<>]*:([^@\s/\"'<>]+(?:@[^@\s/\"'<>?#,;:&=]+)*)@"),
    group=1,
    hint=b"://",
)
URL_AUTH = Pattern(
    "urlauth",
    "[auth]",
    regex(r"//((?:[^:@\s/\"'<>]*:)?[^@\s/\"'<>]+)@"),
    group=1,
    hint=b"//",
)
BEARER = Pattern(
    "bearer",
    "[token]",
    regex(r"(?i)\bbearer\s+([^\s\"',;]+)"),
    group=1,
    is_genuine=_is_bearer,
)
JWT = Pattern(
    "jwt",
    "[token]",
    regex(rf"\beyJ{_TOKEN_PART}{{5,}}\.{_TOKEN_PART}{{4,}}(?:\.{_TOKEN_PART}*){{0,3}}"),
    hint=b"eyJ",
)
EMAIL = Pattern(
    "email",
    "[email]",
    regex(rf"{_EMAIL_CHARACTER}+@{_HOST_LABEL}(?:\.{_HOST_LABEL})*\.[A-Za-z][A-Za-z0-9-]*"),
    hint=b"@",
    holds_hint=True,
)
IPV4 = Pattern("ip", "[ip]", regex(r"\d{1,3}(?:\.\d{1,3}){3}"), is_genuine=_is_address_alone)
IPV6 = Pattern(
    "ip",
    "[ip]",
    regex(
        rf"(?:{_GROUPS}::(?:{_GROUPS})?|::{_GROUPS}|{_GROUP}(?::{_GROUP}){{5,7}})"
        r"(?:(?:\.\d{1,3}){3})?"
    ),
    hint=b":",
    is_genuine=_is_address_alone,
)
IMEI = Pattern("imei", "[imei]", regex(r"\b\d{2}-?\d{6}-?\d{6}-?\d{1,2}\b"))
MAC = Pattern("mac", "[mac]", regex(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"))
USER_PATH = Pattern(
    "userpath",
    "[user]",
    regex(
        r"(?i)\b(?:[a-z]:[\\/])?(?:users|home|documents and settings|[^/\\\s]+[\\/]profiles)"
        r"[\\/]{1,2}([^/\\\r\n]+)"
    ),
    group=1,
)
UUID = Pattern(
    "uuid",
    "[uuid]",
    regex(r"(?i)\b[0-9a-z]{8}-?[0-9a-z]{4}-?[0-9a-z]{4}-?[0-9a-z]{4}-?[0-9a-z]{12}\b"),
)

# As Sentry's own rules of these names have them: whatever stands there.
ANY_PEM_KEY = replace(PEM_KEY, is_genuine=_accept)
ANY_BEARER = replace(BEARER, is_genuine=_accept)
ANYTHING = Pattern("anything", "[Filtered]", regex(r".+"))
TELLS_OF_PASSWORD = Pattern(
    "password",
    "[password]",
    regex(
        r"(?i)\A.*(?:password|secret|passwd|api[-_]?key|auth|credentials|mysql_pwd|private[-_]?key"
        r"|token[^\s]*[:=]|^otp$|^two[-_]factor$).*\z"
    ),
)
