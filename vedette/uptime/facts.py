"""What is said of monitors within the pipeline's transaction; see `vedette.facts`."""

from __future__ import annotations

from typing import Any, Literal

from vedette.facts import Fact


class MonitorChecked(Fact, tag="monitor_checked", kw_only=True):
    """A probe was run. `due` is its slot, `at` when it ended.

    `is_reliable` says whether its timing is the target's and not that of a busy prober;
    `evidence` is there for what did not succeed.
    """

    monitor_id: int
    due: float
    at: float
    outcome: str
    reason: str = ""
    text: str = ""
    ms: float = 0.0
    status: int | None = None
    is_reliable: bool = True
    hold_until: float = 0.0
    evidence: dict[str, Any] = {}


class CertificateEnds(Fact, tag="certificate_ends", kw_only=True):
    """A monitor that warns of it saw a certificate that is good for no more than `threshold` days.

    Said by every check that sees it; whoever tells people remembers what was told.
    """

    monitor_id: int
    fingerprint: str
    days: float
    threshold: int


class MonitorChanged(Fact, tag="monitor_changed", kw_only=True):
    """Something changed about a monitor, whether people are to hear of it or not.

    `kind`, `before` and `after` are those of a `vedette.uptime.changes.Change`, and `since` is
    when it began to be true. Raised by the reaction to checks, and by loops.
    """

    monitor_id: int
    kind: str
    before: str
    after: str
    since: float
    environment: str = ""
    reason: str = ""
    text: str = ""


class MonitorTold(Fact, tag="monitor_told", kw_only=True):
    """People are to hear that a monitor is in this state since then.

    Every `down` and `degraded` is followed by another one, by `up`, or by `ended` where it is not
    watched any more: what is told has an end. `is_another_cause`: they know that it is so, and
    are to hear why it is now; `found_at` is when that was found.
    """

    monitor_id: int
    is_another_cause: bool = False
    found_at: float = 0.0
    state: Literal["up", "degraded", "down", "ended"]
    since: float
    environment: str = ""
    reason: str = ""
    text: str = ""
    evidence: dict[str, Any] = {}
