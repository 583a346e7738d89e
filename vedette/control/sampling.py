"""What the pipeline needs to know for sampling: rules, keys of heads, and names that are known."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from vedette import clock
from vedette.config import Config
from vedette.control.effective import Effective
from vedette.control.models import KnownTransactions
from vedette.options import groups
from vedette.pipeline.sampling import read_rules
from vedette.projects.models import Project, ProjectKey
from vedette.spans.rows import SPANS
from vedette.store import query as q
from vedette.store.engine import Store
from vedette.store.visible import VisibleProjects

NEW_FOR = timedelta(hours=24)
MOST_NAMES = 2000
_SEEN_WITHIN = timedelta(days=14)
_GROUP = "sampling"


class Sampling:
    """The sampling of every project; `effective` has to know the group."""

    def __init__(self, effective: Effective) -> None:
        self._rules: dict[int, tuple[str, ...]] = {}
        self._organizations: set[int] = set()
        for project_id, organization_id in Project.objects.values_list("id", "organization_id"):
            place = {"organization_id": organization_id, "project_id": project_id}
            rules = effective.of(_GROUP, **place)["rules"]
            if isinstance(rules, list) and rules:
                self._rules[project_id] = tuple(rules)
                self._organizations.add(organization_id)
        self._keys = self._keys_of_heads()
        self._known = self._known_names()

    def of(self, project_id: int, organization_id: int) -> dict[str, Any]:
        """The fields of `ProjectSettings` that are about sampling."""
        return {
            "organization_id": organization_id,
            "sampling": self._rules.get(project_id, ()),
            "known_transactions": self._known.get(project_id),
            "trace_keys": self._keys.get(project_id, ()),
        }

    @property
    def asking(self) -> list[int]:
        """The projects with a rule about what is new."""
        return [
            project_id
            for project_id, rules in self._rules.items()
            if any(rule.is_new for rule in read_rules(rules))
        ]

    def _keys_of_heads(self) -> dict[int, tuple[str, ...]]:
        if not self._organizations:
            return {}
        held: dict[int, list[str]] = defaultdict(list)
        rows = ProjectKey.objects.filter(project__organization__in=self._organizations)
        for project_id, key in rows.order_by("pk").values_list("project_id", "public_key"):
            held[project_id].append(key)
        return {project_id: tuple(keys) for project_id, keys in held.items()}

    def _known_names(self) -> dict[int, frozenset[str] | None]:
        asking = self.asking
        if not asking:
            return {}
        rows = KnownTransactions.objects.filter(project__in=asking)
        return {row.project_id: None if row.is_cut else frozenset(row.names) for row in rows}


def look(store: Store, config: Config) -> int:
    """Write down the names of which none is new; returns of how many projects.

    Raises StoreError.
    """
    now = clock.now()
    asking = Sampling(Effective([groups()[_GROUP]], config)).asking
    KnownTransactions.objects.exclude(project__in=asking).delete()
    for project_id in asking:
        select = q.Select(
            projects=VisibleProjects.of_system().only([project_id]),
            table=SPANS.name,
            columns={"name": q.Field("transaction"), "n": q.count()},
            where=[
                q.Compare(q.Field("is_segment"), "=", True),
                q.Present(q.Field("transaction")),
            ],
            group_by=["name"],
            order_by=[q.Order("n", descending=True)],
            start=int((now - _SEEN_WITHIN).timestamp() * 1e6),
            end=int((now - NEW_FOR).timestamp() * 1e6),
            limit=MOST_NAMES + 1,
        )
        names = [row[0] for row in store.query(select).rows]
        is_cut = len(names) > MOST_NAMES
        KnownTransactions.objects.update_or_create(
            project_id=project_id,
            defaults={
                "names": [] if is_cut else sorted(names),
                "is_cut": is_cut,
                "looked_at": now,
            },
        )
    return len(asking)
