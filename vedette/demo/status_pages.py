"""A status page of the demo shop: monitors of this very server, with a history before today."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from vedette import clock
from vedette.accounts.models import Organization
from vedette.monitors import saving as monitors
from vedette.monitors.drafts import read_draft
from vedette.monitors.models import Monitor, MonitorStanding, StateInterval
from vedette.projects.models import Project
from vedette.statuspages import saving
from vedette.statuspages.announcing import Wish, add_update, draft, publish
from vedette.statuspages.drafts import ComponentDraft, PageDraft
from vedette.statuspages.keeping import touch
from vedette.statuspages.models import Incident, StatusPage

_SLUG: Final = "demo-shop"
_DAY: Final = 86_400
# Name, group, and what went wrong: days ago, minutes, state.
_PARTS: Final = (
    ("Checkout", "Shop", ((61, 34, "down"), (23, 12, "down"), (6, 95, "degraded"))),
    ("Catalogue", "Shop", ((41, 20, "degraded"),)),
    ("Search", "Shop", ((72, 180, "maintenance"), (15, 48, "down"))),
    ("Images", "Behind it", ((30, 1700, "unknown"), (6, 8, "down"))),
    ("Mails", "Behind it", ()),
)


def make_status_page(organization: Organization, project: Project, listen: str) -> None:
    """The page with monitors that ask the server at `listen` how it is, once."""
    if StatusPage.objects.filter(slug=_SLUG).exists():
        return
    found = {name: _monitor(project, name, listen, troubles) for name, _, troubles in _PARTS}
    components = tuple(
        ComponentDraft(name=name, group=group, monitors=(f"{project.slug}/{found[name].slug}",))
        for name, group, _ in _PARTS
    )
    page = saving.save(
        organization,
        _SLUG,
        PageDraft(
            title="Shop status",
            description="How the shop and what is behind it are.",
            shows_response=True,
            auto_draft_minutes=10,
            components=components,
        ),
    )
    _tell(page)
    touch(page)


def remove_status_page() -> None:
    """With the demo projects goes their page."""
    StatusPage.objects.filter(slug=_SLUG).delete()


def _monitor(
    project: Project, name: str, listen: str, troubles: tuple[tuple[int, int, str], ...]
) -> Monitor:
    entry = {"name": f"Demo {name}", "kind": "http", "url": f"http://{listen}/-/health"}
    wanted, _ = read_draft(entry)
    monitor = monitors.create(project, wanted)
    standing = MonitorStanding.objects.get(monitor=monitor)
    today = int(clock.timestamp() * 1000)
    first = StateInterval.objects.filter(standing=standing).order_by("began").first()
    until = first.began if first is not None else today
    began = today - 85 * _DAY * 1000
    rows = []
    for days, minutes, state in troubles:
        fails = today - days * _DAY * 1000
        rows += [("up", began, fails), (state, fails, fails + minutes * 60_000)]
        began = fails + minutes * 60_000
    rows.append(("up", began, until))
    StateInterval.objects.bulk_create(
        StateInterval(standing=standing, state=state, began=start, ended=end)
        for state, start, end in rows
        if end > start
    )
    return monitor


def _tell(page: StatusPage) -> None:
    """One incident that is over, one maintenance that is planned."""
    checkout = page.components.get(name="Checkout").pk
    now = clock.now()
    wish = Wish(
        title="Payments were slow",
        text="Customers wait for the card provider. Invoice works.",
        impact="minor",
        affected={checkout: "degraded_performance"},
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
        affected={checkout: "under_maintenance"},
        covers_monitors=True,
    )
    publish(draft(page, planned))
