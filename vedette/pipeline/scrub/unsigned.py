"""Secrets that no sign joins to their name: in sentences, SQL, XML, pairs, forms, calls, HTTP.

`the password is "x"`, `INSERT INTO t (password) VALUES ('x')`, `<password>x</password>`,
`('password', 'x')`, `name="password"` of a form in parts, `setPassword("x")`, `Basic x`.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from itertools import chain

import re2  # type: ignore[import-untyped]

from vedette.pipeline.scrub import values
from vedette.pipeline.scrub.words import CODES, CONNECTS, SIGNS_IN

Found = tuple[bytes, int, int]
Spend = Callable[[], None]
Names = Callable[[bytes], bool]

_SECRET = (
    rb"(?:passw(?:or)?ds?|passwd|passphrase|secret|token|api[ _-]?key|otp|pin|%b codes?)"
    % CODES.encode()
)
_SAID = re.compile(
    rb"(?i)\b(?:passw(?:or)?d|passphrase|identified\s+(?:with\s+\S{1,64}\s+)?(?:by|as)(?:\s+password)?)\s+"
    rb"(?:(?:is|was):?\s+|for\s+\S{1,64}\s*=\s*(?:password\(\s*)?)?[NE]?(['\"])"
)
_OF_SQL = re.compile(rb"(?i)\b(?:user|role|grant|login|to)\b")
_AMONG = re.compile(rb"(?i)\b([\w.]{1,64})\s+in\s*\(\s*(')")
_DUPLICATE = re.compile(
    rb"(?i)duplicate entry (')(?=(?:[^'\\]|\\.){1,512}' for key '([\w.-]{1,64})')"
)
# A word after the name counts if it is no word: letters and digits, or the digits of a code.
_TOLD = re.compile(
    rb"(?i)\b" + _SECRET + rb"(?:\s+(?:is|was)(?:\s+set\s+to)?)?:?\s+['\"]?([\w.+/=-]{4,512}+)"
)
_REDIS = re.compile(rb"(?:^|[\s:])AUTH\s+([\w.+/=-]{6,512}+)")
_IS_MADE = re.compile(rb"(?=.*[0-9])(?=.*[A-Za-z])[\w.+/=-]{6,}|[0-9]{4,8}")
_INSERT = re.compile(rb"(?i)\binsert\s+into\s+[^\s(]{1,200}\s*\(([^()]{1,4096})\)\s*values\s*\(")
_SQL_VALUE = re.compile(rb"\s*+(?:[NE]?'((?:[^'\\]|\\.|'')*+)'|[^,()']++(?:\([^()]*+\))?)\s*+(,?)")
_NEXT_ROW = re.compile(rb"\s*+\)\s*+,\s*+\(")
_KEY_DETAIL = re.compile(rb"\(([\w\", ]{1,200})\)=\(([^()]{1,512})\)")
_CURL = re.compile(
    rb"(?:^|\s)(?:-u|--user|--proxy-user)(?:\s+|=)[\"']?[^\s:\"'=]+:(?!//)([^\s\"']+)"
)
_BASIC = re.compile(rb"(?i)\bbasic\s+([a-z0-9+/]{8,1024}={0,2})(?![a-z0-9+/=\"])")
_ELEMENT = re.compile(
    rb"<(?:[\w.-]{1,64}:)?([\w.-]{1,64})(?:\s[^<>]{0,512})?>\s*(?:<!\[CDATA\[)?([^<>\]]{1,4096})"
)
_PART = re.compile(
    rb"(?i)name=\"([^\"\r\n]{1,128})\"[^\r\n]{0,256}(?:\r?\n[\w-]{1,64}:[^\r\n]{0,256}){0,4}"
    rb"\r?\n\r?\n([^\r\n]{1,4096})"
)
_PAIR = re.compile(
    rb"[(\[]\s*[bu]?([\"'])([\w.-]{1,64})\1\s*,\s*[bu]?([\"'])"
    rb"(?=((?:[^\"'\\]|\\.){1,4096})\3\s*[)\]])"
)
_NAMED = re.compile(
    rb"\b(?:name|key)[\"']?\s*[:=]\s*[\"']([\w.-]{1,64})[\"'][^<>]{0,64}?"
    rb"\b(?:value|content)[\"']?\s*[:=]\s*([\"'])"
)
# A type that holds nothing but a secret: `ApiKey("a1b2c3d4")`, `SecretString { value: "x" }`.
_HOLDER = re.compile(
    rb"\b\w{0,40}(?:ApiKey|APIKey|Secret|Password|Token|Credential)(?:String|Key|Value)?"
    rb"\s?(?:\(|\{\s?(?:\w{1,20}:\s?)?)([\"'])([\w.+/=-]{8,512})\1"
)
# Variables of a container as YAML writes them.
_CONFIGURES = re.compile(
    rb"\b(?:config(?:ure)?|secrets?|env|var|variables?)(?:\s+--?[\w-]{1,40}){0,4}\s+(?:set|add)\s+"
    rb"(?:--?[\w-]{1,40}\s+){0,4}[^\s=\"']{0,200}?([\w.-]{1,64})(?:\s+--?(?:body|value)\s|[\s=])"
    rb"[\"']?([^\s\"'-][^\s\"']{3,1024})"
)
_OF_YAML = re.compile(
    rb"\bname:[ \t]*[\"']?([\w.-]{1,64})[\"']?[ \t]*\r?\n[ \t]*value:[ \t]*"
    rb"(?:([\"'])|(?![|>&*{\[])([^\s\"'#][^\r\n#]{0,512}))"
)
_OPTION = re.compile(rb"([\"'])--?([\w-]{1,64})\1\s*,?\s*([\"'])(?!-)")
_SETTER = re.compile(
    rb"(?i)\b(?:set|with|define|getenv|env|putenv)(\w{0,64})\(\s*(?:[\"'](\w{1,64})[\"']\s*,\s*)?"
    rb"([\"'])"
)
_TYPED = re.compile(rb"(?<![<:/])\b([\w$]{1,64})\s+[*\w.\[\]]{1,40}\s*=\s*([\"'`])")
_DOCKER = re.compile(rb"(?:^|\n)\s*(?:ENV|ARG)\s+(\w{1,64})[ =]([^\s=\"']{1,512})")
_CONNECT = re.compile(
    rf"\b(?:{CONNECTS})\(\s*(?:[^,()'\"]{{1,80}}|'[^']{{0,512}}'|\"[^\"]{{0,512}}\"),\s*"
    rf"(?:'[^']{{0,256}}'|\"[^\"]{{0,256}}\"),\s*(['\"])".encode()
)
_SIGN_IN = re.compile(
    rf"\b{SIGNS_IN}\(\s*(?:'[^']{{1,256}}'|\"[^\"]{{1,256}}\"|[\w.$]{{1,64}}),\s*(['\"])".encode()
)
# One of them may match: one look instead of many.
_MAY_MATCH = re2.compile(
    rb"(?i)(?:passw(?:or)?d|passphrase|secret|token|api[ _-]?key|otp|pin|"
    + CODES.encode()
    + rb" code"
    rb"|identified\s+(?:by|with|as))s?:?\s+"
    rb"(?:is|was|for|password|\S+\s+(?:by|as)|[NE]?['\"]|[^\s]*[0-9]|[*\w.\[\]]+\s*=)"
    rb"|(?:config(?:ure)?|secrets?|env|variables?|var)\s[^\r\n]{0,80}?(?:set|add)\s"
    rb"|auth\s|insert\s+into|-u(?:ser)?[ =]|basic\s|</|=\(|name=\"|\svalue:|\sin\s*\("
    rb"|[(\[]\s*[bu]?[\"'][^\"']*[\"']\s*,|\b(?:name|key)[\"']?\s*[:=]\s*[\"']"
    rb"|(?:key|secret|password|token|credential)(?:string|key|value)?\s?[({]"
    rb"|duplicate entry|[\"']--?[\w-]+[\"']|(?:set|with|define|env)\w*\("
    rb"|(?:ENV|ARG)\s|(?:" + CONNECTS.encode() + rb"|" + SIGNS_IN.encode() + rb")\("
)


def unsigned(text: bytes, is_secret: Names, spend: Spend) -> Iterator[Found]:
    """Each such secret: a name, and where the value begins and ends; may overlap."""
    if not _MAY_MATCH.search(text):
        return
    yield from _in_sentences(text, spend)
    yield from _in_sql(text, is_secret, spend)
    yield from _in_markup(text, is_secret, spend)
    yield from _in_code(text, is_secret, spend)
    yield from _in_calls(text, spend)


def _in_sentences(text: bytes, spend: Spend) -> Iterator[Found]:
    for match in _SAID.finditer(text):
        spend()
        if match[0][:10] == b"identified" and not _OF_SQL.search(text, 0, match.start()):
            continue
        start, end = values.quoted(text, match.start(1), match[1])
        if not values.says_nothing(text[start:end]):
            yield b"password", start, end
    for match in (*_TOLD.finditer(text), *_REDIS.finditer(text)):
        spend()
        if _IS_MADE.fullmatch(match[1].rstrip(b".")) and b"://" not in match[1]:
            yield b"password", match.start(1), match.start(1) + len(match[1].rstrip(b"."))
    for pattern in (_CURL, _BASIC):
        for match in pattern.finditer(text):
            spend()
            if not values.says_nothing(match[1]) and (pattern is not _BASIC or _is_basic(match[1])):
                yield b"password", *match.span(1)


def _in_sql(text: bytes, is_secret: Names, spend: Spend) -> Iterator[Found]:
    for match in _INSERT.finditer(text):
        place = match.end()
        names = [name.strip(b' \t\r\n"`[]') for name in match[1].split(b",")]
        for _ in range(64):
            spend()
            found, place = _row(text, place, names, is_secret)
            yield from found
            following = _NEXT_ROW.match(text, place)
            if following is None:
                break
            place = following.end()
    yield from _in_conditions(text, is_secret, spend)


def _in_conditions(text: bytes, is_secret: Names, spend: Spend) -> Iterator[Found]:
    """`token IN ('x')`, and what a database says of a row that is there already."""
    for match in _AMONG.finditer(text):
        spend()
        start, end = values.quoted(text, match.start(2), b"'")
        if is_secret(match[1]) and not values.says_nothing(text[start:end]):
            yield match[1], start, end
    for match in _DUPLICATE.finditer(text):
        spend()
        if is_secret(match[2].rpartition(b".")[2]):
            yield match[2], *values.quoted(text, match.start(1), b"'")
    if b"=(" in text:
        for match in _KEY_DETAIL.finditer(text):
            spend()
            if any(is_secret(name) for name in match[1].replace(b'"', b"").split(b", ")):
                yield b"password", *match.span(2)


def _row(text: bytes, place: int, names: list[bytes], is_secret: Names) -> tuple[list[Found], int]:
    """The quoted values of secret columns in one row of an INSERT, and where it ends."""
    found: list[Found] = []
    for name in names:
        value = _SQL_VALUE.match(text, place)
        if value is None:
            break
        if value[1] and is_secret(name) and not values.says_nothing(value[1]):
            found.append((name, *value.span(1)))
        place = value.end()
        if not value[2]:
            break
    return found, place


def _in_markup(text: bytes, is_secret: Names, spend: Spend) -> Iterator[Found]:
    if b"</" in text:
        for match in _ELEMENT.finditer(text):
            spend()
            is_closed = text[match.end(2) : match.end(2) + 2] in (b"</", b"]]")
            if is_closed and is_secret(match[1]) and not values.says_nothing(match[2].strip()):
                yield match[1], *match.span(2)
    if b'name="' in text:
        for match in _PART.finditer(text):
            spend()
            if is_secret(match[1]) and not values.says_nothing(match[2]):
                yield match[1], *match.span(2)


def _in_code(text: bytes, is_secret: Names, spend: Spend) -> Iterator[Found]:
    for match in _PAIR.finditer(text):
        spend()
        is_tuple = text[match.start() : match.start() + 1] == b"("
        if is_secret(match[2]) and _is_of_pair(match[4], is_tuple=is_tuple):
            yield match[2], *match.span(4)
    for pattern, name, quote in ((_NAMED, 1, 2), (_TYPED, 1, 2), (_OPTION, 2, 3), (_SETTER, 0, 3)):
        for match in pattern.finditer(text):
            spend()
            said = match[name] if name else (match[2] or match[1])
            if not is_secret(said) or values.is_about(said):
                continue
            start, end = values.quoted(text, match.start(quote), match[quote])
            if not values.says_nothing(text[start:end]):
                yield said, start, end
    yield from _in_settings(text, is_secret, spend)


def _in_settings(text: bytes, is_secret: Names, spend: Spend) -> Iterator[Found]:
    """Variables of containers, and commands that set them: `ENV TOKEN x`, `config set token x`."""
    for match in _OF_YAML.finditer(text) if b"value:" in text else ():
        spend()
        span = values.quoted(text, match.start(2), match[2]) if match[2] else match.span(3)
        if is_secret(match[1]) and not values.says_nothing(text[slice(*span)].strip()):
            yield match[1], *span
    for match in _CONFIGURES.finditer(text) if b" set " in text or b" add " in text else ():
        spend()
        if is_secret(match[1]) and not (
            values.is_about(match[1]) or values.says_nothing(match[2]) or match[2].isalpha()
        ):
            yield match[1], *match.span(2)
    for match in _DOCKER.finditer(text):
        spend()
        if is_secret(match[1]) and not values.says_nothing(match[2]):
            yield match[1], *match.span(2)


def _in_calls(text: bytes, spend: Spend) -> Iterator[Found]:
    for match in _HOLDER.finditer(text):
        spend()
        if _IS_MADE.fullmatch(match[2]):
            yield b"password", *match.span(2)
    for match in chain(_CONNECT.finditer(text), _SIGN_IN.finditer(text)):
        spend()
        start, end = values.quoted(text, match.start(1), match[1])
        if not values.says_nothing(text[start:end]):
            yield b"password", start, end


def _is_of_pair(content: bytes, *, is_tuple: bool) -> bool:
    """A list of two words is rather a list of names; of a name and a value if it is no word."""
    if values.says_nothing(content):
        return False
    return is_tuple or not content.isalpha()


def _is_basic(content: bytes) -> bool:
    """Whether this is a name and a password as HTTP sends them."""
    try:
        return b":" in b64decode(content, validate=True)
    except ValueError:
        return False
