"""What teams ask every day, ready to be opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from vedette.explore.datasets import dataset_named
from vedette.web.pages.explore.asked import Asked, Links


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question in words, what its answer is good for, and where it is."""

    title: str
    help: str
    icon: str
    address: str


_READY: Final[tuple[tuple[str, str, str, dict[str, Any]], ...]] = (
    (
        "Errors by type",
        "How often each kind of error happened, and to how many users.",
        "bug",
        {"dataset": "errors", "groups": ("error_type",),
         "figures": ("count()", "count_unique(user)")},
    ),
    (
        "Slowest transactions",
        "P95 over time of each route and task, the slowest first.",
        "gauge",
        {"dataset": "transactions", "groups": ("transaction",),
         "figures": ("p95(transaction.duration)", "p50(transaction.duration)", "count()")},
    ),
    (
        "Errors by user",
        "Who runs into errors most often.",
        "user",
        {"dataset": "errors", "groups": ("user",), "figures": ("count()", "last_seen()")},
    ),
    (
        "Error rate by release",
        "Errors a minute of each release in production.",
        "package",
        {"dataset": "errors", "query": "environment:production", "groups": ("release",),
         "figures": ("epm()", "count()")},
    ),
    (
        "Users affected by issue",
        "How many people each issue has met.",
        "users",
        {"dataset": "errors", "groups": ("issue",),
         "figures": ("count_unique(user)", "count()")},
    ),
    (
        "Failures by operation",
        "Which share of the spans of each operation fails.",
        "triangle-alert",
        {"dataset": "spans", "groups": ("span.op",),
         "figures": ("failure_rate()", "failure_count()", "count()")},
    ),
    (
        "Where the time goes",
        "What all spans of an operation take together.",
        "hourglass",
        {"dataset": "spans", "groups": ("span.op",),
         "figures": ("sum(span.self_time)", "avg(span.duration)", "count()")},
    ),
    (
        "Slowest database queries",
        "Statements without their values, by the time they take together.",
        "database",
        {"dataset": "spans", "query": "span.category:db", "groups": ("span.subject",),
         "figures": ("sum(span.duration)", "p95(span.duration)", "count()")},
    ),
)  # fmt: skip


def ready_questions(shared: str) -> list[Question]:
    """Every ready question, within the shared filter."""
    found = []
    for title, help_, icon, changes in _READY:
        asked = Asked(**{**changes, "dataset": dataset_named(changes["dataset"])})
        found.append(
            Question(title=title, help=help_, icon=icon, address=Links(asked, shared).to())
        )
    return found
