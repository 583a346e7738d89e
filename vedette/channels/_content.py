"""What a message says: plain data, the same for all channels."""

from __future__ import annotations

import msgspec


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
