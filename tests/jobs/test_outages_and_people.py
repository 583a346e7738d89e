"""Issues of outages that people resolve, merge and name oddly are still true afterwards."""

from __future__ import annotations

import pytest

from tests.jobs.sending import Jobs
from tests.jobs.test_outages import begin, outages, send
from vedette.issues.merging import merge
from vedette.issues.models import Issue, IssueKey, Status
from vedette.issues.recovering import resolve_over
from vedette.issues.status import set_status
from vedette.monitors import saving
from vedette.monitors.models import OutageNews
from vedette.projects.models import Project
from vedette.releases.resolving import ByRelease
from vedette.uptime.outages import OutageOver


def resolve(jobs: Jobs, issue: Issue, by_release: ByRelease | None = None) -> None:
    """A person says that it is done."""
    set_status([jobs.world.shop], [issue.pk], Status.RESOLVED, by_release=by_release)


def test_an_outage_waits_for_no_release(jobs: Jobs) -> None:
    """One that was resolved in the next release is open again when it is down again."""
    begin(jobs)
    jobs.say("error")
    send(jobs)
    (issue,) = outages()
    resolve(jobs, issue, ByRelease())
    jobs.passes(10)
    jobs.say("ok")
    jobs.passes(10)
    jobs.say("error")
    send(jobs)
    assert [one.status for one in outages()] == ["unresolved"]


def test_another_cause_opens_what_a_person_resolved(jobs: Jobs) -> None:
    """It failed, somebody called it done, then it does not run at all."""
    begin(jobs)
    jobs.say("error")
    send(jobs)
    (issue,) = outages()
    jobs.passes(60)
    resolve(jobs, issue)
    jobs.passes(3 * 3600)
    send(jobs)
    (issue,) = outages()
    assert (issue.status, issue.title) == ("unresolved", "Job nightly missed its run")
    jobs.say("ok")
    send(jobs)
    assert [one.status for one in outages()] == ["resolved"]


def test_a_merged_issue_is_open_until_all_of_it_is_over(jobs: Jobs) -> None:
    """Recovery of the one is not that of the other."""
    begin(jobs)
    jobs.say("ok", environment="staging")
    jobs.say("error")
    jobs.say("error", environment="staging")
    send(jobs)
    merge(*outages())
    jobs.passes(10)
    jobs.say("ok")
    send(jobs)
    assert [one.status for one in outages()] == ["unresolved"]
    jobs.passes(10)
    jobs.say("ok", environment="staging")
    send(jobs)
    assert [one.status for one in outages()] == ["resolved"]


@pytest.mark.parametrize("environment", ["{{ default }}", "{{message}}", "10.0.0.1", "a@b.example"])
def test_whatever_an_environment_is_called_recovery_finds_its_issue(
    jobs: Jobs, environment: str
) -> None:
    """Nothing in the name is filled in or taken out where issues are told apart."""
    begin(jobs)
    jobs.say("error", environment=environment)
    send(jobs)
    assert [one.status for one in outages()] == ["unresolved"]
    jobs.passes(10)
    jobs.say("ok", environment=environment)
    send(jobs)
    assert [one.status for one in outages()] == ["resolved"]


def test_an_outage_is_not_the_first_event_of_a_project(jobs: Jobs) -> None:
    """Who sets up an SDK is shown that nothing has come yet."""
    shops = Project.objects.filter(pk=jobs.world.shop.pk)
    shops.update(first_event_at=None)
    begin(jobs)
    jobs.say("error")
    send(jobs)
    assert outages()
    assert shops.get().first_event_at is None


def test_a_pause_ends_it_also_after_the_clock_was_set_back(jobs: Jobs) -> None:
    """Its end is never told to be before its beginning."""
    begin(jobs)
    jobs.say("error")
    send(jobs)
    jobs.leaps(-3600)
    saving.pause(jobs.monitor())
    send(jobs)
    assert [one.status for one in outages()] == ["resolved"]


def test_an_outage_that_is_heard_of_after_its_end_leaves_nothing_open(jobs: Jobs) -> None:
    """Its beginning lay on another node, or was set aside and is tried again."""
    begin(jobs)
    jobs.say("error")
    (began,) = OutageNews.objects.all()
    OutageNews.objects.all().delete()
    jobs.passes(10)
    jobs.say("ok")
    assert send(jobs) == 1
    assert outages() == []
    began.save(force_insert=True)
    jobs.passes(600)
    assert send(jobs) == 1
    (issue,) = outages()
    assert (issue.status, issue.recovery.words) == ("resolved", "recovered by itself")


def test_a_merged_issue_ends_with_the_last_of_those_that_end_together(jobs: Jobs) -> None:
    """Whichever of them is looked at first."""
    begin(jobs)
    jobs.say("ok", environment="staging")
    jobs.say("error")
    jobs.say("error", environment="staging")
    send(jobs)
    kept = merge(*outages())
    last = kept.last_seen.timestamp()
    groups = list(IssueKey.objects.filter(issue=kept).values_list("group_id", flat=True))
    for one, other in (groups, reversed(groups)):
        Issue.objects.update(status=Status.UNRESOLVED)
        facts = [
            OutageOver(project_id=kept.project_id, group_id=group, at=at, words="over")
            for group, at in ((one, last - 10), (other, last + 10))
        ]
        resolve_over(facts, lambda project_id: set())
        assert [issue.status for issue in outages()] == ["resolved"]
