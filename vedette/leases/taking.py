"""Taking a lease: one conditional update, so that two nodes never both have it."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from vedette import clock
from vedette.leases.models import Lease


def holder() -> str:
    """This process, as other nodes see it."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def take(name: str, *, seconds: float, by: str | None = None) -> bool:
    """Take or keep the lease for `seconds` from now; False while somebody else holds it."""
    me = by or holder()
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    free = Q(holder=me) | Q(until__lt=now)
    if Lease.objects.filter(free, name=name).update(holder=me, until=until):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, holder=me, until=until)
    except IntegrityError:  # somebody was faster
        return False
    return True


def give_back(name: str, *, by: str | None = None) -> None:
    """Let others have it at once."""
    Lease.objects.filter(name=name, holder=by or holder()).delete()
