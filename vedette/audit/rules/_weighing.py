"""How much a swallowed error weighs: what was to be done, and what a comment beside it says."""

from __future__ import annotations

import re

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Severity
from vedette.audit.rules._trying import is_explained

# Errors are part of every signature in these languages: whoever writes a word has thought of it.
_REASONED = ("go", "java", "php", "ruby")
# What changes something that lasts, by its name; first the words that stand before such a name.
_DEED = re.compile(
    r"(?:^|[.:])_*(?:(?:do|perform|try)(?:_|(?=[A-Z])))?(?i:save|store|persist|write|insert|update"
    r"|upsert|delete|remove|purge|send|publish|push(?=$|\W)|commit|exec|execute|upload|migrate|notify|rename"
    r"|move(?!down|up|left|right|by|to(?![a-z]))|copy|change|import|export|install|deploy|pay|charge|refund|enqueue|dispatch|deliver"
    r"|grant|revoke)(?![a-z])\w*[!?]?(?:\(\))?$"
)
# Bytes for a peer who may have left, a screen, what is tidied up, what is held in memory.
_PASSING = re.compile(
    r"(?:^|\.)(?:(?:res|resp|response|conn|rw|rr|brw|w|out|ws|stream|socket|System|super|classList"
    r"|list|map|set)\.\w+|(?:Files?|Dir|FileUtils)\.(?:tryDelete|delete|rm|remove)\w*"
    r"|(?:remove|delete|update|send|copy|move)(?:Listener|Child|UI|Redirect|Error|Text|Rows?|View)\w*"
    r"|(?i:write|flush)|(?i:write|send|push|notify|update)\w*?"
    r"(?:Message|Metadata|JSON|Progress|Event|Success|Err|Header|Bytes?|String|Line|Rune|Int|Response|UDP))(?:\(\))?$"
)
# Ruby's call of a method by its name; Java's files, which say no by what they return.
_OTHERWISE = {
    "ruby": re.compile(r"(?:^|\.)(?:send|public_send|exec!|(?:upload|import|export|change)_\w+s)$"),
    "java": re.compile(r"(?:^|\.|\])(?:delete|renameTo)$"),
}
_OF_FILES = re.compile(r"(?:^|\.)(?:File|listFiles|getParentFile)(?:\(\))?$")
_OFTEN = 8
_BROAD = ("Exception", "Throwable", "StandardError", "\\Exception", "\\Throwable")
_AT_WORK = re.compile(r"(?:^|/)(?:controllers?|jobs|workers?|mailers?|consumers?)/", re.IGNORECASE)
_CODE = re.compile(r"[\w.$>-]+\([^)]*\)")
_LATER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
_KEYWORD = re.compile(
    r"return|throw|raise|err|nil|null|none|ex|nopmd|nosonar|checkstyle|nolint|phpcs|rubocop"
)
_WORD = re.compile(r"[a-z][a-z']+")


def weight(facts: FileFacts, handler: Handler, usual: Severity) -> Severity:
    """`usual`; less with a comment; in languages that force to handle, what was thought of weighs
    nothing."""
    if not is_explained(handler):
        return usual
    if facts.language not in _REASONED:
        return min(usual, Severity.ROUTINE)
    return Severity.INFO if says_so(handler.comments) else min(usual, Severity.ROUTINE)


def weight_by_deed(facts: FileFacts, handler: Handler, usual: Severity) -> Severity:
    """`usual` where something was to be done, and where all that a request or a job brings is
    caught; else what failed is an answer as often as not."""
    is_broad = not handler.types or any(one in _BROAD for one in handler.types)
    if (is_broad and _AT_WORK.search(facts.path)) or loses_a_deed(facts, handler):
        return weight(facts, handler, usual)
    return Severity.INFO


def loses_a_deed(facts: FileFacts, handler: Handler) -> bool:
    """Whether what failed was to change something that lasts, by the names of what was called.

    What a file drops in the same way again and again was decided once.
    """
    if _is_habit(facts, handler):
        return False
    passing = _OTHERWISE.get(facts.language)
    if facts.language == "java" and not any(map(_OF_FILES.search, handler.calls)):
        passing = None
    called = [one for one in handler.calls if passing is None or not passing.search(one)]
    return any(map(is_deed, called))


def _is_habit(facts: FileFacts, handler: Handler) -> bool:
    same = (one.calls == handler.calls and one.types == handler.types for one in facts.handlers)
    return sum(same) >= _OFTEN


def is_deed(path: str) -> bool:
    """Whether a call changes something that lasts, by its name."""
    return _DEED.search(path) is not None and _PASSING.search(path) is None


def says_so(comments: str) -> bool:
    """Whether a comment says something of what is done: it is no code, and no plan."""
    said = _LATER.split(comments, maxsplit=1)[0]
    words = _WORD.findall(_CODE.sub(" ", said).lower())
    return any(_KEYWORD.fullmatch(one) is None for one in words)
