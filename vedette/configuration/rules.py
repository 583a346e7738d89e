"""Alert rules, as files write them; `id` is `project/slug`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette import clock
from vedette.accounts.models import Organization, User
from vedette.alerts import grouping
from vedette.alerts.ending import end_alerts, is_about_other_things
from vedette.alerts.models import AlertRule
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.configuration._slugs import slug_of
from vedette.projects.models import Project
from vedette.rules.counting import counter_of
from vedette.rules.problems import Problem
from vedette.rules.written import KEYS, RuleProblems, read_rule, write_rule

_OWN = ("id", "project", "enabled", "owner", "runbook", "labels", "notify")
_MOST_LABELS = 20
_MOST_LABEL = 200


def current(organization: Organization) -> dict[str, Entry]:
    """Every rule."""
    rows = AlertRule.objects.filter(project__organization=organization)
    rows = rows.select_related("project", "owner").order_by("project__slug", "slug")
    return {f"{row.project.slug}/{row.slug}": written(row) for row in rows}


def written(row: AlertRule) -> Entry:
    """One rule as a file writes it."""
    made: Entry = {"id": row.slug, "project": row.project.slug, **row.body}
    for name, value in (
        ("labels", row.labels),
        ("notify", row.notify),
        ("runbook", row.runbook),
        ("owner", row.owner.email if row.owner else ""),
    ):
        if value:
            made[name] = value
    if not row.is_enabled:
        made["enabled"] = False
    return made


def identify(entry: Entry) -> str:
    """`project/slug`; the slug is made of the name if there is none."""
    slug = slug_of(entry, most=80)
    project = str(entry.get("project", ""))
    return f"{project}/{slug}" if slug and project else ""


def check(organization: Organization, entry: Entry, known: Mapping[str, set[str]]) -> list[Problem]:
    """The rule itself, its project, its people and channels."""
    problems = []
    project = Project.objects.filter(
        organization=organization, slug=str(entry.get("project", ""))
    ).first()
    if project is None:
        problems.append(Problem("project", f"there is no project {entry.get('project') or ''}"))
    if entry.get("id") and not slug_of(entry):
        problems.append(Problem("id", "an id has letters, digits and hyphens"))
    for key in entry:
        if key not in KEYS and key not in _OWN:
            problems.append(Problem(str(key), f"a rule has no {key}"))
    try:
        read_rule({key: value for key, value in entry.items() if key in KEYS})
    except RuleProblems as error:
        problems += error.problems
    problems += _check_own(organization, entry, known)
    return problems


def save(organization: Organization, identity: str, entry: Entry, author: Author) -> None:
    """Make or change it, and end alerts that it will not look at any more."""
    project_slug, _, slug = identity.partition("/")
    project = Project.objects.get(organization=organization, slug=project_slug)
    rule = read_rule({key: value for key, value in entry.items() if key in KEYS})
    row = AlertRule.objects.filter(project=project, slug=slug).first()
    row = row or AlertRule(project=project, slug=slug, created_by=author.user)
    before, row.body = row.body, write_rule(rule)
    is_known = row.pk is not None
    row.counter, row.is_edge = counter_of(rule).id, rule.is_of_issues
    row.is_enabled = bool(entry.get("enabled", True))
    row.runbook = str(entry.get("runbook", ""))
    row.labels = entry.get("labels") or {}
    row.notify = entry.get("notify") or []
    email = str(entry.get("owner") or "")
    row.owner = User.objects.filter(email=email.lower()).first() if email else None
    row.is_from_file = author.is_file
    row.broken = ""
    row.changed_at = clock.now()
    row.save()
    if is_known:
        grouping.follow_route(organization.pk, grouping.own_route(row.pk), row.notify)
    if is_known and not row.is_enabled:
        end_alerts(row, "the rule was switched off")
    elif is_known and is_about_other_things(before, row.body):
        end_alerts(row, "the rule is about other things now")


def remove(organization: Organization, identity: str, author: Author) -> None:
    """Delete it with its alerts."""
    project, _, slug = identity.partition("/")
    AlertRule.objects.filter(
        project__organization=organization, project__slug=project, slug=slug
    ).delete()


def applied(organization: Organization) -> set[str]:
    """Those that came from files."""
    rows = AlertRule.objects.filter(project__organization=organization, is_from_file=True)
    return {f"{project}/{slug}" for project, slug in rows.values_list("project__slug", "slug")}


def _check_own(
    organization: Organization, entry: Entry, known: Mapping[str, set[str]]
) -> list[Problem]:
    problems = []
    notify = entry.get("notify", [])
    if not isinstance(notify, list):
        problems.append(Problem("notify", "a list of channels is needed: notify: [slack]"))
        notify = []
    for at, slug in enumerate(notify):
        if not isinstance(slug, str) or slug not in known.get("channels", set()):
            problems.append(Problem(f"notify.{at}", f"there is no channel {slug}"))
    problems += _check_labels(entry.get("labels", {}))
    owner = str(entry.get("owner") or "")
    members = organization.memberships.filter(user__email=owner.lower(), user__is_active=True)
    if owner and not members.exists():
        problems.append(Problem("owner", f"{owner} is no member of {organization.slug}"))
    if not isinstance(entry.get("runbook", ""), str) or len(entry.get("runbook", "")) > 20_000:
        problems.append(Problem("runbook", "Markdown or a link, at most 20,000 characters"))
    return problems


def _check_labels(labels: Any) -> list[Problem]:
    """They are copied to each alert and matched with each route: short and few."""
    if not isinstance(labels, dict) or not all(isinstance(one, str) for one in labels.values()):
        return [Problem("labels", "labels are texts by name: labels: {team: payments}")]
    if len(labels) > _MOST_LABELS or any(len(one) > _MOST_LABEL for one in labels.values()):
        return [Problem("labels", f"at most {_MOST_LABELS} of {_MOST_LABEL} characters each")]
    return []


KIND = ConfigurationKind(
    name="rules",
    order=30,
    current=current,
    identify=identify,
    check=check,
    save=save,
    remove=remove,
    applied=applied,
    most=1000,
)
