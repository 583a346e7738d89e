"""A new key in the place of an old one, which works on for a while."""

from __future__ import annotations

from django.db import transaction

from vedette import clock
from vedette.control.models import Choice
from vedette.projects.models import ProjectKey

_DAY = 86_400
_MOST_CHARACTERS = 64


def rotate_key(key: ProjectKey, *, days: int) -> ProjectKey:
    """The new key, with the name and the limits of the old one, which works for so many days.

    The old one is called so; nothing of either is changed in between.
    """
    with transaction.atomic():
        new = ProjectKey.objects.create(project=key.project, label=key.label)
        for choice in Choice.objects.filter(key=key):
            Choice.objects.create(key=new, group=choice.group, chosen=choice.chosen)
        key.works_until = int(clock.timestamp()) + days * _DAY
        key.label = f"{key.label[: _MOST_CHARACTERS - 6]}, old"
        key.save(update_fields=["works_until", "label"])
    return new
