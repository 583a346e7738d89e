"""A rule that somebody writes: read from the form or from YAML, checked, tried, saved."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.alerts.models import AlertRule, Channel
from vedette.configuration import Author, Entry
from vedette.configuration._writing import mistakes_in, the_kind, write
from vedette.projects.models import Project
from vedette.rules.problems import Problem
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.form_fields import sentence
from vedette.web.pages.alert_rules.form import Choices
from vedette.web.pages.alert_rules.sent import entry_of
from vedette.web.pages.alert_rules.text import read_one, with_lines
from vedette.web.pages.alert_rules.trial import Trial, try_out

_MOST_MEMBERS = 1000


@dataclass(slots=True)
class Draft:
    """An entry on its way. `problems` are of the entry, `text_mistakes` of a text without one."""

    organization: Organization
    entry: Entry
    choices: Choices
    tab: str = "form"
    text: str = ""
    problems: list[Problem] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    text_mistakes: bool = False

    @property
    def is_wrong(self) -> bool:
        """Whether it cannot be saved as it is."""
        return bool(self.problems or self.mistakes)


def read_draft(
    request: HttpRequest,
    viewer: Viewer,
    organization: Organization,
    entry: Entry,
    rule: AlertRule | None = None,
) -> Draft:
    """What was sent, or `entry` for a page that is only opened; a known rule keeps its id."""
    sent = request.POST
    if request.method != "POST":
        return Draft(organization, entry, _choices(viewer, organization, rule))
    if rule is None:
        organization = _organization_of(viewer, sent.get("project", "")) or organization
    draft = Draft(organization, entry, _choices(viewer, organization, rule))
    if sent.get("tab") == "yaml":
        _read_text(draft, viewer, sent.get("yaml", ""), rule)
    else:
        draft.entry = _kept_identity(entry_of(sent), rule)
        draft.problems = _check(viewer, draft)
    return draft


def save_draft(request: HttpRequest, viewer: Viewer, draft: Draft, *, is_new: bool) -> str:
    """Save a draft without mistakes; returns its identity, or nothing if something came between."""
    kind = the_kind("rules")
    draft.problems = write(
        draft.organization, kind, draft.entry, Author(user=viewer.user), is_new=is_new
    )
    if draft.problems:
        return ""
    identity = kind.identify(draft.entry)
    did = "made" if is_new else "changed"
    note_change(request, draft.organization, f"{did} the alert rule {identity}")
    return str(draft.entry.get("name", identity))


def trial_of(viewer: Viewer, draft: Draft) -> Trial:
    """The back-test, or what has to be mended before it."""
    if draft.is_wrong:
        words = draft.mistakes or [sentence(str(one)) for one in draft.problems]
        return Trial(problem=" ".join(words), tone="warn")
    project = _project(viewer, draft)
    if project is None:
        return Trial(problem="Choose a project.", tone="warn")
    return try_out(project, draft.entry, viewer.visible)


def _read_text(draft: Draft, viewer: Viewer, text: str, rule: AlertRule | None) -> None:
    draft.tab, draft.text = "yaml", text
    found = read_one(text)
    if isinstance(found, list):
        draft.mistakes, draft.text_mistakes = found, True
        return
    organization = None if rule else _organization_of(viewer, str(found.entry.get("project", "")))
    draft.organization = organization or draft.organization
    draft.entry = _kept_identity(found.entry, rule)
    draft.problems = _check(viewer, draft)
    draft.mistakes = with_lines(found, draft.problems)


def _check(viewer: Viewer, draft: Draft) -> list[Problem]:
    """The kind's own check, and that the project is the viewer's to change."""
    if _project(viewer, draft) is None:
        return [Problem("project", f"there is no project {draft.entry.get('project') or ''}")]
    return mistakes_in(draft.organization, the_kind("rules"), draft.entry)


def _project(viewer: Viewer, draft: Draft) -> Project | None:
    wanted = str(draft.entry.get("project", ""))
    for project in viewer.access.projects_for(Action.CHANGE_ALERTS):
        if project.slug == wanted and project.organization_id == draft.organization.pk:
            return project
    return None


def _organization_of(viewer: Viewer, slug: str) -> Organization | None:
    """The organisation of a project that the viewer may change rules of."""
    for project in viewer.access.projects_for(Action.CHANGE_ALERTS):
        if project.slug == slug:
            return project.organization
    return None


def _kept_identity(entry: Entry, rule: AlertRule | None) -> Entry:
    """A rule that is there keeps its id and project: by them it would be another."""
    if rule is None:
        return entry
    return {**entry, "id": rule.slug, "project": rule.project.slug}


def _choices(viewer: Viewer, organization: Organization, rule: AlertRule | None) -> Choices:
    if rule is not None:
        projects = [(rule.project.slug, rule.project.name)]
    else:
        mine = viewer.access.projects_for(Action.CHANGE_ALERTS)
        projects = [(project.slug, project.name) for project in mine]
    members = organization.memberships.filter(user__is_active=True).select_related("user")
    people = [one.user for one in members.order_by("user__name", "pk")[:_MOST_MEMBERS]]
    return Choices(
        projects=projects,
        owners=[(user.email, str(user)) for user in people],
        channels=list(Channel.objects.filter(organization=organization).order_by("name")),
    )
