"""A status page for the walks: of a monitor of the shop, with an incident and a subscriber."""

from __future__ import annotations

from tests.web.world import World
from vedette import clock
from vedette.monitors.models import Monitor
from vedette.statuspages.announcing import Wish, draft, publish
from vedette.statuspages.models import Incident, StatusComponent, StatusPage, Subscriber

TILL = {"name": "PaymentFailed probe", "kind": "tcp", "settings": {"host": "till.example.com"}}


def status_page_of(world: World) -> StatusPage:
    """Alice's; only who sees the shop may administer it."""
    held = StatusPage.objects.filter(slug="till").first()
    if held is not None:
        return held
    page = StatusPage.objects.create(organization=world.organization, slug="till", title="Till")
    component = StatusComponent.objects.create(page=page, name="Paying")
    monitor, _ = Monitor.objects.get_or_create(project=world.shop, slug="till", defaults=TILL)
    component.monitors.add(monitor)
    publish(draft(page, Wish(title="It was slow", text="It was.", status="resolved")))
    Subscriber.objects.create(
        page=page,
        kind="email",
        address="eve@example.com",
        address_hash="0" * 64,
        confirmed_at=clock.now(),
    )
    return page


def status_values_of(world: World) -> dict[str, object]:
    """The parameters of paths."""
    page = status_page_of(world)
    return {
        "status_page": page.slug,
        "status_page_id": page.pk,
        "component_id": StatusComponent.objects.get(page=page).pk,
        "incident_id": Incident.objects.filter(page=page).latest("pk").pk,
        "incident": Incident.objects.filter(page=page).latest("pk").key,
        "part": "history/",
    }
