"""Everything about one person: found and counted, then removed, by the worker.

What is killed half way goes on: what is to be removed is counted before the first row goes, and
removing again what is gone does nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from vedette import clock
from vedette.accounts.models import AuditEntry, Organization
from vedette.spool import backlog
from vedette.storage.issue_texts import tell_anew
from vedette.storage.models import Forgetting
from vedette.storage.person_search import PersonSearch

if TYPE_CHECKING:
    from vedette.loops import House

State = Forgetting.State
_SETTLED = timedelta(seconds=60)
_AGAIN = timedelta(seconds=20)
_REWRITE_SHARE = 0.05
_SCRYPT = {"n": 1 << 14, "r": 8, "p": 1, "dklen": 32}


def ask_to_forget(
    organization: Organization, kind: str, value: str, *, by: str, address: str = ""
) -> Forgetting:
    """Begin to look for a person; nothing goes before `confirm`."""
    return Forgetting.objects.create(
        organization=organization,
        kind=kind,
        identity=value,
        digest=digest_of(kind, value, os.urandom(16)),
        by=by,
        address=address[:64],
    )


def digest_of(kind: str, value: str, salt: bytes) -> str:
    """Tells later, to who knows the person, that it was this one, and nothing to anybody else."""
    told = hashlib.scrypt(f"{kind}:{value.strip().lower()}".encode(), salt=salt, **_SCRYPT)
    return f"scrypt:{salt.hex()}:{told.hex()}"


def is_digest_of(digest: str, kind: str, value: str) -> bool:
    """Whether a receipt is about this person."""
    _, salt, _ = digest.split(":")
    return digest_of(kind, value, bytes.fromhex(salt)) == digest


def confirm(one: Forgetting) -> bool:
    """Let what was found go; False where it was not found yet, or is going already."""
    found = Forgetting.objects.filter(pk=one.pk, state=State.FOUND)
    return bool(found.update(state=State.REMOVING, confirmed_at=clock.now()))


def receipt(one: Forgetting) -> dict[str, Any]:
    """What was removed, when and by whom; who it was is told by a digest only."""
    return {
        "organization": one.organization.slug,
        "identifier": one.kind,
        "digest": one.digest,
        "asked_by": one.by,
        "asked_at": one.asked_at.isoformat(),
        "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else None,
        "finished_at": one.finished_at.isoformat() if one.finished_at else None,
        "removed": one.removed,
    }


def work(house: House) -> None:
    """Go on with whatever waits. Raises StoreError, OSError."""
    waiting = Forgetting.objects.filter(state__in=(State.LOOKING, State.REMOVING))
    for one in waiting.select_related("organization").order_by("pk"):
        if one.state == State.LOOKING:
            found = dict(PersonSearch(house, one).counts())
            Forgetting.objects.filter(pk=one.pk).update(found=found, state=State.FOUND)
        else:
            _remove(house, one)


def _remove(house: House, one: Forgetting) -> None:
    """What was counted goes; what came late goes later and is added."""
    if one.swept_at is not None and clock.now() - one.swept_at < _AGAIN:
        return
    search = PersonSearch(house, one)
    if one.swept_at is None:
        if not one.removed:
            one.removed = dict(search.counts()) or {"events": 0}
            one.save(update_fields=["removed"])
        search.remove()
        house.store.rewrite(_REWRITE_SHARE)
    elif late := search.counts():
        search.remove()
        one.removed = dict(late + Counter(one.removed))
    elif _is_settled(house, one):
        tell_anew(house, one)
        _finish(one)
        return
    one.swept_at = clock.now()
    one.save(update_fields=["removed", "swept_at"])


def _is_settled(house: House, one: Forgetting) -> bool:
    """Whether nothing that was received before it was confirmed is on its way any more."""
    age = timedelta(seconds=backlog.age_seconds(house.spool_folder))
    return clock.now() - (one.confirmed_at or one.asked_at) > max(_SETTLED, age)


@transaction.atomic
def _finish(one: Forgetting) -> None:
    """The receipt goes into the log of changes, and the person's name out of the database."""
    one.finished_at, one.state, one.identity = clock.now(), State.DONE, ""
    one.save(update_fields=["finished_at", "state", "identity"])
    AuditEntry.objects.create(
        organization=one.organization,
        who=one.by,
        address=one.address,
        what=f"a person was forgotten, known by {one.kind}: {sum(one.removed.values())} removed",
        before={},
        after={**one.removed, "digest": one.digest},
    )
