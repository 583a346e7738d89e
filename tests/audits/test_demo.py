"""The demo shows audits of which something was fixed, something is new and one is accepted."""

from __future__ import annotations

from vedette import clock
from vedette.accounts.models import Organization
from vedette.audits import reading
from vedette.audits.models import AuditFinding
from vedette.demo import services
from vedette.demo.audits import make_audits
from vedette.projects.creation import create_project


def test_the_audits_of_the_demo_tell_a_story(rollback: None) -> None:
    """Made again, they are the same."""
    organization = Organization.objects.create(slug="o", name="O")
    projects = [create_project(organization, one.name) for one in services.SERVICES]
    for _ in range(2):
        make_audits(projects, clock.timestamp())
    points = reading.trend(projects[0])
    assert [(one.new, one.fixed) for one in points] == [(4, 0), (1, 1), (1, 0)]
    web = AuditFinding.objects.filter(project=projects[1])
    assert sorted(web.values_list("state", flat=True)) == ["accepted", "fixed", "open", "open"]
    shown = reading.overview(projects[0])
    assert shown is not None
    assert [one.percent for one in reading.scores(shown)] == [65, None, 0, 33]
    files = {frame[1] for one in services.SERVICES for bug in one.bugs for frame in bug.frames}
    assert files & set(web.values_list("path", flat=True))
