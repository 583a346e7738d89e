"""The values that grouping hands out: the key, its explanation, the title.

Everything here is frozen and serialises as JSON through msgspec, so that an explanation
can be stored or sent to a page as it is.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Variant(StrEnum):
    """What an event was grouped by, the strongest evidence first."""

    FINGERPRINT = "fingerprint"
    APP_STACK = "in-app stack"
    FULL_STACK = "full stack"
    EXCEPTION = "exception type and value"
    MESSAGE = "message"
    SECURITY_REPORT = "security report"
    FALLBACK = "fallback"


class Verdict(StrEnum):
    """What became of a frame; the value is the reason in words."""

    CONTRIBUTES = "contributes"
    LIBRARY = "library frame"
    OUTSIDE_APP = "not marked as application code"
    ANONYMOUS = "anonymous function: each engine names these differently"
    NOISE = "made by the compiler or the runtime, not written by a person"
    ENTRY = "every run of the program starts here"
    FORWARDS = "only hands the call on to the next frame"
    RECURSION = "recursion of the frames above"
    OUTSIDE_LOOP = "not part of the loop that overflowed the stack"
    BEYOND_LIMIT = "too far from the crash: only the nearest frames are read"
    EMPTY = "the frame names neither a function nor a file"
    UNUSED = "something stronger than the stack decided"


class Grouping(msgspec.Struct, frozen=True, gc=False):
    """The issue an event belongs to: events of one project with equal keys are one issue.

    `key` is the 16 bytes of xxh3_128 over the contributing components. The version is not
    hashed: where two versions read an event alike, its issue lives on.
    """

    version: str
    key: bytes


class FrameExplanation(msgspec.Struct, frozen=True):
    """One frame, in the order of the event: does it count, why, and as what."""

    function: str | None
    filename: str | None
    contributes: bool
    reason: str
    used: str


class ExceptionExplanation(msgspec.Struct, frozen=True):
    """One exception of the chain, or one thread's stack (then `type` is null)."""

    type: str | None
    contributes: bool
    reason: str
    type_used: str
    value: str | None
    value_used: str
    frames: list[FrameExplanation]


class TextExplanation(msgspec.Struct, frozen=True):
    """A text before and after its variable parts were replaced."""

    before: str
    after: str


class Explanation(msgspec.Struct, frozen=True):
    """Why an event got its key: everything that was looked at, used or not.

    `components` are the exact strings that were hashed; `key` equals `group(event).key`.
    `fingerprint` shows each part the SDK sent beside what it became.
    """

    version: str
    key: bytes
    variant: Variant
    summary: str
    components: list[str]
    fingerprint: list[TextExplanation]
    exceptions: list[ExceptionExplanation]
    message: TextExplanation | None


class Title(msgspec.Struct, frozen=True):
    """What a person reads in the issue list. Absent parts are empty strings.

    `value` is a first line; `text` is `type: value` or whichever of the two exists.
    """

    type: str
    value: str
    text: str
    culprit: str
    filename: str
    function: str
