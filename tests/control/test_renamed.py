"""What was chosen under the name that an option had in an earlier version counts on."""

from __future__ import annotations

from pathlib import Path

import pytest

from vedette.accounts.models import Organization
from vedette.config import Config
from vedette.configuration import Author
from vedette.configuration._applying import carry_out, plan
from vedette.configuration._files import read_text
from vedette.control.choosing import choose, chosen_at, resolved_at
from vedette.control.models import Choice
from vedette.control.places import Place
from vedette.items._replays import REPLAYS
from vedette.items._stocks import stocks
from vedette.options import groups
from vedette.projects.creation import create_project
from vedette.projects.models import Project
from vedette.storage.limits import load_limits

pytestmark = pytest.mark.usefixtures("rollback")
STORAGE = groups()["storage"]
FILE = """
settings:
  - project: shop
    set:
      storage: {kept_replay_days: 9, kept_feedback_count: 70}
"""


@pytest.fixture
def shop(rollback: None) -> Project:
    """A project whose choices an earlier version has stored."""
    organization = Organization.objects.create(slug="acme", name="Acme")
    project = create_project(organization, "Shop", "python")
    chosen = {"kept_replay_days": 9, "kept_replay_gb": 2, "kept_feedback_days": 30}
    Choice.objects.create(project=project, group="storage", chosen=chosen)
    return project


def test_what_a_database_holds_counts_on(shop: Project, tmp_path: Path) -> None:
    """In what is shown, and in what is enforced."""
    found = resolved_at(Place(project=shop), STORAGE, Config())
    assert (found["replays_days"].value, found["replays_gb"].value) == (9, 2)
    assert found["feedback_days"].value == 30
    assert chosen_at(Place(project=shop), STORAGE)["replays_days"] == 9
    limit = load_limits(Config(data=tmp_path)).of(shop.pk, stocks()[REPLAYS.name])
    assert limit.days == 9


def test_a_later_choice_goes_before_and_is_kept_under_its_name(shop: Project) -> None:
    """What is saved again has the names of today."""
    wanted = {"kept_replay_days": 9, "replays_days": 5}
    assert choose(Place(project=shop), STORAGE, wanted, who="a", via="form") == [
        "replays_days",
        "replays_gb",
        "feedback_days",
    ]
    assert Choice.objects.get(project=shop).chosen == {"replays_days": 5}


def test_a_file_of_an_earlier_version_can_be_applied(shop: Project) -> None:
    """Without a mistake, and to the same effect."""
    found = plan(shop.organization, read_text(FILE, "settings.yaml"))
    carry_out(shop.organization, found, Author(is_file=True))
    assert Choice.objects.get(project=shop).chosen == {"replays_days": 9, "feedback_count": 70}
