"""How much a swallowed error weighs: what a comment beside it says decides."""

from __future__ import annotations

import re

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Severity
from vedette.audit.rules._trying import is_explained

# Errors are part of every signature in these languages: whoever gives a reason has thought of it.
_REASONED = ("go", "java", "php", "ruby")
_CODE = re.compile(r"[\w.$>-]+\([^)]*\)")
_LATER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
# Words of comments that say that nothing is done, and not why.
_FILLER = re.compile(
    r"ignor\w*|errors?|errs?|exceptions?|failures?|throwables?|nothing|noop|empty|swallow\w*|catch\w*"
    r"|silen\w*|remain|continue|carry|just|the|this|that|here|any|all|these|and|nopmd|nosonar"
    r"|suppresswarnings|checkstyle|nolint|errcheck|phpcs|rubocop|intentional\w*|okay|don't|care|can"
    r"|may|best|effort|safe\w*|for|now|with|pass|deliberate\w*|not|needed|required|simply|block|ok|let|it|do|no|op"
)
_WORD = re.compile(r"[a-z][a-z']+")


def weight(facts: FileFacts, handler: Handler, usual: Severity) -> Severity:
    """`usual`; less with a comment; in languages that force to handle, a reason weighs nothing."""
    if not is_explained(handler):
        return usual
    if facts.language in _REASONED and gives_reason(handler.comments):
        return Severity.INFO
    return min(usual, Severity.ROUTINE)


def gives_reason(comments: str) -> bool:
    """Whether a comment says more than that the error is ignored."""
    if _LATER.search(comments):
        return False
    words = _WORD.findall(_CODE.sub(" ", comments).lower())
    return sum(_FILLER.fullmatch(one) is None for one in words) >= 2
