"""Dashboards as files: `vedette apply`, `vedette export` and the API's configuration."""

from __future__ import annotations

import pytest
import yaml

from tests.web.dashboards import EVERY_KIND, make_dashboard
from tests.web.walk import bearer
from tests.web.world import World
from vedette.access.models import ProjectMember
from vedette.accounts.models import Membership
from vedette.configuration import Author
from vedette.configuration._applying import carry_out, plan
from vedette.configuration._exporting import as_yaml
from vedette.configuration._files import FileMistakes, read_text
from vedette.dashboards import saving
from vedette.dashboards.models import Dashboard

FILE = """
dashboards:
  - title: Till
    filters: {projects: [shop], period: 24h}
    widgets:
      - kind: series
        title: P95
        dataset: transactions
        figures: [p95(transaction.duration)]
      - kind: text
        text: Call Bob.
"""
API = "/api/0/organizations/lantern/configuration/"


def apply(world: World, text: str, *, prune: bool = False) -> list[str]:
    """What was done."""
    steps = plan(world.organization, read_text(text, "a.yaml"), prune=prune)
    carry_out(world.organization, steps, Author(user=world.alice, is_file=True))
    return [f"{step.what} {step.identity}" for step in steps]


def test_a_file_makes_and_changes_a_shared_dashboard(world: World) -> None:
    """Twice the same changes nothing; a file no longer naming it takes it away with prune."""
    assert apply(world, FILE) == ["create till"]
    row = Dashboard.objects.get()
    assert (row.is_shared, row.is_from_file, row.slug) == (True, True, "till")
    assert apply(world, FILE) == []
    assert apply(world, FILE.replace("Call Bob.", "Call Alice.")) == ["change till"]
    row.refresh_from_db()
    assert row.revision == 2
    assert apply(world, "rules: []\n", prune=True) == ["remove till"]


def test_what_is_exported_is_applied_again(world: World) -> None:
    """Every shared dashboard with all it has; personal ones are in no file."""
    make_dashboard(world, *EVERY_KIND, title="Everything", filters={"projects": ["web"]})
    make_dashboard(world, title="Personal", is_shared=False)
    out = as_yaml(world.organization)
    assert [one["id"] for one in yaml.safe_load(out)["dashboards"]] == ["everything"]
    Dashboard.objects.filter(is_shared=True).delete()
    assert "create everything" in apply(world, out)
    assert as_yaml(world.organization) == out


def test_a_mistake_has_its_line(world: World) -> None:
    """That of the widget's option."""
    with pytest.raises(FileMistakes) as found:
        plan(world.organization, read_text(FILE.replace("p95(", "p950("), "a.yaml"))
    (mistake,) = found.value.mistakes
    assert mistake.line == 9
    assert "there is no function p950()" in mistake.words


def test_a_personal_dashboard_is_in_no_files_way(world: World) -> None:
    """The file's has the name, whatever people call theirs; shared, theirs gets another."""
    mine = make_dashboard(world, title="Till", is_shared=False)
    assert apply(world, FILE) == ["create till"]
    saving.change(mine, revision=1, is_shared=True)
    mine.refresh_from_db()
    assert mine.slug == "till-2"


def test_the_api_hides_those_of_hidden_projects(world: World) -> None:
    """From reading, changing and removing; nor can one be pointed at such a project."""
    apply(world, FILE)
    held = Membership.objects.get(user=world.bob)
    Membership.objects.filter(pk=held.pk).update(sees_all=False)
    ProjectMember.objects.create(membership=held, project=world.web)
    bob = bearer(world.organization, world.bob, ["alerts:read", "alerts:write"])
    assert bob.get(API).json()["dashboards"] == []
    assert bob.get(f"{API}dashboards/till/").status_code == 404
    assert bob.delete(f"{API}dashboards/till/").status_code == 404
    entry = {"title": "Mine now", "widgets": []}
    put = bob.put(f"{API}dashboards/till/", entry, content_type="application/json")
    assert put.status_code == 404
    assert bob.post(API, FILE, content_type="application/yaml").status_code == 400
    assert Dashboard.objects.get().title == "Till"
