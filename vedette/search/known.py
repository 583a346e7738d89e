"""Which keys mean something to the product; every other key is a tag."""

from __future__ import annotations

from vedette.search.fields import fields_of
from vedette.search.issue_keys import SPELLINGS
from vedette.search.rules import has_rule
from vedette.search.vocabulary import EVENTS, ISSUES, ValueKind


def is_known(key: str) -> bool:
    """Whether a key, written as it is, is a field, a rule, a word of the grammar or typed."""
    if key in _WORDS or key in SPELLINGS or key in fields_of().declared or has_rule(key):
        return True
    return any(words.kind_of(key) is not ValueKind.TEXT for words in (EVENTS, ISSUES))


_WORDS = ("has", "time")
