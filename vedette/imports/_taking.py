"""Takes records: what is there already stays as it is, so that taking twice changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from django.db import DataError, transaction
from django.utils.text import slugify

from vedette.access.models import ProjectMember
from vedette.accounts.models import AuditEntry, Membership, Organization, User
from vedette.accounts.roles import Role
from vedette.imports._events import EventWriter
from vedette.imports._issues import take_issue
from vedette.imports._records import (
    Checkpoint,
    EventRecord,
    ImportFailed,
    IssueRecord,
    KeyRecord,
    Lost,
    MemberRecord,
    OrganizationRecord,
    ProjectRecord,
    Record,
)
from vedette.projects.creation import free_slug
from vedette.projects.models import Project, ProjectKey

_ISSUES_AT_ONCE = 200
_PUBLIC_KEY = re.compile(r"[0-9A-Za-z_-]{8,32}")


@dataclass(slots=True)
class Taken:
    """How many of what were made, were there already, and were lost, by their names."""

    made: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def count(self, name: str, *, is_new: bool) -> None:
        """Count one."""
        (self.made if is_new else self.known)[name] += 1


class Taker:
    """Takes the records of one import into an organisation, that of the source without one.

    `events` writes events; they go through the pipeline of the running server.
    """

    def __init__(self, organization: Organization | None, events: EventWriter) -> None:
        self._is_chosen = organization is not None
        self._organization = organization
        self._events = events
        self._projects: dict[str, Project] = {}
        self._issues: list[IssueRecord] = []
        self.taken = Taken()

    def take(self, records: Iterable[Record], *, source: str) -> Taken:
        """All of them. Raises ImportFailed, StoreError and OSError: what was taken until then
        stays, and the same import goes on from there."""
        try:
            for record in records:
                self._take(record)
        finally:
            self._take_issues()
            self._events.flush()
            self.taken.made["events"] += self._events.written
            self.taken.known["events"] += self._events.known
            self._note(source)
        return self.taken

    def _take(self, record: Record) -> None:
        if isinstance(record, IssueRecord):
            self._issues.append(record)
            if len(self._issues) >= _ISSUES_AT_ONCE:
                self._take_issues()
            return
        self._take_issues()
        match record:
            case EventRecord():
                self._events.add(record, self._project(record.project))
            case OrganizationRecord():
                self._enter(record)
            case ProjectRecord():
                self._take_project(record)
            case KeyRecord():
                self._fitting("keys", lambda: self._take_key(record))
            case MemberRecord():
                self._fitting("members", lambda: self._take_member(record))
            case Lost():
                self.taken.lost[record.what] += record.count
            case Checkpoint():
                self._events.flush()
                record.note()

    def _enter(self, record: OrganizationRecord) -> None:
        if self._is_chosen:
            return
        slug = free_slug(record.slug or record.name, set())
        self._organization, is_new = Organization.objects.get_or_create(
            slug=slug, defaults={"name": record.name.replace("\0", "")[:100] or slug}
        )
        self.taken.count("organisations", is_new=is_new)

    def _home(self) -> Organization:
        if self._organization is None:
            raise ImportFailed("there is no organisation to take it into: give --organization")
        return self._organization

    def _project(self, name: str) -> Project:
        found = self._projects.get(name)
        if found is None:
            raise ImportFailed(f"something belongs to the project {name!r}, which is not there")
        return found

    @transaction.atomic
    def _take_project(self, record: ProjectRecord) -> None:
        home = self._home()
        slug = free_slug(record.slug or record.name, set())
        found = (
            home.projects.filter(keys__public_key__in=list(record.public_keys)).first()
            or home.projects.filter(slug=slug).first()
        )
        self.taken.count("projects", is_new=found is None)
        self._projects[record.project] = found or Project.objects.create(
            organization=home,
            slug=slug,
            name=record.name.replace("\0", "").strip()[:100] or slug,
            platform=record.platform[:64],
        )
        if found is None:
            record.when_made()

    @transaction.atomic
    def _take_key(self, record: KeyRecord) -> None:
        if not _PUBLIC_KEY.fullmatch(record.public_key):
            raise ValueError("no DSN can have such a key")
        project = self._project(record.project)
        key, is_new = ProjectKey.objects.get_or_create(
            public_key=record.public_key,
            defaults={
                "project": project,
                "label": record.label[:64] or "Default",
                "is_active": record.is_active,
                "works_until": record.works_until,
                "former_project_id": record.former_project_id,
            },
        )
        if key.project_id != project.pk:
            self.taken.lost["keys that open another project here"] += 1
            return
        self.taken.count("keys", is_new=is_new)

    @transaction.atomic
    def _take_member(self, record: MemberRecord) -> None:
        if "@" not in record.email:
            self.taken.lost["members without an address"] += 1
            return
        user, _ = User.objects.find_or_create(record.email, name=record.name[:200])
        role = Role(record.role)
        membership, is_new = Membership.objects.get_or_create(
            organization=self._home(),
            user=user,
            defaults={"role": role, "sees_all": record.sees_all},
        )
        self.taken.count("members", is_new=is_new)
        if is_new and membership.is_limited:
            for project in filter(None, map(self._projects.get, record.projects)):
                ProjectMember.objects.get_or_create(membership=membership, project=project)

    def _take_issues(self) -> None:
        held, self._issues = self._issues, []
        if not held:
            return
        with transaction.atomic():
            for record in held:
                self._fitting("issues", partial(self._take_issue, record))

    @transaction.atomic
    def _take_issue(self, record: IssueRecord) -> None:
        is_new = take_issue(record, self._project(record.project))
        self.taken.count("issues", is_new=is_new)

    def _fitting(self, what: str, take: Callable[[], None]) -> None:
        """Take one; what has values that no column can hold is lost alone."""
        try:
            take()
        except (ValueError, OverflowError, DataError):
            self.taken.lost[f"{what} with values that do not fit"] += 1

    def _note(self, source: str) -> None:
        made = ", ".join(f"{count:,} {name}" for name, count in self.taken.made.items() if count)
        if made and self._organization is not None:
            AuditEntry.objects.create(
                organization=self._organization,
                who="vedette import",
                address="",
                what=f"took over from {slugify(source)}: {made}"[:400],
            )
