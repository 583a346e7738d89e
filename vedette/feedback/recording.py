"""What was written goes into the inbox, with the signs of spam that it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from django.conf import settings
from django.db.models import Count

from vedette.control.effective import Effective
from vedette.feedback.models import Feedback, FeedbackStatus
from vedette.feedback.spam import Bounds, repeated, signs_of, text_key
from vedette.items._feedback import FeedbackSeen
from vedette.options import groups
from vedette.projects.models import Project

Key: TypeAlias = tuple[int, int]  # a project and its text
_DAY = timedelta(days=1)


def record(seen: Sequence[FeedbackSeen]) -> None:
    """A row for each that is new. Within the transaction of the batch."""
    owners = dict(
        Project.objects.filter(pk__in={fact.project_id for fact in seen}).values_list(
            "pk", "organization_id"
        )
    )
    unseen = {
        (fact.project_id, fact.feedback_id): fact for fact in seen if fact.project_id in owners
    }
    known = Feedback.objects.filter(
        project__in=owners, feedback_id__in=[name for _, name in unseen]
    ).values_list("project_id", "feedback_id")
    for place in known:
        unseen.pop(place, None)
    if not unseen:
        return
    news = [unseen[place] for place in sorted(unseen)]
    bounds = _bounds(owners)
    counts = _counts(news)
    Feedback.objects.bulk_create([_row(fact, bounds[fact.project_id], counts) for fact in news])
    for (project_id, key), times in sorted(counts.items()):
        if 0 < bounds[project_id].repeats <= times:
            _mark_earlier(project_id, key, times, _since(news))


def _row(fact: FeedbackSeen, bounds: Bounds, counts: Counter[Key]) -> Feedback:
    key = text_key(fact.comments)
    signs = signs_of(
        fact.comments,
        links=fact.links,
        trapped=fact.trapped,
        repeats=counts[fact.project_id, key],
        bounds=bounds,
    )
    return Feedback(
        project_id=fact.project_id,
        feedback_id=fact.feedback_id,
        at=_moment(fact.at),
        status=FeedbackStatus.SPAM if signs else FeedbackStatus.UNRESOLVED,
        signs=signs,
        text_key=key,
    )


def _counts(news: Sequence[FeedbackSeen]) -> Counter[Key]:
    """How often each text came within a day, those of the batch included."""
    counts = Counter((fact.project_id, text_key(fact.comments)) for fact in news)
    held = Feedback.objects.filter(
        project__in={project for project, _ in counts},
        text_key__in={key for _, key in counts},
        at__gte=_since(news),
    )
    rows = held.order_by().values_list("project_id", "text_key").annotate(count=Count("pk"))
    for project_id, key, count in rows:
        if (project_id, key) in counts:
            counts[project_id, key] += count
    return counts


def _since(news: Sequence[FeedbackSeen]) -> datetime:
    """A day before the first of them."""
    return _moment(min(fact.at for fact in news)) - _DAY


def _mark_earlier(project_id: int, key: int, times: int, since: datetime) -> None:
    """Those of which nobody has decided bear the sign too: the first is no better than the last.

    What was written longer ago was not counted, and is none of them.
    """
    Feedback.objects.filter(
        project=project_id,
        text_key=key,
        at__gte=since,
        decided_at=None,
        status=FeedbackStatus.UNRESOLVED,
    ).update(status=FeedbackStatus.SPAM, signs=[repeated(times)])


def _bounds(owners: dict[int, int]) -> dict[int, Bounds]:
    effective = Effective([groups()["feedback"]], settings.CONFIG)
    found = {}
    for project_id, organization_id in owners.items():
        values = effective.of("feedback", organization_id=organization_id, project_id=project_id)
        links, repeats, phrases = (
            values[f"spam_{name}"] for name in ("links", "repeats", "phrases")
        )
        found[project_id] = Bounds(
            links=int(links) if isinstance(links, int | float) else 0,
            repeats=int(repeats) if isinstance(repeats, int | float) else 0,
            phrases=tuple(str(one) for one in phrases) if isinstance(phrases, list) else (),
        )
    return found


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
