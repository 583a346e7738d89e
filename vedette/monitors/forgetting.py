"""A project that is removed takes its monitors along; the prober has to hear of it."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from vedette.monitors.models import MonitorsVersion


def forget_project(**_: Any) -> None:
    """A signal's receiver."""
    MonitorsVersion.objects.filter(pk=1).update(number=F("number") + 1)
