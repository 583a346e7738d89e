"""What clients send as an incident of a status page, and as maintenance of monitors."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from vedette.web.api.parameters import Name
from vedette.web.api.typed import Parameters

_Title = Annotated[str, Meta(max_length=200)]
_Words = Annotated[str, Meta(max_length=10_000)]
_Moment = Annotated[str, Meta(max_length=40, description="ISO 8601, with a zone.")]


class IncidentBody(Parameters):
    """An incident, or maintenance where `scheduledFor` is given.

    `components` says by key or name how each is left; those that are not named are as they are.
    Nobody sees it before it is published: by `publish`, or by a person.
    """

    title: _Title | None = None
    text: _Words | None = None
    impact: Literal["none", "minor", "major", "critical"] | None = None
    status: Name | None = None
    components: Annotated[dict[str, str], Meta(max_length=500)] | None = None
    scheduled_for: _Moment | None = None
    scheduled_until: _Moment | None = None
    covers_monitors: bool = False
    publish: bool = False


class UpdateBody(Parameters):
    """What is said next; `resolved` and `completed` end it."""

    status: Name
    text: _Words
    components: Annotated[dict[str, str], Meta(max_length=500)] | None = None
    publish: bool = False


class MaintenanceBody(Parameters):
    """A window: from `startsAt` (now) until `endsAt` or for `minutes`; or each week.

    `monitors` and `tags` say for which; without either for all of the project. An empty list is
    refused: a script that found none means none.
    """

    name: Annotated[str, Meta(max_length=128)] | None = None
    project: Name | None = None
    monitors: Annotated[list[Name], Meta(max_length=500)] | None = None
    tags: Annotated[dict[str, str], Meta(max_length=20)] | None = None
    starts_at: _Moment | None = None
    ends_at: _Moment | None = None
    minutes: Annotated[int, Meta(ge=1, le=10_080)] | None = None
    weekdays: Annotated[list[Annotated[int, Meta(ge=0, le=6)]], Meta(max_length=7)] | None = None
    start: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None
    timezone: Name | None = None
