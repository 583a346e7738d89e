"""One replay as a row of lists: what is asked of its segments, and what that makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vedette.issues.telemetry import moment
from vedette.items._replays import RECORDING
from vedette.replays.searching import SUMMED, total
from vedette.store import query as q


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRow:
    """One replay, as far as it has come. `urls` are those of its pages, in order.

    Of an issue or a trace `at_ms` is when its newest error happened, in milliseconds since 1970.
    """

    project_id: int
    replay_id: str
    type: str
    started: datetime
    finished: datetime
    first_ms: int | None
    segments: int
    has_gaps: bool
    errors: int
    clicks: int
    dead_clicks: int
    rage_clicks: int
    slow_clicks: int
    console_errors: int
    failed_requests: int
    navigations: int
    hydrate_errors: int
    mutations: int
    size_bytes: int
    urls: tuple[str, ...]
    user: str
    user_id: str
    user_email: str
    user_username: str
    user_ip: str
    browser: str
    os: str
    device: str
    release: str
    environment: str
    platform: str
    sdk_name: str
    sdk_version: str
    at_ms: float | None = None

    @property
    def who(self) -> str:
        """The user, as far as anything is known."""
        known = (self.user_email, self.user_username, self.user_id, self.user_ip)
        return next((one for one in known if one), "Somebody")

    @property
    def started_ms(self) -> int:
        """When it began, in milliseconds since 1970: the first moment that was recorded."""
        return self.first_ms if self.first_ms is not None else round(self.started.timestamp() * 1e3)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return max(0.0, (self.finished - self.started).total_seconds())


def columns() -> dict[str, q.Expression]:
    """What is asked of the rows of a replay, grouped by project and replay."""
    first = q.call("coalesce", q.call("min", q.Field("started")), q.call("min", q.TIME))
    recorded = q.Compare(q.Field("part"), "=", RECORDING)
    latest = {
        name: q.call("last", q.Field(name), q.TIME)
        for name in (*_TEXTS.values(), "replay_type")
    }  # fmt: skip
    return {
        "project_id": q.Field("project_id"),
        "replay_id": q.Field("replay_id"),
        "started": first,
        "finished": q.call("max", q.TIME),
        "first_ms": q.call("min", q.Field("first_ms")),
        "duration": q.call(
            "subtract", q.call("max", q.Field("last_ms")), q.call("min", q.Field("first_ms"))
        ),
        "last_segment": q.call("max", q.Field("segment_id")),
        "segments": q.call("count_if", recorded),
        "size": q.call("sum", q.Field("size_bytes")),
        **{name: total(name) for name in SUMMED},
        **latest,
    }


_TEXTS = {
    "user": "user_key",
    "user_id": "user_id",
    "user_email": "user_email",
    "user_username": "user_username",
    "user_ip": "user_ip",
    "browser": "browser_name",
    "os": "os_name",
    "device": "device",
    "release": "release",
    "environment": "environment",
    "platform": "platform",
    "sdk_name": "sdk_name",
    "sdk_version": "sdk_version",
}


def row_of(row: dict[str, Any]) -> ReplayRow:
    """The replay that an answer to `columns` tells of."""
    counts: dict[str, Any] = {name: int(row[name]) for name in SUMMED}
    texts: dict[str, Any] = {name: row[column] or "" for name, column in _TEXTS.items()}
    return ReplayRow(
        project_id=row["project_id"],
        replay_id=row["replay_id"],
        type=row["replay_type"] or "session",
        started=moment(row["started"]),
        finished=moment(row["finished"]),
        first_ms=row["first_ms"],
        segments=row["segments"],
        has_gaps=row["segments"] <= row["last_segment"],
        size_bytes=int(row["size"] or 0),
        urls=(),
        **counts,
        **texts,
    )
