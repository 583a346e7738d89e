"""The list of status pages, and making one: a title, some monitors, done."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.monitors.models import Monitor
from vedette.statuspages import saving
from vedette.statuspages.drafts import PageDraft
from vedette.statuspages.keeping import renew
from vedette.statuspages.models import Incident, StatusPage, Subscriber
from vedette.statuspages.reading import address_of
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import wants_to_find
from vedette.web.pages.status_pages.choosing import MonitorChoice, choice_of, chosen
from vedette.web.pages.status_pages.finding import SECTION, organizations_of, pages_of
from vedette.web.rendering import show


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """A page of the list, with what waits there."""

    page: StatusPage
    address: str
    components: int
    lasting: int
    drafts: int
    subscribers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContext:
    """What the list shows."""

    rows: list[PageRow]
    may_change: bool
    has_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContext:
    """The form of a new page."""

    organizations: list[Organization]
    organization: Organization
    choice: MonitorChoice
    title: str = ""
    is_private: bool = False
    error: str = ""


def show_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Every page that is open to the viewer."""
    rows = [_row(one) for one in pages_of(viewer)]
    context = ListContext(
        rows=rows,
        may_change=viewer.may(Action.CHANGE_ALERTS),
        has_many=len(viewer.organizations) > 1,
    )
    return show(request, "pages/status_pages/list.html", context, section=SECTION)


def show_new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The form; a POST makes the page with a component for each chosen monitor."""
    organizations = organizations_of(viewer)
    named = request.POST.get("organization") or request.GET.get("organization", "")
    organization = viewer.organization(named) if named else organizations[0]
    if request.method != "POST" or wants_to_find(request.POST):
        return _form(request, viewer, organizations, organization)
    title = request.POST.get("title", "").strip()[:100]
    if not title:
        return _form(request, viewer, organizations, organization, "Give it a title.")
    if StatusPage.objects.filter(organization=organization).count() >= (
        saving.MOST_OF_AN_ORGANIZATION
    ):
        error = f"There are {saving.MOST_OF_AN_ORGANIZATION} pages; remove some first."
        return _form(request, viewer, organizations, organization, error)
    picked = chosen(viewer, organization, request.POST.getlist("monitor"))
    page = _make(organization, title, picked, is_public=request.POST.get("open") != "private")
    note_change(request, organization, f"status page {page.slug}: made")
    put_flash(request, Flash(text=f"{page.title} is there."))
    return redirect("status-page", page.pk)


def _make(
    organization: Organization, title: str, monitors: list[Monitor], *, is_public: bool
) -> StatusPage:
    with transaction.atomic():
        slug = saving.free_slug(slugify(title)[:40])
        page = saving.save(organization, slug, PageDraft(title=title, is_public=is_public))
        taken: set[str] = set()
        for one in monitors:
            name = one.name[:100]
            if name in taken:
                name = f"{one.name[:60]} ({one.project.name[:30]})"
            if name not in taken:
                taken.add(name)
                saving.add_component(page, name, [one])
    renew(page)
    return page


def _form(
    request: HttpRequest,
    viewer: Viewer,
    organizations: list[Organization],
    organization: Organization,
    error: str = "",
) -> HttpResponse:
    context = NewContext(
        organizations=organizations,
        organization=organization,
        choice=choice_of(viewer, organization, request.POST),
        title=request.POST.get("title", ""),
        is_private=request.POST.get("open") == "private",
        error=error,
    )
    status = 400 if error else 200
    return show(request, "pages/status_pages/new.html", context, section=SECTION, status=status)


def _row(page: StatusPage) -> PageRow:
    incidents = Incident.objects.filter(page=page, is_discarded=False)
    return PageRow(
        page=page,
        address=address_of(page),
        components=page.components.count(),
        lasting=incidents.filter(resolved_at=None, scheduled_for=None)
        .exclude(published_at=None)
        .count(),
        drafts=incidents.filter(updates__published_at=None, updates__isnull=False)
        .distinct()
        .count(),
        subscribers=Subscriber.objects.filter(page=page).exclude(confirmed_at=None).count(),
    )
