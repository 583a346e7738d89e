"""The list of a family's connections, and the form by which one is made, changed and tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.configuration import Author, Entry
from vedette.configuration._writing import the_kind, write
from vedette.connections import ConnectionKind
from vedette.connections.family import Family, Row
from vedette.rules.problems import Problem
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.connections.form import entry_of, fields_of
from vedette.web.connections.rows import ConnectionRow
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import FormField
from vedette.web.rendering import show

_MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Generic[Row]):
    """The connections of one organisation."""

    organization: Organization
    rows: list[ConnectionRow[Row]]
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListContext(Generic[Row]):
    """The list, and the kinds that can be added."""

    pages: ConnectionPages[Row]
    groups: list[Group[Row]]
    kinds: Sequence[ConnectionKind]
    has_many: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContext(Generic[Row]):
    """The form of one connection; `row` is None for a new one, `beside` is the family's."""

    pages: ConnectionPages[Row]
    kind: ConnectionKind
    row: ConnectionRow[Row] | None
    fields: list[FormField]
    rest: list[str]
    may_change: bool
    beside: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionPages(Generic[Row]):
    """The pages of a family.

    `folder` holds `page.html` and `edit.html`; `list_route`, `new_route` and `one_route` are the
    names of the routes to the views below; `made` and `invitation` are said when one was made.
    `joined` adds to a query what `rows_of` reads; `test` tries one, and answers; `beside` gives
    what stands beside the form of one that is there.
    """

    family: Family[Row]
    folder: str
    list_route: str
    new_route: str
    one_route: str
    section: str = ""
    made: str
    invitation: str
    joined: Callable[[QuerySet[Row]], QuerySet[Row]]
    rows_of: Callable[[Sequence[Row]], list[ConnectionRow[Row]]]
    test: Callable[[HttpRequest, Viewer, Row], HttpResponse]
    beside: Callable[[Row], Any]

    @property
    def noun(self) -> str:
        """What one of them is called."""
        return self.family.noun

    def show_list(self, request: HttpRequest, viewer: Viewer) -> HttpResponse:
        """The connections of the viewer's organisations."""
        rows = self.rows_of(list(self._rows(viewer)[:_MOST]))
        organizations = viewer.access.organizations_for(Action.VIEW_ALERTS)
        groups = [
            Group(
                organization=organization,
                rows=[row for row in rows if row.connection.organization_id == organization.pk],
                may_change=viewer.may(Action.CHANGE_ALERTS, organization),
            )
            for organization in organizations
        ]
        context = ListContext(
            pages=self,
            groups=groups,
            kinds=list(self.family.kinds().values()),
            has_many=len(organizations) > 1,
        )
        return show(request, f"{self.folder}/page.html", context, section=self.section)

    def show_new(self, request: HttpRequest, viewer: Viewer) -> HttpResponse:
        """The form of a new one: `kind` says of which kind, `organization` where."""
        kind = self.family.kinds().get(request.GET.get("kind", ""))
        if kind is None:
            return redirect(self.list_route)
        organization = _organization(request, viewer)
        if request.method != "POST":
            entry = {"name": kind.label, "kind": kind.name}
            return self._form(request, viewer, kind, organization, None, entry)
        entry = entry_of(self.family, kind, request.POST, None)
        before = set(self.family.of(organization).values_list("pk", flat=True))
        author = Author(user=viewer.user)
        problems = write(organization, the_kind(self.family.name), entry, author, is_new=True)
        if problems:
            return self._form(request, viewer, kind, organization, None, entry, problems)
        row = self.family.of(organization).exclude(pk__in=before).latest("pk")
        what = f"{self.made} the {self.noun} {row.slug} ({kind.label})"
        note_change(request, organization, what)
        put_flash(request, Flash(text=f"{row.name} was added. {self.invitation}"))
        return redirect(self.one_route, row.pk)

    def show_one(self, request: HttpRequest, viewer: Viewer, row: Row) -> HttpResponse:
        """The form of one; a POST with `do` tests, saves or removes it."""
        if request.method == "POST":
            return self._change(request, viewer, row)
        entry = the_kind(self.family.name).current(row.organization)[row.slug]
        return self._form(request, viewer, self._kind(row), row.organization, row, entry)

    def find(self, viewer: Viewer, pk: int) -> Row:
        """One that the viewer may see. Raises Http404."""
        return get_object_or_404(self._rows(viewer), pk=pk)

    def _change(self, request: HttpRequest, viewer: Viewer, row: Row) -> HttpResponse:
        wish = request.POST.get("do", "")
        if wish == "test":
            return self.test(request, viewer, row)
        if wish == "remove":
            return self._remove(request, row)
        if wish != "save":
            raise BadQuery(f"a {self.noun} is saved, tested or removed")
        kind = self._kind(row)
        entry = entry_of(self.family, kind, request.POST, row)
        author = Author(user=viewer.user)
        problems = write(row.organization, the_kind(self.family.name), entry, author)
        if problems:
            return self._form(request, viewer, kind, row.organization, row, entry, problems)
        note_change(request, row.organization, f"changed the {self.noun} {row.slug}")
        put_flash(request, Flash(text=f"{entry['name']} was saved."))
        return redirect(self.one_route, row.pk)

    def _remove(self, request: HttpRequest, row: Row) -> HttpResponse:
        if request.POST.get("confirm", "").strip() != row.name:
            raise BadQuery(f"write the {self.noun}'s name to remove it")
        the_kind(self.family.name).remove(row.organization, row.slug, Author())
        note_change(request, row.organization, f"removed the {self.noun} {row.slug}")
        put_flash(request, Flash(text=f"{row.name} was removed."))
        return redirect(self.list_route)

    def _form(
        self,
        request: HttpRequest,
        viewer: Viewer,
        kind: ConnectionKind,
        organization: Organization,
        row: Row | None,
        entry: Entry,
        problems: Sequence[Problem] = (),
    ) -> HttpResponse:
        fields, rest = fields_of(self.family, kind, organization, entry, row, problems)
        context = FormContext(
            pages=self,
            kind=kind,
            row=self.rows_of([row])[0] if row else None,
            fields=fields,
            rest=rest,
            may_change=viewer.may(Action.CHANGE_ALERTS, organization),
            beside=self.beside(row) if row else None,
        )
        status = 400 if problems else 200
        template = f"{self.folder}/edit.html"
        return show(request, template, context, section=self.section, status=status)

    def _kind(self, row: Row) -> ConnectionKind:
        """Its kind. Raises Http404 for one that this version does not have."""
        kind = self.family.kinds().get(row.kind)
        if kind is None:
            raise Http404(f"there is no such kind of {self.noun}")
        return kind

    def _rows(self, viewer: Viewer) -> QuerySet[Row]:
        assert viewer.action is not None
        organizations = viewer.access.organizations_for(viewer.action)
        held = self.family.model._default_manager.filter(organization__in=organizations)
        rows = held.select_related("organization").order_by("organization", "name", "pk")
        return self.joined(rows)


def _organization(request: HttpRequest, viewer: Viewer) -> Organization:
    """The named organisation, or the first in which the viewer may add a connection."""
    named = request.GET.get("organization", "")
    if named:
        return viewer.organization(named)
    return viewer.access.organizations_for(Action.CHANGE_ALERTS)[0]
