"""What came with each key, added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest

from vedette.facts import Fact, KeyUsed
from vedette.projects.models import KeyRefusal, KeyUse, ProjectKey


def record_uses(seen: Sequence[KeyUsed]) -> list[Fact]:
    """Add what a batch says, in the order of the keys. Within a transaction; a key that is gone
    is passed over."""
    names = {fact.public_key for fact in seen}
    keys = dict(ProjectKey.objects.filter(public_key__in=names).values_list("public_key", "pk"))
    known = sorted(
        (keys[fact.public_key], at) for at, fact in enumerate(seen) if fact.public_key in keys
    )
    _make(key for key, _ in known)
    for key, at in known:
        fact = seen[at]
        changes: dict[str, Any] = {"client": fact.client} if fact.client else {}
        if fact.ahead_seconds is not None:
            changes["ahead_seconds"] = fact.ahead_seconds
        if fact.accepted:
            KeyUse.objects.filter(key=key).update(
                accepted=F("accepted") + fact.accepted,
                accepted_at=Greatest(F("accepted_at"), fact.accepted_at),
                **changes,
            )
        _refuse(key, fact)
    return []


def _make(keys: Iterable[int]) -> None:
    wanted = sorted(set(keys))
    there = set(KeyUse.objects.filter(key__in=wanted).values_list("key_id", flat=True))
    missing = [KeyUse(key_id=key) for key in wanted if key not in there]
    if missing:
        KeyUse.objects.bulk_create(missing, ignore_conflicts=True)


def _refuse(key: int, fact: KeyUsed) -> None:
    for reason, count in sorted(fact.refused.items()):
        row, _ = KeyRefusal.objects.get_or_create(key_id=key, reason=reason[:64])
        KeyRefusal.objects.filter(pk=row.pk).update(
            count=F("count") + count, last_at=Greatest(F("last_at"), fact.refused_at)
        )
