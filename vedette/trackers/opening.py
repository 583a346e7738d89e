"""Wishes for issues in trackers: written down here, carried out by `vedette.trackers.working`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from vedette import clock
from vedette.accounts.models import User
from vedette.alerts.models import Alert, OutboxMessage
from vedette.channels import ChannelBroken, Receipt
from vedette.channels._content import Content
from vedette.connections.secrets import settings_of
from vedette.issues.models import Issue
from vedette.projects.models import Project
from vedette.trackers.hosts import hosts
from vedette.trackers.models import LinkState, Tracker, TrackerLink

_OPENING = ("trigger", "update", "repeat")
_MOST_LABELS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an issue elsewhere is about: an issue here, or an alert about no issue."""

    project: Project
    issue: Issue | None = None
    alert: Alert | None = None

    @classmethod
    def of_issue(cls, issue: Issue) -> Subject:
        """An issue; needs its project."""
        return cls(project=issue.project, issue=issue)

    @classmethod
    def of_alert(cls, alert: Alert) -> Subject:
        """An alert, or the issue that it is about; needs its project and issue."""
        return cls(project=alert.project, issue=alert.issue, alert=alert)

    @property
    def owner(self) -> dict[str, Issue | Alert | None]:
        """The fields by which links of it are found."""
        if self.issue is not None:
            return {"issue": self.issue}
        return {"issue": None, "alert": self.alert}


def trackers_for(project: Project, *, with_those_off: bool = False) -> list[Tracker]:
    """The trackers that an issue of the project can be opened in, by name."""
    rows = Tracker.objects.filter(organization=project.organization_id).order_by("name", "pk")
    return [one for one in rows if with_those_off or (one.is_enabled and one.kind in hosts())]


def links_of(subject: Subject) -> list[TrackerLink]:
    """Its links, the oldest first."""
    rows = TrackerLink.objects.filter(**subject.owner).exclude(state=LinkState.UNLINKED)
    return list(rows.select_related("tracker", "created_by").order_by("pk"))


def open_issue(
    tracker: Tracker, subject: Subject, wish: Mapping[str, object], user: User | None
) -> TrackerLink:
    """An issue is to be opened: `title`, `body`, `place`, `labels`, `issue_type`."""
    return TrackerLink.objects.create(**_row(tracker, subject, user), draft=dict(wish))


def link_existing(tracker: Tracker, subject: Subject, text: str, user: User | None) -> TrackerLink:
    """An issue that is there already, by its address or key. Raises ValueError in words."""
    key = hosts()[tracker.kind].key_of(settings_of(tracker), text)
    _forget_unlinked(tracker, subject, key)
    try:
        with transaction.atomic():
            return TrackerLink.objects.create(**_row(tracker, subject, user), key=key[:400])
    except IntegrityError:
        raise ValueError(f"{key} is linked already") from None


def unlink(link: TrackerLink) -> None:
    """Forget it here; nothing changes there."""
    if link.is_automatic:
        link.state = LinkState.UNLINKED
        link.save(update_fields=["state"])
    else:
        link.delete()


def try_again(link: TrackerLink) -> None:
    """At once, as if it were new."""
    state = LinkState.WAITING if link.state == LinkState.FAILED else link.state
    TrackerLink.objects.filter(pk=link.pk).update(
        state=state, due_at=clock.now(), created_at=clock.now(), tries=0, last_error=""
    )


def take_over(message: OutboxMessage, content: Content) -> Receipt:
    """A rule's wish: an issue for each alert of a message, once, whatever is said again later."""
    settings = settings_of(message.channel)
    rows = Tracker.objects.filter(organization=message.organization_id, is_enabled=True)
    tracker = rows.filter(slug=settings.get("tracker", "")).first()
    if tracker is None or tracker.kind not in hosts():
        raise ChannelBroken(f"there is no tracker {settings.get('tracker')!r} that is on")
    if content.kind not in _OPENING:
        return Receipt(answer="nothing to open")
    ids = [part.id for part in content.alerts]
    alerts = Alert.objects.filter(pk__in=ids, project__organization=message.organization_id)
    made = 0
    with transaction.atomic():
        for alert in alerts.select_related("project", "issue__project").order_by("pk"):
            made += _open_once(tracker, Subject.of_alert(alert), settings)
    return Receipt(answer=f"{made} to be opened in {tracker.name}")


def _open_once(tracker: Tracker, subject: Subject, settings: Mapping[str, str]) -> bool:
    """Whether it was not opened, linked or taken away before."""
    if TrackerLink.objects.filter(tracker=tracker, **subject.owner).exists():
        return False
    draft: dict[str, object] = {"alert": subject.alert.pk if subject.alert else None}
    draft |= {name: settings[name] for name in ("place", "issue_type") if settings.get(name)}
    if settings.get("labels"):
        draft["labels"] = labels_of(settings["labels"])
    try:
        with transaction.atomic():
            TrackerLink.objects.create(
                **_row(tracker, subject, None), draft=draft, is_automatic=True
            )
    except IntegrityError:  # another process was first
        return False
    return True


def labels_of(text: str) -> list[str]:
    """Labels as people write them: separated by commas."""
    found: Sequence[str] = [part.strip() for part in text.split(",")]
    return [part[:100] for part in found if part][:_MOST_LABELS]


def _row(tracker: Tracker, subject: Subject, user: User | None) -> dict[str, object]:
    return {
        "tracker": tracker,
        "project": subject.project,
        **subject.owner,
        "marker": secrets.token_hex(12),
        "created_by": user,
        "created_at": clock.now(),
        "due_at": clock.now(),
    }


def _forget_unlinked(tracker: Tracker, subject: Subject, key: str) -> None:
    """One that was taken away may be linked again."""
    rows = TrackerLink.objects.filter(tracker=tracker, key=key, **subject.owner)
    rows.filter(state=LinkState.UNLINKED).delete()
