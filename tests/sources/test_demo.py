"""The demo shows what commits tell."""

from __future__ import annotations

import random

from vedette import clock
from vedette.demo import services, traffic


def test_errors_of_the_demo_have_suspect_commits(rollback: None) -> None:
    """Every error with frames of the application, by whom runs it and others; frames lead on."""
    from vedette.accounts.models import Membership, Organization, Role, User
    from vedette.demo.releases import report_releases
    from vedette.issues.models import Issue
    from vedette.projects.creation import create_project
    from vedette.sources.links import source_links
    from vedette.sources.owners import owners_of
    from vedette.sources.suspects import suspects_of

    organization = Organization.objects.create(slug="o", name="O")
    alice = User.objects.create_user("alice@example.com")
    Membership.objects.create(organization=organization, user=alice, role=Role.OWNER)
    projects = [create_project(organization, one.name) for one in services.SERVICES]
    for _ in range(2):
        report_releases(organization, projects)
    linked, suggested, seen = set(), set(), []
    for service, project in zip(services.SERVICES, projects, strict=True):
        for bug in service.bugs:
            version = traffic.RELEASES[-1 if bug.story == "new" else 0]
            event = traffic.event(service, bug, clock.timestamp(), random.Random(1))
            issue = Issue.objects.create(
                project=project,
                short_id=len(seen),
                first_release=f"shop@{version}",
                first_seen=clock.now(),
                last_seen=clock.now(),
            )
            seen.append(issue)
            links = source_links(project, issue.first_release)
            found = suspects_of(issue, event, links)
            assert bool(found) is not bug.message, bug.type
            linked |= {project.name} if found and links.mappings else set()
            suggested |= {owners_of(project, event, found, links).first}
    assert linked == {services.API.name, services.WORKER.name}
    assert alice in suggested
