"""What is shown of a page: all that was read of it, at one moment, without anything private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from vedette.statuspages.states import Condition, Impact, Overall, Stood
from vedette.uptime.intervals import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Response times of the last day in milliseconds."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentShape:
    """A component. Without `days` it is not watched, or does not say how it was."""

    key: str
    name: str
    description: str
    group: str
    position: int
    stood: Stood
    created_at: datetime
    days: Sequence[Share] = ()
    uptimes: Mapping[str, float | None] = field(default_factory=dict)
    pace: Pace | None = None

    @property
    def condition(self) -> Condition:
        """How it stands."""
        return self.stood.condition


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShape:
    """Components that stand together; without a name, those of no group."""

    key: str
    name: str
    position: int
    created_at: datetime
    components: Sequence[ComponentShape]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateShape:
    """What was said once."""

    key: str
    status: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentShape:
    """An incident, or maintenance if it is scheduled. The newest update comes first."""

    key: str
    title: str
    impact: Impact
    status: str
    began_at: datetime
    published_at: datetime
    changed_at: datetime
    resolved_at: datetime | None
    scheduled_for: datetime | None
    scheduled_until: datetime | None
    affected: Sequence[tuple[str, str, Condition]]
    updates: Sequence[UpdateShape]

    @property
    def is_scheduled(self) -> bool:
        """Whether it is maintenance."""
        return self.scheduled_for is not None

    @property
    def is_open(self) -> bool:
        """Whether it lasts, or is yet to come."""
        return self.status not in ("resolved", "completed")

    @property
    def is_upcoming(self) -> bool:
        """Whether it is planned."""
        return self.is_scheduled and self.status == "scheduled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page as it is at `now`. `address` ends with a slash."""

    key: str
    title: str
    description: str
    announcement: str
    address: str
    zone: str
    accent: str
    css: str
    logo: tuple[str, bytes] | None
    is_public: bool
    shows_response: bool
    now: datetime
    overall: Overall
    groups: Sequence[GroupShape]
    incidents: Sequence[IncidentShape]

    @property
    def components(self) -> list[ComponentShape]:
        """All of them, in their order."""
        return [one for group in self.groups for one in group.components]

    @property
    def open_incidents(self) -> list[IncidentShape]:
        """Those that last, the newest first."""
        return [one for one in self.incidents if one.is_open and not one.is_scheduled]

    @property
    def under_way(self) -> list[IncidentShape]:
        """Maintenance that has begun."""
        return [
            one
            for one in self.incidents
            if one.is_open and one.is_scheduled and not one.is_upcoming
        ]

    @property
    def upcoming(self) -> list[IncidentShape]:
        """Planned maintenance, the next first."""
        return sorted(
            (one for one in self.incidents if one.is_upcoming),
            key=lambda one: (one.scheduled_for or one.began_at, one.key),
        )
