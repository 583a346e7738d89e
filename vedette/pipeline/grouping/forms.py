"""The forms in which clients and run times of every language write the code of an error.

Asked where `wordings` and `services` know no wording of a type, or found nothing by it. A form
is one that a person does not write of data: a status with its phrase (`404 Not Found`), a word
for a code with its number (`exit code 137`), a constant where codes stand (`net::ERR_ABORTED`,
`[SSL: WRONG_VERSION_NUMBER]`), an identifier that begins or ends the text. So a library that
nobody listed is read too; a number by itself (`Order [404]`) never is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from itertools import islice
from typing import Final

import re2  # type: ignore[import-untyped]

_MAX_CODES: Final = 3
_MAX_MATCHES: Final = 6
_REMEMBERED: Final = 1_024


def _phrases() -> str:
    """The phrases of HTTP as sent, as constants and as names: `Not Found`, `NOT-FOUND`."""
    said = [one.phrase for one in HTTPStatus if one.value >= 300]
    forms = {form for one in said for form in (one, one.replace(" ", "").replace("-", ""))}
    forms |= {re.sub(r"[ -]", mark, one.upper()) for one in said for mark in "_-"}
    return "|".join(re.escape(one) for one in sorted(forms, key=len, reverse=True))


_STATUS: Final = "[1-5]\\d\\d"
_CONSTANT: Final = r"[A-Z]{2,}\d?(?:_[A-Z]+\d?)+"
_NAMES: Final = r"[A-Z][a-z]+(?:[A-Z][a-z]+)+"
_SNAKE: Final = r"[a-z]+(?:_[a-z]+)+"
# What a text begins with.
_BEGINS: Final = (
    rf"({_phrases()})[.!]?$|(error trying to \w+|connection closed before|socket hang up"
    r"|[Ss]elf[- ]signed certificate|certificate has expired|unable to (?:verify|get)[a-z ]{4,}"
    r"|Client network socket|Hostname/IP does not match|other side closed|fetch failed)|"
    r"FormatException: ([A-Z][A-Za-z ]{3,})|"
    rf"\[?({_SNAKE})(?:\]|:|$)|(?:[\w.]+: )?:([a-z]\w+)$|({_NAMES}): "
    rf"|\((?:\d{{1,6}}:)?({_NAMES}|[A-Z][a-z]+)\) "
    rf"|\[(?:\d{{1,6}}:)?([A-Z][A-Za-z]+)\]: |\[?({_STATUS})(?:\] \{{|: [A-Z]| \{{)"
    rf"|\(({_STATUS}), ?b?['\"]|({_STATUS}) (?:[45]\.\d|Client|Server|[A-Z][a-z])"
    r"|[a-z]\w{2,} (E[A-Z]{4,11})\b|Loading ((?:CSS )?chunk)"
    r"|ldap_\w{2,}\(\): [^:]*: ([A-Z][A-Za-z' ]{3,})$|\((-2\d{9}), "
    r"|(\d{6}) \([0-9A-Z]{5}\)|(-32\d{3}): |\(?(?:ER|SQLITE)_[A-Z]+"
    r"|(?:GET|POST|PUT|PATCH|DELETE|HEAD) \S+: ([1-5]\d\d)\b"
    r"|<urlopen error (?:\[Errno (-?\d{1,3})\]|([a-z ]{4,})>$)"
    r"|\[HTTP \d{3}\] (\d{5}) :|Error (-?\d{1,3}) (?:connecting|while)"
    r"|\[(\$?\w+:\w+)\] https?:|(?:Uncaught )?Minified \w{2,} error #(\d{1,4})"
    r"|https://(?:svelte\.dev/e/|vuejs\.org/error-reference/#)([\w-]+)"
    r"|CUDA (?:error: )?([a-z][a-z -]{4,})|Protocol error \([\w.]+\): ([A-Z][a-z ]{4,})"
    r"|(?:pods|[a-z]+(?:\.[a-z.]+)?) \"[^\"]*\" ((?:is )?(?:forbidden|invalid)|not found"
    r"|already exists)|MissingPluginException\(No implementation found for method (\S+ on"
    r" channel [^)\s]+)\)|strconv\.\w{2,}: .*: ((?:invalid|value) [a-z ]{4,})$"
    r"|runtime error: ((?:index|slice) [a-z ]{4,}|[a-z ]{6,})"
    r"|(index out of bounds|attempt to [a-z ]{5,}|already (?:mutably )?borrowed|assertion"
    r"|not (?:yet )?implemented|capacity overflow|(?:range|slice|byte) (?:start |end )?index"
    r"|explicit panic|internal error)|status: ([A-Z]\w{2,}), message:"
    r"|([a-z]{3,}(?:[A-Z][a-z]+)+): "
)
# What may stand anywhere in it.
_HOLDS: Final = (
    rf"\b({_STATUS})[ \"(:)-]{{1,3}}(?:{_phrases()})\b|\b(?:{_phrases()})(?: \(|: )({_STATUS})\b"
    rf"|\b(?:[Ss]tatus|HTTP|http_error)(?:[ _]?[Cc]ode)?(?:/\d(?:\.\d)?)?['\"]?(?:[:=,]| of| is"
    rf"| was)?"
    rf" ?[\['\"]?({_STATUS}|{_NAMES})\b|\b[Rr]esponse code:? ({_STATUS})\b"
    rf"|\((?:code )?({_STATUS}): [A-Z]|\bgot code \"?(\d{{3}})\b|(?:^|: )(?:Error"
    rf"|Exception) \(?({_STATUS})\b"
    r"|\b([245]\d\d)[ -][245]\.\d{1,3}\.\d{1,3}\b|\bresponse was: ([245]\.\d{1,3}\.\d{1,3})\b"
    r"|\b[Ee]xit(?:ed)?(?: with)?(?: status| code|code)(?: of)?[:= ]{1,2}"
    r"(-?(?:107|214)\d{7}|25[0-5]|2[0-4]\d|1?\d?\d)\b(?:\.?[^\d.]|\.?$)"
    r"|\bsignal (\d{1,2})(?: ?\(|[.,;)]|$)|\b[Ee]rror: ([a-z]+(?:_[a-z]+)+)\b"
    r"|\bRESPONSE ([1-5]\d\d):"
    r"|(?:: |[('\"])\[Errno (-?\d{1,5})\]|\(Caused by (\w+)\(|\bERROR CODE: ([A-Z]\w{2,})\b"
    r"|\berror=(\d{1,4}),|\(code (\d{1,5})\b"
    r"|\b((?:ORA|DPY|DPI|TNS|PLS)-\d{4,5}:|(?:AADSTS\d{4,7}|NG0\d{3,5}|PGRST\d{3})\b)"
    r"|\bLDAP: error code (\d{1,3})(?:.*, data (\w{1,8}))?|\berror (\d{1,6}) \([A-Z]\w+\)"
    rf"|(?:^|::|[(\[=:'\"\s]{{2}}|[(\[=:'\"])({_CONSTANT})(?:[\s:;,)\]'\"(]|$)|\(({_NAMES})\)$"
    rf"|\b({_NAMES}) on [\w.-]+:\d|: (E[A-Z]{{4,11}}) \("
    rf"|\{{:(\w+), \{{?:(\w+)(?:, ({_STATUS})\b)?"
    r"|SSL routines:[^:]*:([^:]{4,}):|\bfatal alert: (\w{4,})|\bstate=\w+: ([a-z ]{4,})"
    rf"|\btype=({_SNAKE})|\b((?:x509|tls): [a-z]+(?: [a-z]+)?)"
    r"|\b((?:Bad Request|Forbidden|Conflict): [a-z]{3,} [a-z]+(?: [a-z]+)?)"
    r"|\b[Ee]rror [Cc]ode:? ([A-Z][a-z]\w*|\w*_\w+|-?\d{1,5})\b|failed with code (-?\d{1,5})\b"
    r"|\bminified error nr: (\d{1,4})|\bGot=([1-5]\d\d)\b|OS Error: [^()]*errno = (\d{1,5})\b"
    r"|` on an? `(\w{3,5})` value(?:: (\w{3,}))?"
)
# What Windows calls an error, in the words of the system.
_OF_WINDOWS: Final = (
    r"(?:The )?((?:system cannot find the (?:file|path)|Access is denied|handle is invalid"
    r"|parameter is incorrect|There is not enough space|process cannot access the file"
    r"|network path was not|specified network name|semaphore timeout|Insufficient system resources"
    r"|Not enough (?:memory|storage|quota)|user name or password|device is not ready"
    r"|A connection attempt failed|An (?:existing|established) connection|Only one usage of"
    r"|No connection could be made|No such host is known|requested name is valid|A socket operation"
    r"|remote name could not|Unable to connect to the remote|operation has timed out"
    r"|SSL connection could not|operation was canceled"
    r"|file or directory is corrupted|Cannot create a file when|directory is not empty"
    r"|filename, directory name|A device attached|RPC server is|Unable to read data from))"
)
# A code that has its name beside it, as in JSON: `'code': 'context_length_exceeded'`.
_NAMED: Final = (
    r"(?:^|[,;{(] ?['\"]?|['\"])(?:error|code|errorCode|error_code|error_subcode|reason|type)['\"]?"
    r" ?[:=] ?(?:['\"]([A-Za-z][A-Za-z_.-]{2,})['\"]|([A-Za-z_]\w*_\w+)\b"
    r"|(-?\d{1,5})(?:[\s,})\]]|$))"
    r"|SSL routines:[^:]*:([^:]{4,}):"
)

# RE2: linear in the text, and nearly all texts hold none, which one look tells.
_ANY: Final = re2.compile(f"^(?:{_BEGINS}|{_OF_WINDOWS})|{_HOLDS}|{_NAMED}")
_begin: Final = re2.compile(f"^(?:{_BEGINS}|{_OF_WINDOWS})")
_hold: Final = re2.compile(_HOLDS)
_name: Final = re2.compile(_NAMED)


@lru_cache(maxsize=_REMEMBERED)
def codes_in(value: str) -> str:
    """The codes that a text holds, each once, in the order in which they stand."""
    if _ANY.search(value) is None:
        return ""
    begins = _begin.match(value)
    found = _told([begins]) if begins is not None else []
    found += _told(_hold.finditer(value))
    return " ".join([*list(dict.fromkeys(found))[:_MAX_CODES], *_named(value)])


@lru_cache(maxsize=_REMEMBERED)
def named_in(value: str) -> str:
    """The codes that have their name beside them."""
    return " ".join(_named(value)) if ":" in value or "=" in value else ""


def _named(value: str) -> list[str]:
    return list(dict.fromkeys(_told(_name.finditer(value))))[:_MAX_CODES]


def _told(matches: Iterable[re.Match[str]]) -> list[str]:
    """What the groups of the matches say."""
    first = islice(matches, _MAX_MATCHES)
    return [part.rstrip(":") for match in first for part in match.groups() if part]
