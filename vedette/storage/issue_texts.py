"""What issues say of a person who was forgotten: their texts are those of the newest event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from vedette.issues.models import Issue
from vedette.items.event import ERRORS
from vedette.storage.deleting import EVER
from vedette.storage.models import Forgetting
from vedette.storage.naming import Naming
from vedette.store import query as q
from vedette.store.visible import VisibleProjects

if TYPE_CHECKING:
    from vedette.loops import House

_TEXTS = ("type", "value", "culprit", "filename", "function", "logger")
_COLUMNS = ("timestamp", "type", "value", "culprit", "logger")


def tell_anew(house: House, one: Forgetting) -> None:
    """Issues whose texts name the person tell of the newest event that is left.

    Texts that no event gives again are emptied. What somebody else's event says of the person
    stays. No batch is committed meanwhile. Raises StoreError.
    """
    naming = Naming(str(one.identity))
    holds = Q()
    for name in _TEXTS:
        holds |= Q(**{f"{name}__icontains": str(one.identity)})
    theirs = Issue.objects.filter(holds, project__organization=one.organization)
    with house.owner.pausing():
        for issue in theirs.order_by("pk"):
            texts = {name: str(getattr(issue, name)) for name in _TEXTS}
            named = [name for name, text in texts.items() if naming.is_in(text.encode())]
            if named:
                left = _newest(house, issue)
                Issue.objects.filter(pk=issue.pk).update(
                    **{name: _fitting(name, left.get(name) or "") for name in named}
                )


def _newest(house: House, issue: Issue) -> dict[str, Any]:
    """The texts of the newest event of an issue."""
    groups = list[q.Value](issue.keys.values_list("group_id", flat=True))
    select = q.Select(
        projects=VisibleProjects.of_system(),
        table=ERRORS.name,
        columns={name: q.Field(name) for name in _COLUMNS},
        where=[
            q.Compare(q.Field("project_id"), "=", issue.project_id),
            q.OneOf(q.Field("group_id"), groups),
        ],
        order_by=[q.Order("timestamp", descending=True)],
        start=-EVER,
        end=EVER,
        limit=1,
    )
    found = house.store.query(select).dicts()
    return found[0] if found else {}


def _fitting(name: str, text: str) -> str:
    most = Issue._meta.get_field(name).max_length  # type: ignore[union-attr]
    return text[:most]
