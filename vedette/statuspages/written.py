"""A status page as files and forms write it, and what is wrong with one that is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from vedette.accounts.models import Organization
from vedette.rules.problems import Problem
from vedette.statuspages.domains import is_of_the_product
from vedette.statuspages.drafts import read_page
from vedette.statuspages.models import StatusPage
from vedette.statuspages.saving import written_component


def written(row: StatusPage) -> dict[str, Any]:
    """One page as a file writes it. What is at its default is left out."""
    made: dict[str, Any] = {"id": row.slug, "title": row.title}
    for name, value in (
        ("description", row.description),
        ("domain", row.domain),
        ("accent", row.accent),
        ("css", row.css),
        ("announcement", row.announcement),
        ("response_times", row.shows_response),
        ("templates", row.templates),
        ("auto_draft_minutes", row.auto_draft_minutes),
        ("auto_publish", row.auto_publish),
    ):
        if value:
            made[name] = value
    if not row.is_public:
        made["public"] = False
    if row.zone != "UTC":
        made["zone"] = row.zone
    components = row.components.select_related("group").prefetch_related("monitors__project")
    made["components"] = [written_component(one) for one in components]
    return made


def mistakes_in(
    organization: Organization, slug: str, entry: Mapping[str, Any], monitors: Collection[str]
) -> list[Problem]:
    """The page itself, its address and name, and the monitors that it names."""
    draft, problems = read_page(entry)
    if entry.get("id") and not slug:
        problems.append(Problem("id", "an id has letters, digits and hyphens"))
    others = StatusPage.objects.exclude(organization=organization, slug=slug)
    if slug and others.filter(slug=slug).exists():
        problems.append(Problem("id", f"the address {slug} is taken; choose another id"))
    if draft.domain and is_of_the_product(draft.domain):
        problems.append(Problem("domain", f"{draft.domain} shows the product itself"))
    if draft.domain and others.filter(domain=draft.domain).exists():
        problems.append(Problem("domain", f"{draft.domain} is another page's"))
    for number, one in enumerate(draft.components):
        missing = [name for name in one.monitors if name not in monitors]
        if missing:
            path = f"components.{number}.monitors"
            problems.append(Problem(path, f"there is no monitor {missing[0]}"))
    return problems
