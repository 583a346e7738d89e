"""One row of the lists of alerts, ready to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vedette.alerts.content import condition_of, figure_of
from vedette.alerts.models import Alert, AlertState, Closing

MARKS = {
    AlertState.PENDING: ("pending", ""),
    AlertState.FIRING: ("firing", "bad"),
    AlertState.RECOVERING: ("recovering", "warn"),
    AlertState.OVER: ("over", "good"),
}
CLOSINGS = {Closing.REAL: "was real", Closing.NOT_REAL: "not real", Closing.EXPECTED: "expected"}
_LEVELS = {"critical": "fatal", "warning": "warning"}
_OWN_LABELS = frozenset(
    ("rule", "project", "issue", "issue_id", "issue_title", "error_type", "level")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An alert in words. `about` is what tells it from others of its rule; `tone` colours it."""

    alert: Alert
    level: str
    about: str
    figure: str
    condition: str
    state: str
    tone: str
    closed_as: str
    facts: list[tuple[str, str]]


def make_rows(alerts: Sequence[Alert]) -> list[Row]:
    """The words of each."""
    return [make_row(alert) for alert in alerts]


def make_row(alert: Alert) -> Row:
    """The words of one alert."""
    state, tone = MARKS[AlertState(alert.state)]
    return Row(
        alert=alert,
        level=_LEVELS.get(alert.level, "error"),
        about=_about(alert),
        figure=figure_of(alert) or "1 event",
        condition=condition_of(alert),
        state=state,
        tone=tone,
        closed_as=CLOSINGS[Closing(alert.closed_as)] if alert.closed_as else "",
        facts=facts_of(alert),
    )


def facts_of(alert: Alert) -> list[tuple[str, str]]:
    """The labels that tell it from others: those of the rule's keys, environment, release."""
    held = alert.labels if isinstance(alert.labels, dict) else {}
    return [
        (str(name), str(value)) for name, value in held.items() if value and name not in _OWN_LABELS
    ]


def _about(alert: Alert) -> str:
    """The title without the rule's name before it."""
    name = alert.rule.name
    return alert.title.removeprefix(f"{name}: ") if alert.title != name else ""
