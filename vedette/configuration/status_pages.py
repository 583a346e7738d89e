"""Status pages, as files write them; `id` is the address below `/status/`."""

from __future__ import annotations

from collections.abc import Mapping

from vedette.accounts.models import Organization
from vedette.configuration import Author, ConfigurationKind, Entry
from vedette.configuration._slugs import slug_of
from vedette.rules.problems import Problem
from vedette.statuspages import saving
from vedette.statuspages.drafts import read_page
from vedette.statuspages.models import StatusPage
from vedette.statuspages.models.pages import MOST_SLUG
from vedette.statuspages.written import mistakes_in, written


def current(organization: Organization) -> dict[str, Entry]:
    """Every page, without its key, its incidents and its subscribers."""
    rows = StatusPage.objects.filter(organization=organization).order_by("slug")
    return {row.slug: written(row) for row in rows}


def identify(entry: Entry) -> str:
    """Its `id`, else made of its title."""
    return slug_of({"id": entry.get("id", ""), "name": entry.get("title", "")}, most=MOST_SLUG)


def check(organization: Organization, entry: Entry, known: Mapping[str, set[str]]) -> list[Problem]:
    """The page itself, its address, and the monitors that it names."""
    return mistakes_in(organization, identify(entry), entry, known.get("monitors", set()))


def save(organization: Organization, identity: str, entry: Entry, author: Author) -> None:
    """Make or change it."""
    draft, _ = read_page(entry)
    saving.save(organization, identity, draft, is_from_file=author.is_file)


def remove(organization: Organization, identity: str, author: Author) -> None:
    """Delete it with its incidents and subscribers."""
    StatusPage.objects.filter(organization=organization, slug=identity).delete()


def applied(organization: Organization) -> set[str]:
    """Those that came from files."""
    rows = StatusPage.objects.filter(organization=organization, is_from_file=True)
    return set(rows.values_list("slug", flat=True))


def names(entry: Entry) -> set[str]:
    """The projects of its monitors."""
    components = entry.get("components")
    found: set[str] = set()
    for one in components if isinstance(components, list) else ():
        monitors = one.get("monitors") if isinstance(one, dict) else None
        if isinstance(monitors, list):
            found |= {str(name).partition("/")[0] for name in monitors}
    return found


KIND = ConfigurationKind(
    name="status_pages",
    order=45,
    current=current,
    identify=identify,
    check=check,
    save=save,
    remove=remove,
    applied=applied,
    names=names,
    most=saving.MOST_OF_AN_ORGANIZATION,
)
