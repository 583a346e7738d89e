"""What people ask to be deleted: noted here, and done by the worker at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from vedette.accounts.models import AuditEntry
from vedette.issues.models import Issue, IssueKey
from vedette.projects.models import Project
from vedette.storage.models import Removal


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks, from where and how (form or API), for the log of changes."""

    who: str
    address: str
    via: str


@transaction.atomic
def remove_issue(issue: Issue, asker: Asker) -> None:
    """Delete an issue at once, and what was received of it until now as soon as may be.

    What is received later makes a new issue.
    """
    groups = list(IssueKey.objects.filter(issue=issue).values_list("group_id", flat=True))
    Removal.objects.create(project=issue.project, group_ids=groups)
    _note(issue.project, f"issue {issue.short_name} deleted: {issue.title}", asker)
    issue.delete()


@transaction.atomic
def remove_event(project: Project, event_id: str, asker: Asker) -> None:
    """Delete an event with its files and reports."""
    Removal.objects.create(project=project, event_id=event_id)
    _note(project, f"event {event_id} deleted", asker)


@transaction.atomic
def remove_attachment(project: Project, attachment_id: str, name: str, asker: Asker) -> None:
    """Delete a file that came with an event."""
    Removal.objects.create(project=project, attachment_id=attachment_id)
    _note(project, f"file {name} deleted", asker)


@transaction.atomic
def remove_replay(project: Project, replay_id: str, asker: Asker) -> None:
    """Delete a replay with all that was recorded, and what is going to be; its errors stay."""
    Removal.objects.create(project=project, replay_id=replay_id)
    _note(project, f"replay {replay_id} deleted", asker)


def _note(project: Project, what: str, asker: Asker) -> None:
    AuditEntry.objects.create(
        organization=project.organization,
        who=asker.who,
        address=asker.address[:64],
        what=f"{project.slug}: {what}"[:400],
        via=asker.via,
    )
