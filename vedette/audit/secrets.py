"""Literals that look like secrets; asked of every text that is read, and of some manifests.

The shapes are those that issuers publish; for everything else a telling name and a literal that
nobody writes by hand. Never kept whole: four characters, the length and a digest are.
Every pattern is bounded, and tried only on lines that hold one of its words.
"""

from __future__ import annotations

import binascii
import math
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from vedette.audit.facts import Suspect

_MOST_COLUMNS = 4_000
_MOST_FOUND = 50  # of a file: beyond it it is a list of something else
_LEAST_ENTROPY = 3.6
_LONGEST_KEY = 10_000  # characters of a private key's block

# Kind, a word that stands in all of them, the shape; a group holds what is secret of it.
_SHAPES = tuple(
    (kind, word, re.compile(shape))
    for kind, word, shape in (
        ("AWS access key", "A", r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b"),
        ("GitHub token", "gh", r"\b(gh[pousr]_[A-Za-z0-9]{36})\b"),
        ("GitHub token", "github_pat_", r"\b(github_pat_\w{82})\b"),
        ("GitLab token", "glpat-", r"\b(glpat-[\w-]{20,40})\b"),
        ("Stripe key", "_", r"\b([sr]k_(?:live|prod)_[A-Za-z0-9]{16,99})\b"),
        ("Slack token", "xox", r"\b(xox[abeoprs]-[A-Za-z0-9-]{20,200})"),
        (
            "Slack webhook",
            "hooks.slack",
            r"(hooks\.slack\.com/services/T\w{8,12}/B\w{8,12}/\w{24})",
        ),
        ("OpenAI key", "T3BlbkFJ", r"\b(sk-[\w-]{16,100}T3BlbkFJ[\w-]{16,100})"),
        ("Anthropic key", "sk-ant-", r"\b(sk-ant-[a-z]{3,8}\d\d-[\w-]{80,120})"),
        ("Google key", "AIza", r"\b(AIza[\w-]{35})(?![\w-])"),
        ("Sentry token", "sntry", r"\b(sntrys_eyJ[\w+/=-]{40,400}|sntryu_[0-9a-f]{64})"),
        ("npm token", "npm_", r"\b(npm_[A-Za-z0-9]{36})\b"),
        ("PyPI token", "pypi-", r"\b(pypi-AgE[\w-]{60,240})"),
        ("SendGrid key", "SG.", r"\b(SG\.[\w-]{22}\.[\w-]{43})(?![\w-])"),
        ("JSON web token", "eyJ", r"\b(eyJ[\w-]{10,400}\.eyJ[\w-]{10,2000}\.[\w-]{20,700})"),
        (
            "password in an address",
            "://",
            r"\b(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?)(?:\+\w{2,12})?://"
            r"[^\s:/@\"'`]{0,60}:([^\s@\"'`/${}<>%]{6,100})@(?!localhost|127\.|(?:host|db|redis)(?![\w.-]))",
        ),
    )
)
_KEY = re.compile(
    r"-----BEGIN[ A-Z]{0,30} PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|\s|[\"'`+]){1,12}"
    r"((?:[A-Za-z0-9+/=]|\\n|\s){40,80})"
)
# What reports hide, whatever the scheme and the host: a guess costs nothing here.
_ADDRESS = re.compile(r"\b\w{2,12}://[^\s:/@\"'`]{0,100}:([^\s@\"'`/${}<>%]{3,200})@(?=[\w\[$])")
_TURN = re.compile(r"\bturns?:[\w.${\[-]")
_CREDENTIAL = re.compile(r"\bcredential[\"']?\s{0,4}[:=]\s{0,4}[\"'`]([^\s\"'`$]{4,200})[\"'`]")
_TELLING = re.compile(r"passw|pwd|secret|token|api.?key|credential|access.?key|private.?key", re.I)
_NAMED = re.compile(
    r"(?<![\w.-])([\w.-]{0,40}(?:passw(?:or)?d|pwd|secret|token|api[_-]?key|credential"
    r"|access[_-]?key|private[_-]?key)\w{0,20})[\"']?\]?\s{0,4}(?::\s?[A-Za-z]{1,12}\s?)?"
    r"(?::=|=>|[:=])\s{0,4}[\"'`]([^\s\"'`]{12,200})[\"'`]",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\s{0,8}(?:export\s)?(\w{0,40}(?:PASSW(?:OR)?D|SECRET|TOKEN|API_?KEY|CREDENTIAL"
    r"|ACCESS_?KEY|PRIVATE_?KEY)\w{0,20})=[\"']?([^\s\"'#]{12,200})",
    re.IGNORECASE,
)
# Values by which people say that a value is missing, and names of what is open to everybody.
_PLACEHOLDER = re.compile(
    r"example|placeholder|change.?me|your|xxxx|dummy|fake|sample|todo|insert|replace|redacted"
    r"|\*\*|\.\.\.|test|1234567|abcdef|mock|foobar|<|\{\{|\$\{|\$\(|%s|process\.env|os\.environ",
    re.IGNORECASE,
)
_OPEN_NAME = re.compile(
    r"public|publish|anon|dsn|hash|digest|site.?key|measurement|url|uri|path|name$|header|field"
    r"|label|title|message|error|regex|pattern|type$|kind$|cookie|placeholder|storage|count|algorithm"
    r"|(?:page|next|cursor|continuation)_?token",
    re.IGNORECASE,
)
_NO_SECRET = re.compile(
    r"^(?:sha\d{3}-|https?:|\w+://|/|\./|#|@|[a-z]+(?:[._:/-][a-z\d]+){2,}$|[a-z]+(?:\.[A-Za-z]{1,16}\d{0,3}){2,}$)"
)
# Words in one, with numbers between them at most: `battery1ChargePower`.
_CAMEL = re.compile(r"[a-z]{2,}\d{0,2}(?:[A-Z][a-z]{2,}\d{0,2})+")


def suspects(
    text: str, *, is_bare: bool = False, most: int | None = _MOST_FOUND
) -> tuple[Suspect, ...]:
    """What may be a secret, in order; `is_bare` for files whose values need no quotes."""
    found: dict[tuple[int, str], Suspect] = {}
    has_turn = _TURN.search(text) is not None
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) < 12:
            continue
        for kind, name, value, column in _of_line(line[:_MOST_COLUMNS], text, is_bare):
            _add(found, kind, number, column, name, value)
    for one in _KEY.finditer(text):
        _add(found, "private key", text.count("\n", 0, one.start()) + 1, 0, "", one[1])
    if has_turn:
        for one in _CREDENTIAL.finditer(text):
            if _TURN.search(text, max(0, one.start() - 400), one.end() + 400):
                row = text.count("\n", 0, one.start()) + 1
                found.pop((row, _digest(one[1])), None)
                _add(found, "TURN credential", row, 0, "credential", one[1])
    return tuple(sorted(found.values(), key=lambda one: one.line)[:most])


def secret_lines(text: str, *, is_bare: bool = False) -> frozenset[int]:
    """Every line that holds a secret or a part of one: no report may show it."""
    found = {one.line for one in suspects(text, is_bare=is_bare, most=None)}
    for one in _KEY.finditer(text):
        first = text.count("\n", 0, one.start()) + 1
        end = text.find("-----END", one.end(), one.end() + _LONGEST_KEY)
        last = text.count("\n", 0, end if end >= 0 else one.end() + _LONGEST_KEY) + 1
        found.update(range(first, last + 1))
    return frozenset(found)


def without_secrets(text: str) -> str:
    """A sentence or lines of code with `(a secret)` in the place of what has the shape of one."""
    for _, word, shape in _SHAPES:
        if word in text:
            text = shape.sub(_hidden, text)
    if "://" in text:
        text = _ADDRESS.sub(_hidden, text)
    return _NAMED.sub(_hidden_if_random, text) if _TELLING.search(text) else text


def _hidden(found: re.Match[str]) -> str:
    whole, start = found[0], found.start()
    return f"{whole[: found.start(1) - start]}(a secret){whole[found.end(1) - start :]}"


def _hidden_if_random(found: re.Match[str]) -> str:
    if not _is_random(found[1], found[2]):
        return found[0]
    whole, start = found[0], found.start()
    return f"{whole[: found.start(2) - start]}(a secret){whole[found.end(2) - start :]}"


def _of_line(line: str, text: str, is_bare: bool) -> Iterator[tuple[str, str, str, int]]:
    for kind, word, shape in _SHAPES:
        if word in line:
            for one in shape.finditer(line):
                if not _is_open(kind, one[1], text):
                    yield kind, "", one[1], one.start(1)
    if _TELLING.search(line):
        for one in (_BARE if is_bare else _NAMED).finditer(line):
            if _is_random(one[1], one[2]):
                yield "secret", one[1], one[2], one.start(2)


def _add(
    found: dict[tuple[int, str], Suspect], kind: str, line: int, column: int, name: str, value: str
) -> None:
    if _PLACEHOLDER.search(value):
        return
    digest = _digest(value)
    found.setdefault(
        (line, digest),
        Suspect(
            kind=kind,
            line=line,
            column=column,
            name=name[-60:],
            shown=f"{value[:4]}… ({len(value)} characters)",
            digest=digest,
        ),
    )


def _digest(value: str) -> str:
    return sha256(value.encode("utf-8", "replace")).hexdigest()[:20]


def _is_open(kind: str, value: str, text: str) -> bool:
    """What has the shape of a secret and is meant for everybody."""
    if kind == "password in an address":
        return "pass" in value.lower()  # `user:passwd@dbhost` shows how it is written
    if kind == "Google key":
        return "authDomain" in text or "firebase" in text
    if kind == "JSON web token":
        middle = value.split(".")[1]
        try:
            said = urlsafe_b64decode(middle + "=" * (-len(middle) % 4))
        except binascii.Error:
            return True
        return b'"anon"' in said or b"1234567890" in said
    return False


def _is_random(name: str, value: str) -> bool:
    if _OPEN_NAME.search(name) or _NO_SECRET.search(value):
        return False
    if not value.isascii() or "::" in value or value.casefold() == name.casefold():
        return False  # a translation, the name of a type, a constant that is called what it is
    has_both = any(one.isdigit() for one in value) and any(one.isalpha() for one in value)
    is_code = any(one in value for one in "(){}[];") or _CAMEL.fullmatch(value) is not None
    return has_both and not is_code and entropy(value) >= _LEAST_ENTROPY


def entropy(text: str) -> float:
    """Shannon's, in bits per character."""
    return -sum(
        count / len(text) * math.log2(count / len(text)) for count in Counter(text).values()
    )
