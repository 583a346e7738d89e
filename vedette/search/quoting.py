"""Searches written by the product: the one place that links, chips and completion use.

What is written here is read back as exactly the key and the value it was made of.
"""

from __future__ import annotations

import re

from vedette.search.escapes import guarded, with_escapes
from vedette.search.known import is_known


def quote(value: str) -> str:
    """A text as it must stand after `key:` to be found exactly."""
    if _BARE.fullmatch(value):
        return value
    return f'"{with_escapes(guarded(value))}"'


def written_key(key: str) -> str:
    """A tag's key as it must stand before the colon, also one that is a field's name."""
    if not _KEY.fullmatch(key):
        return f'tags["{with_escapes(key)}"]'
    return f"tags[{key}]" if is_known(key) else key


def tag_filter(key: str, value: str) -> str:
    """A search of one term for a tag's value; the empty value finds events without the tag."""
    return f"{written_key(key)}:{quote(value)}"


def field_filter(key: str, value: str) -> str:
    """A search of one term for the value of a field that the product knows."""
    return f"{key}:{quote(value)}"


_BARE = re.compile(r"""(?!//)[^\s()"\[\]<>=!*,:\\\uf00d“”„‟«»][^\s()"\[\]*,“”„‟«»]*""")
_KEY = re.compile(r"[\w.\-]+")
