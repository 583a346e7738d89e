"""Searches written by the product: the one place that links, chips and completion use.

What is written here is read back as exactly the key and the value it was made of.
"""

from __future__ import annotations

import re

from vedette.search.escapes import guarded, with_escapes
from vedette.search.known import is_known
from vedette.search.lookalikes import is_address, is_file, may_begin_address
from vedette.search.pasted import NO_WIDTH


def quote(value: str) -> str:
    """A text as it must stand after `key:` to be found exactly."""
    if _BARE.fullmatch(value):
        return value
    return f'"{with_escapes(guarded(value))}"'


def written_key(key: str) -> str:
    """A tag's key as it must stand before the colon, also one that is a field's name."""
    if not _KEY.fullmatch(key):
        return f'tags["{with_escapes(key)}"]'
    is_mistakable = is_known(key) or is_address(f"{key}:") or is_file(key)
    return f"tags[{key}]" if is_mistakable else key


def tag_filter(key: str, value: str) -> str:
    """A search of one term for a tag's value; the empty value finds events without the tag."""
    written = quote(value)
    if ":" in written and written[0] != '"' and may_begin_address(key):
        written = f'"{written}"'
    return f"{written_key(key)}:{written}"


def field_filter(key: str, value: str) -> str:
    """A search of one term for the value of a field that the product knows."""
    return f"{key}:{quote(value)}"


_PASTED = f"“”„‟«»{NO_WIDTH}"
_BARE = re.compile(rf"""(?!//)[^\s()"\[\]<>=!*,:\\\uf00d{_PASTED}][^\s()"\[\]*,{_PASTED}]*""")
_KEY = re.compile(r"[\w.\-]+")
