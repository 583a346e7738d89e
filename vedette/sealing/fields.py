"""A model's field for secrets: sealed in the database, plain in the program."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from vedette.sealing.sealer import Sealer


@cache
def sealer() -> Sealer:
    """The process's sealer. Its library takes 4 MB, which only a process that seals pays."""
    from vedette.sealing.sealer import Sealer

    return Sealer(settings.CONFIG.data)


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is sealed on the way to the database. It cannot be searched or sorted by.

    Reading raises CannotOpen if the key is gone.
    """

    def get_prep_value(self, value: Any) -> Any:
        """The sealed form; empty text stays empty."""
        return sealer().seal(value.encode()).decode() if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The plain text."""
        return sealer().open(value.encode()).decode() if value else value


def seal_all_anew() -> int:
    """Seal every secret of every model under the newest key; returns how many."""
    from django.apps import apps

    count = 0
    for model in apps.get_models():
        names = [field.name for field in model._meta.fields if isinstance(field, SealedTextField)]
        if not names:
            continue
        for instance in model._default_manager.only("pk", *names).iterator():
            instance.save(update_fields=names)
            count += 1
    return count
