"""A page and an API resource of somebody else's: one file each, and no other edit."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.test import Client, override_settings
from django.urls import clear_url_caches

from tests.drawers import added
from tests.web.world import World
from vedette.accounts.models import ApiToken
from vedette.web.api import urls as api_urls
from vedette.web.routing import live_routes, pages

PAGE = '''
    """Parcels, a page from outside."""

    from django.http import HttpResponse

    from vedette.web.routing import Navigation, Page, Route

    def parcels(request, viewer):
        return HttpResponse(f"{len(viewer.projects)} projects may be seen")

    PAGE = Page(
        routes=(Route(path="parcels/", name="parcels", view=parcels),),
        navigation=Navigation(label="Parcels", icon="folder", route="parcels", key="q", order=99),
    )
'''
RESOURCE = '''
    """Parcels, an API resource from outside."""

    from django.urls import path

    from vedette.access.actions import Action
    from vedette.web.api.endpoints import answer, endpoint

    @endpoint(get=Action.VIEW_PROJECT)
    def list_parcels(request, caller, organization):
        """The parcels of an organisation."""
        return answer([project.slug for project in caller.projects(organization)])

    ROUTES = [path("organizations/<slug:organization>/parcels/", list_parcels)]
'''


@pytest.fixture
def later(world: World, tmp_path: Path) -> Iterator[None]:
    """The product with both files."""
    forget = (pages.cache_clear, live_routes.cache_clear)
    with (
        added("vedette.web.pages", "parcels", PAGE, tmp_path / "pages", forget=forget),
        added("vedette.web.api.sentry", "parcels", RESOURCE, tmp_path / "api", forget=()),
    ):
        importlib.reload(api_urls)
        root = ModuleType("later_urls")
        root.urlpatterns = importlib.import_module("vedette.web.urls")._patterns()  # type: ignore[attr-defined]
        clear_url_caches()
        with override_settings(ROOT_URLCONF=root):
            yield
    importlib.reload(api_urls)
    clear_url_caches()


@pytest.mark.usefixtures("later")
def test_a_page_from_outside_is_there(alice: Client, charlie: Client) -> None:
    """Behind the same permission as any other, and in the rail."""
    assert alice.get("/parcels/").content == b"2 projects may be seen"
    assert b"Parcels" in alice.get("/issues/").content
    assert charlie.get("/parcels/").status_code in (403, 404)
    assert Client().get("/parcels/").status_code == 302


@pytest.mark.usefixtures("later")
def test_an_api_resource_from_outside_is_there(world: World) -> None:
    """For those who may see the organisation, and in the OpenAPI document."""
    token = ApiToken.create(world.organization, user=world.alice)
    headers = {"Authorization": f"Bearer {token}"}
    address = f"/api/0/organizations/{world.organization.slug}/parcels/"
    answer = Client().get(address, headers=headers)
    assert sorted(answer.json()) == ["shop", "web"]
    assert Client().get(address).status_code == 401
    document = Client().get("/api/0/openapi.json", headers=headers).json()
    assert any("parcels" in path for path in document["paths"])
