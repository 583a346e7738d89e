"""What became of everything that came in."""

from __future__ import annotations

from datetime import UTC, datetime

from vedette.issues import telemetry
from vedette.issues.shapes import OutcomeRow, Scope
from vedette.items.client_report import OUTCOMES
from vedette.store import query as q
from vedette.store.access import store

_HOUR = 3600


def outcomes(scope: Scope) -> list[OutcomeRow]:
    """Counts by project, kind, outcome, reason and hour, oldest hour first."""
    names = ("project_id", "category", "outcome", "reason")
    select = q.Select(
        table=OUTCOMES.name,
        columns={
            **{name: q.Field(name) for name in names},
            "hour": q.bucket(_HOUR),
            "quantity": q.call("sum", q.Field("quantity")),
        },
        where=[telemetry.in_projects(scope.projects)],
        start=telemetry.micros(scope.period.start) // (_HOUR * 1_000_000) * _HOUR * 1_000_000,
        end=telemetry.micros(scope.period.end),
        group_by=[*names, "hour"],
        order_by=[q.Order("hour")],
        limit=200_000,
    )
    return [
        OutcomeRow(
            project_id=project_id,
            kind=category,
            outcome=outcome,
            reason=reason or "",
            hour=datetime.fromtimestamp(hour, UTC),
            quantity=int(quantity),
        )
        for project_id, category, outcome, reason, hour, quantity in store().query(select).rows
        if quantity
    ]
