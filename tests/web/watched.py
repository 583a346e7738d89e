"""A monitor for the walks over pages and the API."""

from __future__ import annotations

from datetime import timedelta

from tests.web.world import World
from vedette import clock
from vedette.monitors.models import JobRun, MaintenanceWindow, Monitor
from vedette.monitors.saving import begin
from vedette.storage.forgetting import ask_to_forget
from vedette.storage.models import Forgetting

WORD = "zanzibar"  # what no other organisation may read


def monitor_of(world: World) -> Monitor:
    """A job of the shop, with a run."""
    held = Monitor.objects.filter(project=world.shop, slug="nightly").first()
    if held is not None:
        return held
    monitor = Monitor.objects.create(
        project=world.shop,
        slug="nightly",
        name=f"{WORD} nightly",
        kind="cron",
        settings={"crontab": "0 3 * * *"},
    )
    standing = begin(monitor, "production")
    JobRun.objects.create(standing=standing, run="a" * 32, status="ok", at=clock.now(), seconds=2.0)
    return monitor


def window_of(world: World) -> MaintenanceWindow:
    """Maintenance of the shop, which is on."""
    held = MaintenanceWindow.objects.filter(project=world.shop).order_by("pk").first()
    if held is not None:
        return held
    now = clock.now()
    return MaintenanceWindow.objects.create(
        project=world.shop,
        name=f"{WORD} moves",
        covers_all=True,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
    )


def forgetting_of(world: World) -> Forgetting:
    """A person who was forgotten, with a receipt."""
    held = Forgetting.objects.filter(organization=world.organization).first()
    if held is None:
        held = ask_to_forget(world.organization, "id", WORD, by=f"{WORD}@example.com")
        Forgetting.objects.update(state=Forgetting.State.DONE, finished_at=held.asked_at)
    return held
