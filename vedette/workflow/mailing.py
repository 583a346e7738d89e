"""From news of issues to mails that wait for their person's time."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from django.db import transaction

from vedette import clock
from vedette.access.sight import people_of
from vedette.alerts.content import base_url
from vedette.alerts.models import PersonalMail, PersonalSettings
from vedette.alerts.people import WORKFLOW, due_for
from vedette.channels._content import AlertPart, Content
from vedette.issues.models import Assignment, Issue, Status
from vedette.push.queueing import queue
from vedette.workflow.models import IssueNews, What

_AFTER = timedelta(seconds=30)  # what is undone by then is told to nobody
_AT_ONCE = 200
_MOST_TITLE = 200


def mail_news(now: datetime | None = None) -> int:
    """Make mails of the news that are still true; returns how many mails."""
    moment = now or clock.now()
    made = 0
    with transaction.atomic():
        rows = IssueNews.objects.select_for_update(of=("self",), skip_locked=True)
        due = list(
            rows.filter(at__lte=moment - _AFTER)
            .select_related("user", "by", "issue__project__organization")
            .order_by("pk")[:_AT_ONCE]
        )
        settings = {
            one.user_id: one
            for one in PersonalSettings.objects.filter(user__in={news.user_id for news in due})
        }
        for news in due:
            held = settings.get(news.user_id)
            if (held is None or held.workflow) and _is_true(news):
                _mail(news, held, moment)
                made += 1
        IssueNews.objects.filter(pk__in=[news.pk for news in due]).delete()
    return made


def _is_true(news: IssueNews) -> bool:
    """Whether it is so now, and the person may see the issue and works here."""
    issue = news.issue
    if news.what == What.RESOLVED and issue.status != Status.RESOLVED:
        return False
    if news.what == What.REGRESSED and issue.status != Status.UNRESOLVED:
        return False
    is_mine = Assignment.objects.filter(issue=issue, user=news.user_id).exists()
    return is_mine and news.user in people_of(issue.project)


def _mail(news: IssueNews, held: PersonalSettings | None, now: datetime) -> None:
    issue = news.issue
    content = Content(
        kind=WORKFLOW,
        title=_title(news),
        level="notice",
        thread=f"issue-{issue.pk}",
        project=issue.project.slug,
        organization=issue.project.organization.slug,
        at=news.at.timestamp(),
        alerts=[_part(news)],
        url=f"{base_url()}/issues/?query=assigned%3Ame",
    )
    organization, identity = issue.project.organization, f"news-{news.pk}"
    PersonalMail.objects.create(
        user=news.user,
        organization=organization,
        content=msgspec.to_builtins(content),
        identity=identity,
        created_at=now,
        due_at=due_for(held, "notice", now),
    )
    settings = {news.user_id: held} if held is not None else {}
    queue([news.user], settings, organization.pk, content, identity, now)


def _title(news: IssueNews) -> str:
    """`SHOP-12 was assigned to you by Ada: TypeError: no lamp`."""
    issue = news.issue
    by = f" by {news.by}" if news.by is not None else ""
    where = f" in {issue.last_release}" if issue.last_release else ""
    words = {
        What.ASSIGNED: f"was assigned to you{by}",
        What.RESOLVED: f"was resolved{by}",
        What.REGRESSED: f"came back{where}",
    }[What(news.what)]
    return f"{issue.short_name} {words}: {issue.title[:_MOST_TITLE]}"


def _part(news: IssueNews) -> AlertPart:
    issue: Issue = news.issue
    facts = [("culprit", issue.culprit), ("release", issue.last_release)]
    return AlertPart(
        id=0,
        title=_title(news),
        level=issue.level,
        state=issue.status,
        project=issue.project.name,
        rule="",
        url="",
        began=issue.first_seen.timestamp(),
        figure=f"{issue.event_count:,} events, the last at {issue.last_seen:%Y-%m-%d %H:%M} UTC",
        facts=[(name, value) for name, value in facts if value],
        issue_url=f"{base_url()}/issues/{issue.pk}/",
    )
