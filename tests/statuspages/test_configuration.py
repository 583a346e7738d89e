"""Status pages in files: what is exported changes nothing, mistakes are told with their place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitors.watching import Watch
from vedette.configuration import Author
from vedette.configuration._writing import the_kind, write
from vedette.statuspages.models import StatusComponent, StatusPage

ENTRY: dict[str, Any] = {
    "id": "shop",
    "title": "Shop status",
    "zone": "Europe/Berlin",
    "domain": "status.example.com",
    "auto_draft_minutes": 10,
    "components": [
        {"name": "Checkout", "group": "Shop", "monitors": ["shop/api"]},
        {"name": "Telephone", "state": "degraded_performance"},
    ],
}


@pytest.fixture
def put(watch: Watch) -> Any:
    watch.monitor("api")

    def made(entry: dict[str, Any]) -> list[str]:
        kind = the_kind("status_pages")
        organization = watch.project.organization
        return [str(one) for one in write(organization, kind, entry, Author(is_file=True))]

    return made


def test_a_page_is_written_and_read_back(put: Any) -> None:
    """The entry that is exported is the one that was applied."""
    assert put(ENTRY) == []
    page = StatusPage.objects.get()
    kind = the_kind("status_pages")
    assert kind.current(page.organization) == {"shop": ENTRY}
    assert kind.applied(page.organization) == {"shop"}
    assert kind.names(ENTRY) == {"shop"}


def test_applying_again_keeps_components_and_their_keys(put: Any) -> None:
    """Badges that people pasted stay good; what is no longer written goes."""
    put(ENTRY)
    before = StatusComponent.objects.get(name="Checkout").key
    less = [*ENTRY["components"][:1], {"name": "New"}]
    assert put({**ENTRY, "components": less}) == []
    assert StatusComponent.objects.get(name="Checkout").key == before
    assert not StatusComponent.objects.filter(name="Telephone").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "title: is needed"),
        ({"domain": "https://x"}, "domain: a name like"),
        ({"accent": "red"}, "accent: a colour is written"),
        ({"css": "a{background:url(x)}"}, "css: styles may not hold"),
        ({"zone": "Mars"}, "zone: a time zone"),
        ({"colour": "x"}, "colour: there is no such setting"),
        ({"auto_draft_minutes": -1}, "auto_draft_minutes: minutes"),
        (
            {"components": [{"name": "A", "monitors": ["shop/none"]}]},
            "components.0.monitors: there",
        ),
        ({"components": [{"name": "A"}, {"name": "A"}]}, "components.1.name: there is a second"),
        ({"components": [{"name": "A", "state": "unknown"}]}, "components.0.state: one of"),
    ],
)
def test_mistakes_are_told_with_their_place(put: Any, change: dict[str, Any], said: str) -> None:
    """And nothing is saved."""
    found = put({**ENTRY, **change})
    assert any(one.startswith(said) for one in found), found
    assert not StatusPage.objects.exists()


def test_an_address_of_another_organisation_is_taken(put: Any) -> None:
    """Visitors know no organisations."""
    from vedette.accounts.models import Organization

    other = Organization.objects.create(slug="other", name="Other")
    StatusPage.objects.create(organization=other, slug="shop", title="Theirs")
    assert put(ENTRY) == ["id: the address shop is taken; choose another id"]


def test_what_the_documentation_shows_can_be_applied(put: Any, watch: Watch) -> None:
    """Copied as it stands, where its monitors exist."""
    text = (Path(__file__).parents[2] / "docs" / "status-pages.md").read_text()
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    for name in ("checkout-api", "checkout-web"):
        watch.monitor(name)
    for entry in yaml.safe_load(found[1])["status_pages"]:
        assert put(entry) == []
