"""A dashboard that this version cannot read stands in nobody's way."""

from __future__ import annotations

from django.test import Client

from tests.web.dashboards import make_dashboard
from tests.web.walk import bearer
from tests.web.world import World
from vedette.configuration import dashboards as configuration
from vedette.dashboards.models import Dashboard


def test_it_hides_no_other_and_can_be_removed(world: World, alice: Client) -> None:
    """The list, the export and the API's list go on; it says why it does not open."""
    make_dashboard(world, title="Fine")
    row = make_dashboard(world, title="Strange")
    Dashboard.objects.filter(pk=row.pk).update(body={"widgets": 7, "version": 99})
    seen = alice.get("/dashboards/").content.decode()
    assert "Fine" in seen
    assert "Strange" in seen
    assert set(configuration.current(world.organization)) == {"fine"}
    for path in ("", "json/", "edit/", "links/"):
        refused = alice.get(f"/dashboards/{row.pk}/{path}")
        assert refused.status_code == 400
        assert "cannot be read" in refused.content.decode()
    api = bearer(world.organization)
    listed = api.get("/api/0/organizations/lantern/dashboards/")
    assert [one["title"] for one in listed.json()] == ["Fine", "Strange"]
    removed = alice.post(f"/dashboards/{row.pk}/remove/", {"confirm": "Strange"})
    assert removed.status_code == 302
    assert not Dashboard.objects.filter(pk=row.pk).exists()
