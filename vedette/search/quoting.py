"""Values written so that a search reads them back: for links from a tag or a title to a search."""

from __future__ import annotations

import re

from vedette.search.escapes import guarded


def quote(value: str) -> str:
    r"""A text as it must stand after `key:` to be found exactly.

    The one text that the grammar cannot express, with spaces and a `\` at its end, becomes
    a pattern that also finds longer texts.
    """
    if _BARE.fullmatch(value):
        return value
    text = guarded(value)
    if text.endswith("\\"):
        text = text.rstrip("\\") + "\\\\" * (len(text) - len(text.rstrip("\\"))) + "*"
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'


def tag_filter(key: str, value: str) -> str:
    """A search of one term for a tag's value; the empty value finds events without the tag."""
    if _KEY.fullmatch(key):
        return f"tags[{key}]:{quote(value)}"
    escaped = key.replace('"', '\\"')
    return f'tags["{escaped}"]:{quote(value)}'


_BARE = re.compile(r"""[^\s()"\[\]<>=!*,][^\s()"\[\]*,]*""")
_KEY = re.compile(r"[A-Za-z0-9_.\-]+")
