"""The latest release of many projects, as one would find it by looking at each."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tests.releases.conftest import See
from vedette import clock

ENVIRONMENTS = ("", "production", "staging")


def test_the_latest_of_each_place_is_what_looking_at_each_finds(organization: Any) -> None:
    """By version where the newest ten are of one package, else by date; archived ones never."""
    from vedette.projects.models import Project
    from vedette.releases.latest import latest_releases

    chance = random.Random(7)
    _scatter(organization, chance)
    ids = list(Project.objects.values_list("pk", flat=True))
    for environments in ((), ("production",), ("production", "staging")):
        found = {
            (one.project_id, one.environment): one.release.version
            for one in latest_releases(ids, environments)
        }
        looked_at = {
            (pk, name): version
            for pk in ids
            for name in environments or ("",)
            if (version := _look_at(pk, name))
        }
        assert found == looked_at
        assert len(found) > len(ids) // 2


def test_it_costs_as_many_questions_for_many_projects_as_for_few(
    organization: Any, see: See
) -> None:
    """So that a search for it over thousands is one of an instant."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from vedette.projects.creation import create_project
    from vedette.releases.latest import latest_releases

    projects = [create_project(organization, f"P {number}") for number in range(30)]
    for project in projects:
        see(project, "a@1.0", "a@2.0")
    asked = []
    for some in (projects[:2], projects):
        with CaptureQueriesContext(connection) as queries:
            assert len(latest_releases([project.pk for project in some], ["production"])) == len(
                some
            )
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_many_issues_are_resolved_in_few_questions(shop: Any, see: See) -> None:
    """Other writers wait meanwhile."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from vedette.issues.models import Issue, Status
    from vedette.issues.status import set_status
    from vedette.releases.models import Resolution
    from vedette.releases.resolving import ByRelease

    see(shop, "a@1.0")
    now = clock.now()
    Issue.objects.bulk_create(
        Issue(project=shop, short_id=number, first_seen=now, last_seen=now) for number in range(90)
    )
    ids = list(Issue.objects.values_list("pk", flat=True))
    for by in (ByRelease(), ByRelease(version="a@1.0"), ByRelease(version="latest")):
        with CaptureQueriesContext(connection) as queries:
            set_status([shop], ids, Status.RESOLVED, by_release=by)
        assert len(queries) < 20
        assert Resolution.objects.count() == 90


def _scatter(organization: Any, chance: random.Random) -> None:
    from vedette.projects.creation import create_project
    from vedette.releases.making import make_releases
    from vedette.releases.models import Release, ReleaseEnvironment, ReleaseProject, ReleaseStatus

    now = clock.now()
    names = [f"{package}@{number}.0+{number % 3}" for package in "ab" for number in range(14)]
    names += ["0123456789ab", "b@no version", "a@1.0-rc.1"]
    wanted = {(organization.pk, name): now - timedelta(hours=chance.random()) for name in names}
    make_releases(wanted)
    releases = list(Release.objects.all())
    for release in chance.sample(releases, 8):
        release.released_at = now - timedelta(hours=chance.random())
        release.save()
    Release.objects.filter(pk__in=[one.pk for one in chance.sample(releases, 5)]).update(
        status=ReleaseStatus.ARCHIVED
    )
    for number in range(24):
        project = create_project(organization, f"P {number}")
        among = [one for one in releases if number % 2 or one.package == "a"]
        for release in chance.sample(among, chance.randint(0, 12)):
            ReleaseProject.objects.create(release=release, project=project)
            for name in chance.sample(ENVIRONMENTS, chance.randint(0, 3)):
                ReleaseEnvironment.objects.create(
                    release=release,
                    project=project,
                    environment=name,
                    first_seen=now,
                    last_seen=now,
                )


def _look_at(project_id: int, environment: str) -> str:
    """By the words of the documentation, in Python."""
    from vedette.releases.models import Release

    seen = Release.objects.filter(in_projects__project=project_id, status="open")
    if environment:
        seen = seen.filter(
            environments__project=project_id, environments__environment=environment
        ).distinct()
    by_date = sorted(seen, key=lambda one: (one.at, one.pk), reverse=True)
    if not by_date:
        return ""
    first = by_date[:10]
    if not all(one.package == first[0].package and one.version_order for one in first):
        return by_date[0].version
    same = [one for one in by_date if one.package == first[0].package and one.version_order]
    greatest = max(
        same, key=lambda one: (bytes(one.version_order or b""), bytes(one.build_order), one.pk)
    )
    return greatest.version
