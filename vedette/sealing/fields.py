"""A model's field for secrets: sealed in the database, plain in the program."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

if TYPE_CHECKING:
    from vedette.sealing.sealer import Sealer


@cache
def sealer() -> Sealer:
    """The process's sealer. Its library takes 4 MB, which only a process that seals pays."""
    from vedette.sealing.sealer import Sealer

    return Sealer(settings.CONFIG.data)


class _Sealed(str):
    """A value as the database has it."""

    __slots__ = ()


class _OpenedWhenRead(DeferredAttribute):
    """The attribute of a row: opened by who reads it, once."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        found = super().__get__(instance, owner)
        if not isinstance(found, _Sealed):
            return found
        plain = sealer().open(found.encode()).decode() if found else ""
        instance.__dict__[self.field.attname] = plain
        return plain

    def __set__(self, instance: Any, value: Any) -> None:
        # Without it the row's own dictionary would be asked before the descriptor.
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is sealed on the way to the database. It cannot be searched or sorted by.

    Reading the attribute of a row raises CannotOpen if the key is gone; reading the row does not,
    so that one secret that is lost takes nothing else away. `values` would give the sealed form.
    """

    descriptor_class = _OpenedWhenRead

    def get_prep_value(self, value: Any) -> Any:
        """The sealed form; empty text stays empty, and what was never opened as it is."""
        if isinstance(value, _Sealed):
            return str(value)
        return sealer().seal(value.encode()).decode() if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Still sealed."""
        return _Sealed(value) if value is not None else None

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        """What the row holds, without opening it."""
        held = model_instance.__dict__.get(self.attname)
        return held if isinstance(held, _Sealed) else super().pre_save(model_instance, add)


def seal_all_anew() -> tuple[int, int]:
    """Seal every secret of every model under the newest key; returns how many, and how many were
    left as they are, since their key is gone."""
    from django.apps import apps

    count = lost = 0
    for model in apps.get_models():
        names = [field.name for field in model._meta.fields if isinstance(field, SealedTextField)]
        if not names:
            continue
        for instance in model._default_manager.only("pk", *names).iterator():
            done, gone = _seal_anew(model, instance, names)
            count += done
            lost += gone
    return count, lost


def _seal_anew(model: type[models.Model], row: models.Model, names: list[str]) -> tuple[bool, int]:
    """Whether anything was sealed, and how many secrets cannot be opened.

    What others have changed or deleted since it was read is theirs: it is sealed with the new key.
    """
    from vedette.sealing.sealer import CannotOpen

    is_sealed, lost = False, 0
    for name in names:
        held = row.__dict__[name]
        try:
            plain = getattr(row, name)
        except CannotOpen:
            lost += 1
            continue
        unchanged = model._default_manager.filter(pk=row.pk, **{name: held})
        is_sealed |= bool(unchanged.update(**{name: plain}))
    return is_sealed, lost
