"""What a message says: plain data, the same for all channels.

Much of it strangers wrote: whoever makes a message, its texts are single lines without control
characters, and hidden characters are made visible.
"""

from __future__ import annotations

import re

import msgspec

from vedette.lying_text import plain_text

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+")


class AlertPart(msgspec.Struct, omit_defaults=True):
    """One alert of a message. Times are seconds since 1970; `figure` is the value in words.

    `facts` are pairs of label and text, in the order in which they matter.
    """

    id: int
    title: str
    level: str
    state: str
    project: str
    rule: str
    url: str
    began: float
    fired: float | None = None
    over: float | None = None
    figure: str = ""
    condition: str = ""
    facts: list[tuple[str, str]] = []
    samples: list[tuple[str, str]] = []
    issue_url: str = ""
    runbook: str = ""
    acknowledged_by: str = ""

    def __post_init__(self) -> None:
        """See the module."""
        for name in ("title", "project", "rule", "figure", "condition", "acknowledged_by"):
            setattr(self, name, one_line(getattr(self, name)))
        self.facts = [(one_line(name), one_line(value)) for name, value in self.facts]
        self.runbook = plain_text(_CONTROL.sub(" ", self.runbook))


class Content(msgspec.Struct, omit_defaults=True):
    """A message: its kind (trigger, update, repeat, resolve, test), its alerts, how many more.

    Of the kind `acted` it says what somebody did with a button of the message before.
    `level` is that of the worst. `thread` is the same for all messages of one group.
    """

    kind: str
    title: str
    level: str
    thread: str
    project: str
    organization: str
    at: float
    alerts: list[AlertPart]
    more: int = 0
    url: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """See the module."""
        for name in ("title", "project", "note"):
            setattr(self, name, one_line(getattr(self, name)))


def one_line(text: str) -> str:
    """A text as one line in which nothing is hidden."""
    return plain_text(" ".join(_CONTROL.sub(" ", text).split()))
