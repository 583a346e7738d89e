"""What was chosen counts along the levels, and every change of it is written down."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from vedette import clock
from vedette.accounts.models import AuditEntry, Organization
from vedette.config import Config
from vedette.control.choosing import choose, chosen_at, inherited_at, resolved_at
from vedette.control.effective import Effective
from vedette.control.for_pipeline import load_settings
from vedette.control.models import Choice
from vedette.control.places import Place
from vedette.control.rotation import rotate_key
from vedette.options import Level, groups
from vedette.projects.creation import create_project
from vedette.projects.models import Project
from vedette.rules.problems import RuleProblems

pytestmark = pytest.mark.usefixtures("rollback")
SCRUBBING = groups()["scrubbing"]


@pytest.fixture
def shop(rollback: None) -> Project:
    """A project beside another in its organisation."""
    organization = Organization.objects.create(slug="acme", name="Acme")
    create_project(organization, "Web", "javascript")
    return create_project(organization, "Shop", "python")


def _choose(place: Place, **wanted: object) -> list[str]:
    return choose(place, SCRUBBING, wanted, who="alice@example.com", via="form")


def test_a_project_inherits_what_it_does_not_say(shop: Project) -> None:
    """From the environment, the installation, and its organisation, and it is told from where."""
    config = Config(scrub_emails=True)
    _choose(Place(), ip_addresses=True, sensitive_fields=["iban"])
    _choose(Place(organization=shop.organization), strict=True, sensitive_fields=["pin"])
    _choose(Place(project=shop), emails=False)
    found = resolved_at(Place(project=shop), SCRUBBING, config)
    assert {name: (one.value, one.level) for name, one in found.items()} == {
        "enabled": (True, Level.BUILT_IN),
        "defaults": (True, Level.BUILT_IN),
        "strict": (True, Level.ORGANIZATION),
        "ip_addresses": (True, Level.INSTALLATION),
        "emails": (False, Level.PROJECT),
        "sensitive_fields": (["iban", "pin"], Level.ORGANIZATION),
        "safe_fields": ([], Level.BUILT_IN),
        "rules": ([], Level.BUILT_IN),
    }
    assert inherited_at(Place(project=shop), SCRUBBING, config)["emails"].level == Level.ENVIRONMENT


def test_the_pipeline_has_the_same_of_every_project(shop: Project) -> None:
    """Those that chose nothing share what their organisation comes to."""
    _choose(Place(organization=shop.organization), strict=True)
    _choose(Place(project=shop), safe_fields=["note"])
    settings = load_settings(Config())
    other = Project.objects.get(slug="web")
    assert settings[shop.pk].scrub.safe_fields == ("note",)
    assert settings[shop.pk].scrub.strict
    assert settings[other.pk].scrub.strict
    assert not settings[other.pk].scrub.safe_fields
    effective = Effective([SCRUBBING], Config())
    for one in (shop, other):
        held = effective.of("scrubbing", organization_id=one.organization_id, project_id=one.pk)
        resolved = resolved_at(Place(project=one), SCRUBBING, Config())
        assert held == {name: value.value for name, value in resolved.items()}


def test_a_change_is_written_down_with_before_and_after(shop: Project) -> None:
    """By whom and how; what is not changed is no change."""
    place = Place(project=shop)
    assert _choose(place, strict=True, emails=True) == ["strict", "emails"]
    assert _choose(place, strict=True, emails=True) == []
    assert _choose(place, strict=False) == ["strict", "emails"]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.who, entry.via) == ("alice@example.com", "form")
    assert entry.what == "shop: scrubbing: strict, remove e-mail addresses from free text"
    assert (entry.before, entry.after) == (
        {"strict": True, "emails": True},
        {"strict": False, "emails": None},
    )
    assert AuditEntry.objects.count() == 2
    assert entry.lines[1] == {"name": "emails", "before": "on", "after": "inherited"}


def test_what_cannot_be_used_changes_nothing(shop: Project) -> None:
    """Every mistake is told at once."""
    _choose(Place(project=shop), strict=True)
    with pytest.raises(RuleProblems) as caught:
        _choose(Place(project=shop), strict="yes", emails=3, odd=1)
    assert len(caught.value.problems) == 3
    assert chosen_at(Place(project=shop), SCRUBBING) == {"strict": True}


def test_who_chooses_nothing_any_more_keeps_no_row(shop: Project) -> None:
    """Inheriting everything is having chosen nothing."""
    _choose(Place(project=shop), strict=True)
    _choose(Place(project=shop))
    assert not Choice.objects.exists()


@pytest.mark.parametrize("written", [[], ["strict"], "strict", 7])
def test_a_row_that_somebody_else_wrote_stops_nothing(shop: Project, written: object) -> None:
    """Pipeline and forms take it for one that says nothing, and it can be set anew."""
    place = Place(project=shop)
    Choice.objects.create(project=shop, group="scrubbing", chosen=written)
    assert load_settings(Config())[shop.pk].scrub.enabled
    assert chosen_at(place, SCRUBBING) == {}
    assert _choose(place, strict=True) == ["strict"]
    assert chosen_at(place, SCRUBBING) == {"strict": True}


def test_a_key_that_ends_soon_ends_no_later_when_it_is_rotated_again(shop: Project) -> None:
    """Who ends a key sooner is heard; who rotates it once more by mistake opens nothing again."""
    key = shop.keys.get()
    rotate_key(key, days=3)
    soon = key.works_until
    rotate_key(key, days=30)
    assert key.works_until == soon
    rotate_key(key, days=0)
    assert key.works_until <= clock.timestamp()


def test_a_place_has_one_row_of_a_group(shop: Project) -> None:
    """The database itself sees to it, of the installation as well."""
    for columns in ({}, {"organization": shop.organization}, {"project": shop}):
        Choice.objects.create(group="scrubbing", **columns)
        with pytest.raises(IntegrityError), transaction.atomic():
            Choice.objects.create(group="scrubbing", **columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        Choice.objects.create(group="x", project=shop, organization=shop.organization)
