"""What the grammar of searches reads at one place, as patterns."""

from __future__ import annotations

import re
from typing import Final

_END = r"(?=[\t\n )]|\Z)"
# With marks that stand apart from their letter: some systems write `ö` as two characters.
_KEY = r"[\w.\-\u0300-\u036f]++"
_QUOTED_KEY = r'"[\w.:\-\u0300-\u036f]++"'
_QUOTED = r'"(?>\\"|[^"])*+"'
_ITEM = rf"(?>{_QUOTED}|[^(), ]+?(?=\ *+\]{_END}|\ *+,))"
# The name of a tag as it was sent: `tags[a:b]`.
_TAG = r"""[^\s"\[\]()]{1,200}"""
PARAMETER = r"""(?>"(?>\\"|[^\t\n"])*+"|[^()\t\n, "]++)"""
_NUMBER = r"-?[0-9]+(?:\.[0-9]*)?"
DATE: Final = r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})?"

SPACES = re.compile(r"\ *+")
CONNECTIVE = re.compile(rf"(OR|AND){_END}", re.IGNORECASE)
# What Sentry's search box writes between colon and value, between two private characters.
MARKER = re.compile("\uf00d(DoesNot)?(Contains?|StartsWith|StartWith|EndsWith|EndWith)\uf00d")
OTHER_MARKER = re.compile("\uf00d[^\uf00d\n]{0,40}\uf00d?")
HAS = re.compile(
    rf"(!?)has:(?:({_QUOTED_KEY})|(tags\[(?:{_KEY}|{_QUOTED}|{_TAG})\])|({_KEY})"
    rf"|({_QUOTED}|[^()\t\n ]*+))"
)
PREFIX = re.compile(rf"(!?)(?:tags\[({_KEY}|{_QUOTED}|{_TAG})\]|({_KEY})|({_QUOTED_KEY})):")
AGGREGATE_PREFIX = re.compile(
    rf"(!?)({_KEY})\(\ *+((?:{PARAMETER}(?:\ *+,\ *+(?!,)(?:{PARAMETER})?)*+)?)\ *+\):"
)
AGGREGATE_VALUE = re.compile(
    rf"(?:{_NUMBER}(?:ms|s|min|m|hr|h|day|d|wk|w|k|b|%)?|{DATE}|[+-][0-9]+[wdhm]){_END}"
)
LIST = re.compile(rf"\[\ *+{_ITEM}(?:\ *+,\ *+(?!,)(?:{_ITEM})?+)*+\ *+\]{_END}")
LIST_ITEM = re.compile(_ITEM)
VALUE = re.compile(rf"({_QUOTED})|{_NUMBER}[kmb]?(?=[,\]])|[^()\t\n ]*+")
QUOTED_TEXT = re.compile(_QUOTED)
CHUNK = re.compile(r"[^()\n ]++")
