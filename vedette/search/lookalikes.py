"""What looks like a key, a colon and a value, and is none.

Classes (`A::b`), addresses (`127.0.0.1:80`, `fe80::1`, `C:\\tmp`), lines of files (`cart.py:17`),
times, and the titles of issues (`KeyError: 'name'`).
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address

# Behind the colon: the rest of a class or module, or of an address.
_NO_VALUE = re.compile(r":(?:[^\W\d]|[~<{$&*(]|(?=[\n )]|\Z))|//")
_PATH = re.compile(r"\w:\\")
# A class, written as no field is, and the sentence behind it. A word in small letters
# (`panic: …`) needs more of a sentence, or it was meant as a field.
_SENTENCE = re.compile(r"\ +(?=[^\n )])")
_TITLE = re.compile(r"[\w.$]*[A-Z]")
_SAID = re.compile(r"\S+(?: +\S+){3}")
_WORD = re.compile(r"[^()\n ]++")
_NUMBERS = re.compile(r"[\d.:-]*\d[\d.:-]*", re.ASCII)
# A line of a file: `cart.py:17`, `app.js:17:9`.
_FILE = (
    r"[\w./\\@-]+\.(?:py|pyx|[cm]?[jt]sx?|vue|svelte|java|kts?|scala|groovy|cljs?|cs|fs|vb|go|php"
    r"|rb|erb|exs?|erl|dart|rs|c|cc|cpp|cxx|hh?|hpp|mm?|swift|pl|pm|lua|sql|html?|jsbundle)"
)
_NAME_OF_FILE = re.compile(_FILE)
_LINE_OF_FILE = re.compile(rf"{_FILE}:\d+(?::\d+)?[,;.)]?")
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}", re.IGNORECASE)
_BEHIND = re.compile(r"(?:%\w{1,16})?(?:/\d{1,3})?[.,;]?\Z", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{1,4}", re.IGNORECASE)


def is_no_key(text: str, place: int, end: int, *, is_first: bool) -> bool:
    """Whether the word at `place`, whose colon ends at `end`, is no key.

    `is_first` says that nothing stands before it: in the midst of a text it is the text's.
    """
    if _NO_VALUE.match(text, end) is not None or _PATH.match(text, place) is not None:
        return True
    if _SENTENCE.match(text, end) is not None:
        return not is_first or any(one.match(text, place) for one in (_TITLE, _SAID))
    word = _WORD.match(text, place)
    return word is not None and (
        is_address(word[0]) or _LINE_OF_FILE.fullmatch(word[0]) is not None
    )


def is_address(text: str) -> bool:
    """Whether a word with a colon is an address, numbers, or a time, and no key and value."""
    if _NUMBERS.fullmatch(text.partition(":")[0]) is not None:
        return True
    if text.count(":") < 2:
        return False
    return _MAC.fullmatch(text) is not None or _is_ipv6(_BEHIND.sub("", text, count=1))


def is_file(key: str) -> bool:
    """Whether a key would be taken for a file if the number of a line followed."""
    return _NAME_OF_FILE.fullmatch(key) is not None


def may_begin_address(key: str) -> bool:
    """Whether a key could be taken for the beginning of one, whatever its value is."""
    return _NUMBERS.fullmatch(key) is not None or _HEX.fullmatch(key) is not None


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True
