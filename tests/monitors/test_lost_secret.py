"""A secret that can no longer be opened, after half a restore for instance."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.monitors.sample_probe import KIND
from vedette.probing.around import Around
from vedette.probing.result import Outcome, Result

if TYPE_CHECKING:
    from tests.monitors.watching import Watch


def _lose(monitor: int) -> str:
    """What the database holds from now on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE monitors_monitor SET secrets = 'lost' WHERE id = %s", [monitor])
    return "lost"


def test_one_lost_secret_stops_no_other_monitor(watch: Watch) -> None:
    """Its own is no longer looked at, and says why: without it, it would seem to be down."""
    from vedette.monitors.prober import definitions, watched

    shop, other = watch.monitor("shop", token="a secret"), watch.monitor("other")
    _lose(shop.pk)
    mine, its = definitions.load([shop.pk, other.pk])
    assert its.fault == ""

    async def look() -> Result:
        return await watched.watched(mine, KIND, ()).probe(Around(seconds=1.0))

    result = asyncio.run(look())
    assert (result.outcome, result.reason) == (Outcome.UNKNOWN, "config_error")
    assert "cannot be opened: its key is not there" in result.text


def test_a_row_is_read_and_kept_without_its_secret_being_opened(watch: Watch) -> None:
    """Only who asks for it is told; what cannot be opened is never lost by saving the row."""
    from vedette.monitors.models import Monitor
    from vedette.sealing.sealer import CannotOpen

    shop = watch.monitor("shop", token="a secret")
    _lose(shop.pk)
    row = Monitor.objects.get(pk=shop.pk)
    row.name = "Renamed"
    row.save()
    found = Monitor.objects.get(pk=shop.pk)
    assert found.name == "Renamed"
    with pytest.raises(CannotOpen):
        _ = found.secrets


def test_a_secret_is_opened_when_it_is_read_and_sealed_when_it_was_changed(watch: Watch) -> None:
    """As text in the program, sealed in the database."""
    from django.db import connection

    from vedette.monitors.models import Monitor

    shop = watch.monitor("shop", token="a secret")
    row = Monitor.objects.get(pk=shop.pk)
    assert row.secrets == '{"token":"a secret"}'
    row.secrets = '{"token":"another"}'
    row.save()
    assert Monitor.objects.get(pk=shop.pk).secrets == '{"token":"another"}'
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM monitors_monitor WHERE id = %s", [shop.pk])
        (held,) = cursor.fetchone()
    assert "another" not in held


def test_a_lost_secret_keeps_no_other_from_being_sealed_anew(watch: Watch) -> None:
    """It is left as it is, and counted: its key may come back."""
    from django.db import connection

    from vedette.monitors.models import Monitor
    from vedette.sealing.fields import seal_all_anew

    shop, other = watch.monitor("shop", token="a secret"), watch.monitor("other", token="another")
    lost = _lose(shop.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM monitors_monitor WHERE id = %s", [other.pk])
        (before,) = cursor.fetchone()
        assert seal_all_anew() == (1, 1)
        cursor.execute("SELECT secrets FROM monitors_monitor ORDER BY id")
        held = [row[0] for row in cursor.fetchall()]
    assert held[0] == lost
    assert held[1] != before
    assert Monitor.objects.get(pk=other.pk).secrets == '{"token":"another"}'


def test_a_rotation_takes_back_nothing_that_changes_meanwhile(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret that is set or deleted after it was read stays as it was set, and ends nothing."""
    from vedette.monitors.models import Monitor
    from vedette.sealing import fields

    rows = [watch.monitor(name, token=f"of {name}") for name in ("shop", "gone", "other")]
    read = fields._OpenedWhenRead.__get__

    def change(self: Any, instance: Any, owner: Any = None) -> Any:
        found = read(self, instance, owner)
        if isinstance(instance, Monitor) and instance.pk == rows[0].pk and "token" in found:
            monkeypatch.undo()
            Monitor.objects.filter(pk=rows[0].pk).update(secrets='{"token":"set meanwhile"}')
            Monitor.objects.filter(pk=rows[1].pk).delete()
        return found

    monkeypatch.setattr(fields._OpenedWhenRead, "__get__", change)
    assert fields.seal_all_anew() == (1, 0)
    assert Monitor.objects.get(pk=rows[0].pk).secrets == '{"token":"set meanwhile"}'
    assert Monitor.objects.get(pk=rows[2].pk).secrets == '{"token":"of other"}'
