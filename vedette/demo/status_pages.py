"""A status page of the demo shop, over its jobs and what they have been through."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from vedette import clock
from vedette.accounts.models import Organization
from vedette.monitors.models import Monitor
from vedette.projects.models import Project
from vedette.statuspages import saving
from vedette.statuspages.announcing import Wish, add_update, draft, publish
from vedette.statuspages.drafts import ComponentDraft, PageDraft
from vedette.statuspages.keeping import touch
from vedette.statuspages.models import Incident, StatusPage

_SLUG: Final = "demo-shop"
# A component, its group, and the job that it is of; the first is said by hand.
_PARTS: Final = (
    ("Storefront", "Shop", ""),
    ("Orders", "Shop", "Sync orders"),
    ("Basket", "Shop", "Clean baskets"),
    ("Search", "Shop", "Search index"),
    ("Invoices", "Behind it", "Invoices"),
    ("Backups", "Behind it", "Nightly backup"),
)


def make_status_page(organization: Organization, project: Project) -> None:
    """The page, once; needs the jobs of the project."""
    if StatusPage.objects.filter(slug=_SLUG).exists():
        return
    slugs = dict(Monitor.objects.filter(project=project).values_list("name", "slug"))
    components = tuple(
        ComponentDraft(
            name=name,
            group=group,
            monitors=(f"{project.slug}/{slugs[job]}",) if job in slugs else (),
        )
        for name, group, job in _PARTS
    )
    page = saving.save(
        organization,
        _SLUG,
        PageDraft(
            title="Shop status",
            description="How the shop and what is behind it are.",
            auto_draft_minutes=10,
            components=components,
        ),
    )
    _tell(page)
    touch(page)


def remove_status_page() -> None:
    """With the demo projects goes their page."""
    StatusPage.objects.filter(slug=_SLUG).delete()


def _tell(page: StatusPage) -> None:
    """One incident that is over, one maintenance that is planned."""
    orders = page.components.get(name="Orders").pk
    now = clock.now()
    wish = Wish(
        title="Payments were slow",
        text="Customers wait for the card provider. Invoice works.",
        impact="minor",
        affected={orders: "degraded_performance"},
    )
    over = draft(page, wish, began_at=now - timedelta(days=6))
    publish(over)
    add_update(over, "resolved", "The provider answers as before.")
    publish(over)
    began = now - timedelta(days=6)
    over.updates.filter(status="investigating").update(at=began + timedelta(minutes=9))
    over.updates.filter(status="resolved").update(at=began + timedelta(minutes=95))
    ended = began + timedelta(minutes=95)
    Incident.objects.filter(pk=over.pk).update(
        published_at=began + timedelta(minutes=9), resolved_at=ended, changed_at=ended
    )
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    planned = Wish(
        title="Move of the database",
        text="For up to an hour the shop can be looked at, not bought from.",
        start=start,
        end=start + timedelta(hours=1),
        affected={orders: "under_maintenance"},
        covers_monitors=True,
    )
    publish(draft(page, planned))
