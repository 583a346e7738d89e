"""Which files others wrote: their headers name another holder of the copyright than the rest do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

_MOST_HEADER = 3_000  # bytes
_COMMENT = re.compile(rb"/\*.*?(?:\*/|\Z)|\"\"\".*?\"\"\"|=begin.*?=end|(?://|#)[^\n]*", re.DOTALL)
_HOLDER = re.compile(
    rb"(?:copyright|\xc2\xa9|\(c\))[\s:,*#/;|]*(?:\(c\)|\xc2\xa9|copyright)?[\s:,*#/;|]*"
    rb"(?:(?:(?:19|20)\d\d|\xe2\x80\x93|to|and|present|now)[\s,-]*)*(?:by\s+)?(?:the\s+)?"
    rb"(?P<holder>[^\W\d_][^\n]{2,60})|licensed to the (?P<foundation>apache software)",
    re.IGNORECASE,
)
_LICENCE = re.compile(
    rb"licen[sc]e|permission is hereby|redistribut|all rights reserved|\bGPL\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_][\w.'&-]*")
# A checkout says whose it is if so many of its files agree; what is as large a part is its own.
_FEW, _AGREE, _OWN = 20, 0.6, 1 / 6
_MANY, _NEARLY_ALL = 5, 0.7


def holder_of(text: bytes) -> str:
    """Who holds the rights by the comments on top, as two words in small letters; else empty."""
    header = b"\n".join(_COMMENT.findall(text[:_MOST_HEADER]))
    found = _HOLDER.search(header)
    if found is None or not _LICENCE.search(header):
        return ""
    named = (found["holder"] or found["foundation"]).decode("utf-8", "replace").lower()
    words = [one.strip(".") for one in _WORD.findall(named)]
    return " ".join([one for one in words if one not in ("the", "by", "all")][:2])


def copied(holders: Mapping[str, str]) -> Iterator[str]:
    """The files of a checkout that name another holder than nearly all of its files.

    Where those name one, the files of contributors beside them are its own, too.
    """
    counts = Counter(holders.values())
    if len(holders) < _FEW:
        return
    own, count = counts.most_common(1)[0]
    if count < _AGREE * len(holders):
        return
    at_home = {_folder(path) for path, one in holders.items() if own and one == own}
    others = {
        path
        for path, one in holders.items()
        if one not in ("", own)
        and counts[one] < _OWN * len(holders)
        and _folder(path) not in at_home
    }
    foreign = _foreign(holders, others)
    for path in holders:
        if path in others or any(one in foreign for one in _folders(path)):
            yield path


def _foreign(holders: Mapping[str, str], others: set[str]) -> set[str]:
    """The folders of which nearly all files below are of others: the rest is theirs, too."""
    all_below = Counter(folder for path in holders for folder in _folders(path))
    of_others = Counter(folder for path in others for folder in _folders(path))
    return {
        folder
        for folder, count in of_others.items()
        if all_below[folder] >= _MANY and count >= _NEARLY_ALL * all_below[folder]
    }


def _folders(path: str) -> Iterator[str]:
    """The folders around a file, from the innermost on."""
    while path := _folder(path):
        yield path


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
