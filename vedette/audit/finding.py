"""What the auditor finds, as rules make it and as reports say it."""

from __future__ import annotations

from enum import IntEnum

import msgspec


class Severity(IntEnum):
    """How soon somebody should look: the greater the sooner."""

    INFO = 0  # kept in JSON, printed on demand
    ROUTINE = 1
    IMPORTANT = 2
    URGENT = 3

    @property
    def word(self) -> str:
        """As options, files and reports write it."""
        return self.name.lower()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What to write instead of the lines `first` to `last` (from 1, both included) of the file.

    `is_safe` ones keep the flow of control and are what `vedette audit fix` writes; all others are
    shown and never written. `above` goes before the first line of the file that is no comment.
    """

    first: int
    last: int
    text: str
    above: str = ""
    is_safe: bool = False


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong, at one place.

    `path` is relative to the audited folder, with `/`; empty for what is said of the whole.
    `line` counts from 1; 0 where no line is meant. `function` is the innermost named function
    around it (`Class.method`), empty at the top. `what` is one sentence that ends without a full
    stop and names the very thing; what the rule says of its kind stands in the rule.
    `subject` tells findings of one place apart (the package, the dependency, the variable).
    `explained` says that a comment gives a reason: lower, not away.
    """

    rule: str
    severity: Severity
    what: str
    path: str = ""
    line: int = 0
    last_line: int = 0
    column: int = 0
    function: str = ""
    subject: str = ""
    explained: bool = False
    instead: Change | None = None
