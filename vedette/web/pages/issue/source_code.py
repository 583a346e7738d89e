"""Colours a line of source just enough to be read faster: strings, numbers, comments, keywords.

One small scanner for all languages; it works line by line and never fails: what it does not
know is plain text.
"""

from __future__ import annotations

import re

Fragment = tuple[str, str]

_WORDS = (
    "and as assert async await break case catch class const continue def default defer del do "
    "elif else end enum except export extends final finally fn for foreach from func function "
    "go if impl implements import in instanceof interface is lambda let match mod module mut "
    "namespace new nil None not null or package private protected public raise rescue return "
    "select self static struct super switch this throw throws trait True False true false try "
    "type typeof undefined unless use using val var void when where while with yield begin "
    "elsif echo fun object override pub require int string bool float double long"
)
_KEYWORDS = frozenset(_WORDS.split())
_HASH_COMMENTS = ("python", "ruby", "perl", "elixir", "php", "crystal", "shell")
_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?)"""
    r"""|(?P<comment>//.*|/\*.*?(?:\*/|$)|\#.*)"""
    r"""|(?P<number>\b(?:0[xXbBoO][0-9a-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)\b)"""
    r"""|(?P<word>[A-Za-z_$][\w$]*)"""
)


def colour(line: str, platform: str) -> list[Fragment]:
    """The line as (class, text) pairs; their texts joined are the line."""
    made: list[Fragment] = []
    plain, at = "", 0
    for found in _TOKEN.finditer(line):
        kind = _kind(found, platform)
        if not kind:
            continue
        plain = line[at : found.start()]
        if plain:
            made.append(("", plain))
        made.append((kind, found[0]))
        at = found.end()
    if line[at:]:
        made.append(("", line[at:]))
    return made


def _kind(found: re.Match[str], platform: str) -> str:
    kind = found.lastgroup or ""
    if kind == "word":
        return "keyword" if found[0] in _KEYWORDS else ""
    if kind == "comment":
        hashed = platform in _HASH_COMMENTS
        slashed = not hashed or platform == "php"
        starts_hash = found[0][0] == "#"
        return "comment" if (hashed if starts_hash else slashed) else ""
    return kind
