"""What stands after the name of a secret: where it ends, and whether it is a secret at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.pipeline.scrub.words import counts_tokens, is_safe_value

Span = tuple[int, int]

_OPENING = re.compile(
    rb"""\s*+(?:(?:Optional|Some|Just|SecretStr|MD5|SHA[0-9]*|PASSWORD|CRYPT|HASH\w*)\(\s*"""
    rb"""|string\([0-9]+\)[ ]|[bBuUrRfFNE](?=["'])"""
    rb"""|[A-Za-z][\w.<>\[\]?]{0,40}\s*=\s*(?=["'`]))*+"""
    rb"""(\\*+["'`]|%(?:25)*2[27]|&quot;|&\#3[49];|\xe2\x80[\x9c\x98])""",
    re.VERBOSE | re.IGNORECASE,
)
_CLOSING = {b"\xe2\x80\x9c": b"\xe2\x80\x9d", b"\xe2\x80\x98": b"\xe2\x80\x99"}
_LIST = re.compile(rb"\s*+(?:\w{1,20}\()?[\[(]\s*+")
_LISTED = re.compile(rb"\s*+,?\s*+[bu]?([\"'])")
_BARE = re.compile(
    rb"(?:[^\s&;,\"'<>(){}\[\]|`%\\]|%(?!(?:25)*(?:2[0267CcFf]|3[Bb]|7[Dd]|5[Dd]))"
    rb"|\\(?![nrtu\"'\\])){1,4096}+"
)
_BLOCK = re.compile(rb"[|>]?[-+]?[ \t]*\r?\n[ \t]+([^\s#\"'{}\[\],]{4,512})[ \t]*(?:\r?\n|\Z)")
_SCHEME = re.compile(rb"(?i)(?:basic|token|apikey|api-key|negotiate|ntlm)\s++(?=\S)")
_LONG_SCHEME = re.compile(rb"(?i)(?:digest|signature|hawk|aws4-hmac-sha256)\s++(?=[A-Za-z]+=)")
_PARAMETER = re.compile(rb"[A-Za-z_]++=.*+")
_BEARER = re.compile(rb"(?i)bearer\s")
_LINE = re.compile(rb"[^\r\n]{1,2048}+")
_ENDS = re.compile(rb"\s*+(?:\Z|[\r\n,;})\]&\"'`|]|%2|\\[nrt\"]|--?\w|[\w$.-]++\s*+[=:])")
_CALL = re.compile(rb"\(|\[[\w:]*[\"'\]]|::")
_MASK = re.compile(rb"[xX]{3,}+|(?:[*.#?-]|\xe2\x80[\xa2\xa6]|\xe2\x97\x8f|\xc2\xb7)++")
_VARIABLE_SIGNS = b"%?{:*<"
_SIGNS = tuple(bytes([sign]) for sign in _VARIABLE_SIGNS) + (b"",)
_VARIABLE = re.compile(rb"\$(?:[A-Za-z_]\w*+|[0-9]++)?\Z|\$[({]")
_WORDS = re.compile(rb"[A-Za-z]++(?:[-_'][A-Za-z]++)*+")
_DOTTED = re.compile(rb"[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)++")
_OF_CODE = re.compile(
    rb"(?i)(?:self|this|req|request|res|response|params?|props|args|options|opts|config|settings"
    rb"|process|os|env|event|ctx|context|user|account|session|data|body|form)\."
)
# What validators say: `'password' => 'required|min:8'`.
_RULE = re.compile(
    rb"(?:required|nullable|presence|missing|optional|sometimes|confirmed)\Z"
    rb"|(?:required|nullable|string|sometimes|confirmed|min|max|regex)[|:]"
)
_MADE_BYTES = 16
_PROSE = re.compile(
    rb"(?i)(?:\A|\s)(?:is|are|was|be|been|must|may|not|no|required?|field|the|this|that|at|least"
    rb"|should|cannot|can't|doesn't|isn't|does|do|did|has|have|invalid|missing|expired|incorrect"
    rb"|wrong|and|or|with|for|from|to|of|your?|please|too|short|long|characters?)(?:\s|[.,;:!?]|\Z)"
)
# What a sentence says of a secret, instead of the secret.
_STATES = frozenset(
    b"none nil undefined empty blank missing required optional invalid expired incorrect wrong"
    b" denied failed failure error ok okay success succeeded valid unknown unauthorized forbidden"
    b" rejected revoked disabled enabled off on yes no set unset given provided mismatch string"
    b" str text bytes number int integer bool boolean object any char varchar redacted filtered"
    b" hidden masked removed password token n/a nan unsupported malformed present absent changed"
    b" updated deleted created refreshed weak strong basic bearer digest pending timeout"
    b" unavailable locked used".split()
)
_NOUN = re.compile(
    rb"(?i)(?:passw(?:or)?d|passwort|pwd|pass|pw|pin|passphrase|pass_?phrase|pass_?code|secret"
    rb"|credentials?|token|otp|jwt|bearer|authorization|auth|sess(?:ion)?[_-]?id"
    rb"|(?:api|access|private|secret|auth|session|signing|encryption|account|subscription|master"
    rb"|shared|storage)[-_]?key(?:[-_]?base)?|passw(?:or)?d[-_]?(?:hash|digest|confirmation|salt))s?[0-9]*\Z"
)
_STRONG = re.compile(rb"(?i)passw|passphrase|pwd\Z|secret|key\Z|[-_]token\Z")
# Names that speak of a secret without being one: `token_type`, `password_changed_at`.
_ABOUT = re.compile(
    rb"(?i)(?:\A(?:has|is|use|with|needs?|requires?|allow|enable|no)(?-i:[A-Z_-])"
    rb"|\A(?:HAS|IS|USE|WITH|NEEDS?|REQUIRES?|ALLOW|ENABLE|NO)_"
    rb"|\A(?:authorit(?:y|ies)|authenticat(?:ed|or|ion)|authoriz(?:ed|er)|oauth2?)\Z"
    rb"|(?:type|method|endpoint|ur[li]|expir(?:es|y|ed|ation)(?:[-_]?(?:in|at|time))?|ttl"
    rb"|[-_](?:at|name|in)|provider|policy|length|count|limit|algorithm|scheme|required|enabled"
    rb"|valid|status|state|errors?|attempts|strength|hash_?er|hint|confirmed|fields?|scope|mode"
    rb"|mechanism|source|plugin|database|issuer|audience|keyname|strategy"
    rb"|[-_]user(?:name)?|realm|domain|class|backend|driver|file|path|dir)\Z)"
)
_HASH_OF_MYSQL = re.compile(rb"\*[0-9A-F]{40}")
_SHORT = 4
_MOST_BYTES = 16384
_LOOSE_BYTES = 512
_MOST_LISTED = 16
_BACKSLASH = ord("\\")


def is_about(name: bytes) -> bool:
    """Whether a name with a sensitive word says something of a secret and is none."""
    return _ABOUT.search(name) is not None


def value(
    text: bytes, place: int, name: bytes, *, is_tight: bool, is_quoted: bool, sign: bytes
) -> Span | None:
    """The value at `place` after a name and a sign; None for what is none, or no secret."""
    opening = _OPENING.match(text, place)
    if opening is not None:
        span = quoted(text, opening.start(1), opening[1])
        return span if _is_quoted_secret(text[slice(*span)], name) else None
    if b"auth" in name.lower() and (found := _credential(text, place)) is not None:
        return found
    if sign == b":" and (block := _BLOCK.match(text, place)) and not says_nothing(block[1]):
        return block.span(1)
    return _bare(text, place, name, is_tight=is_tight, is_quoted=is_quoted, sign=sign)


def plain(text: bytes, place: int) -> Span | None:
    """The value at `place`, whatever it is."""
    opening = _OPENING.match(text, place)
    if opening is not None:
        span = quoted(text, opening.start(1), opening[1])
        return None if says_nothing(text[slice(*span)]) else span
    found = _BARE.match(text, place)
    return None if found is None or says_nothing(found[0]) else found.span()


def listed(text: bytes, place: int, name: bytes) -> Iterator[Span] | None:
    """The quoted values of a list at `place`: `['x', 'y']`; None if there is no such list."""
    found = _LIST.match(text, place)
    if found is None or not _LISTED.match(text, found.end()):
        return None
    return _listed(text, found.end(), name)


def quoted(text: bytes, start: int, quote: bytes) -> Span:
    """What stands between the quote at `start` and the next like it; to the end without one."""
    begin = place = start + len(quote)
    last = min(begin + _MOST_BYTES, len(text))
    closing = _CLOSING.get(quote, quote)
    while (end := text.find(closing, place, last)) >= 0:
        place = end + len(closing)
        escapes = end
        while escapes > begin and text[escapes - 1] == _BACKSLASH:
            escapes -= 1
        if quote == b"'" and text[place : place + 1] == b"'":
            place += 1  # SQL doubles it
        elif (end - escapes) % 2 == 0:
            return begin, end
    return begin, last


def option(text: bytes, place: int) -> Span | None:
    """The argument of an option; a word only where nothing but options follows."""
    opening = _OPENING.match(text, place)
    if opening is not None:
        span = quoted(text, opening.start(1), opening[1])
        return None if says_nothing(text[slice(*span)]) else span
    found = _BARE.match(text, place)
    if found is None or found[0].startswith(b"-") or says_nothing(found[0]):
        return None
    if found[0].isupper() and found[0].isalpha():
        return None  # what a usage text calls it
    is_word = _WORDS.fullmatch(found[0]) is not None
    return None if is_word and not _ENDS.match(text, found.end()) else found.span()


def says_nothing(content: bytes) -> bool:
    """A placeholder, a variable, a mask, punctuation, or nothing."""
    if is_safe_value(content.lower()) or content.lower() in (b"none", b"nil"):
        return True
    if content[0] in _VARIABLE_SIGNS or content[:1] == b"[":
        return _HASH_OF_MYSQL.fullmatch(content) is None
    if len(content) < _SHORT and not any(byte > 127 or chr(byte).isalnum() for byte in content):
        return True
    return _VARIABLE.match(content) is not None or _MASK.fullmatch(content) is not None


def is_of_sentence(word: bytes) -> bool:
    """Whether a word is one of those that sentences about secrets are made of."""
    return _PROSE.search(word) is not None


def _listed(text: bytes, place: int, name: bytes) -> Iterator[Span]:
    for _ in range(_MOST_LISTED):
        opening = _LISTED.match(text, place)
        if opening is None:
            return
        span = quoted(text, opening.start(1), opening[1])
        if _is_quoted_secret(text[slice(*span)], name):
            yield span
        place = span[1] + 1


def _is_quoted_secret(content: bytes, name: bytes) -> bool:
    if says_nothing(content) or _RULE.match(content):
        return False
    if counts_tokens(name) and len(content) < _MADE_BYTES:
        return False  # of a text that was taken apart
    if name.lower() == b"credentials" and content in (b"include", b"omit", b"same-origin"):
        return False
    return not (b" " in content and _PROSE.search(content))


def _credential(text: bytes, place: int) -> Span | None:
    """What follows the scheme of an authorization; nothing for a bearer, known by its word."""
    if _BEARER.match(text, place):
        return place, place
    scheme = _LONG_SCHEME.match(text, place)
    if scheme is not None:
        line = _LINE.match(text, scheme.end())
        return line.span() if line is not None else None
    scheme = _SCHEME.match(text, place)
    found = _BARE.match(text, scheme.end()) if scheme is not None else None
    if found is None or _PARAMETER.fullmatch(found[0]):
        return None
    if found[0].isalpha() and found[0][1:].islower():
        return None
    return found.span()


def _bare(
    text: bytes, place: int, name: bytes, *, is_tight: bool, is_quoted: bool, sign: bytes
) -> Span | None:
    """The value without quotes at `place`, if it is one and not code or a sentence."""
    if text[place : place + 1] in _SIGNS:
        return None
    if name.lower() == b"pwd" and (
        text[place : place + 1] in (b"/", b"~") or text[place + 1 : place + 2] == b":"
    ):
        return None  # the working directory
    found = _BARE.match(text, place, place + (_MOST_BYTES if is_tight else _LOOSE_BYTES))
    if found is None or says_nothing(found[0]) or _CALL.match(text, found.end()):
        return None
    content = found[0]
    if content.isdigit() and _is_count(content, name):
        return None
    is_name = content.lower() == name.lstrip(b"-").lower()
    if is_name or _RULE.match(content) or (_DOTTED.fullmatch(content) and _OF_CODE.match(content)):
        return None
    if is_tight:
        return found.span()
    if sign in (b"==", b"===") or not (is_quoted or _NOUN.search(name)):
        return None
    content = content.rstrip(b".!?:")
    end = found.start() + len(content)
    return (found.start(), end) if _is_value(text, content, end, name, is_quoted) else None


def _is_count(content: bytes, name: bytes) -> bool:
    """Whether a number counts (`max_tokens=100`, `password.attempts=3`)."""
    if counts_tokens(name):
        return True
    return len(content) < _SHORT and not (_NOUN.search(name) and _STRONG.search(name))


def _is_value(text: bytes, content: bytes, end: int, name: bytes, is_quoted: bool) -> bool:
    if content.isdigit():
        return is_quoted or (len(content) >= _SHORT and not name.lower().endswith(b"token"))
    if not content or content.lower() in _STATES or b"://" in content or content[:1] in b"/~":
        return False
    if _PARAMETER.fullmatch(content):
        return False
    if not content.isascii() and content.decode("utf-8", "replace").isalpha():
        return False
    if _DOTTED.fullmatch(content) and not any(48 <= byte <= 57 for byte in content):
        return False
    if _WORDS.fullmatch(content):
        return _STRONG.search(name) is not None and _ENDS.match(text, end) is not None
    return len(content) >= _SHORT or _ENDS.match(text, end) is not None
