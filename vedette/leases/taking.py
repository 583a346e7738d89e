"""Taking a lease: one conditional update, so that two nodes never both have it."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import Q

from vedette import clock
from vedette.leases.models import Lease

_MOST_TIMES = 2  # the clocks of two nodes may differ by the length of a lease


def holder() -> str:
    """This process, as other nodes see it: its machine, and its number there."""
    return f"{_machine()}:{os.getpid()}"


def take(name: str, *, seconds: float, by: str | None = None) -> bool:
    """Take or keep the lease for `seconds` from now; False while somebody else holds it.

    A lease that ends later than any that is taken so long was taken under a wrong clock, and
    one of a process of this machine that has ended has no holder: neither is an obstacle.
    """
    me = by or holder()
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    free = Q(holder=me) | Q(until__lt=now) | Q(until__gt=now + _MOST_TIMES * (until - now))
    free |= Q(holder__in=ended(Lease.objects.filter(name=name).values_list("holder", flat=True)))
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


def ended(holders: Iterable[str]) -> list[str]:
    """Those that are processes of this machine which are no more: what they held is free."""
    return [one for one in holders if _has_ended(one)]


@cache
def _machine() -> str:
    """Host, start of the machine and space of process numbers: equal only where numbers are."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:  # no Linux: the name has to do
        boot, space = "", 0
    mark = hashlib.sha256(f"{boot}:{space}".encode()).hexdigest()[:16]
    return f"{socket.gethostname()[:64]}:{mark}"


def _has_ended(other: str) -> bool:
    machine, _, number = other.rpartition(":")
    if machine != _machine() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
