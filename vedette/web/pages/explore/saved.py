"""Saved queries: the list on the page, and saving, changing and deleting one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.queries import saving
from vedette.queries.models import MOST_QUESTION_CHARACTERS, SavedQuery
from vedette.store.errors import BadQuery
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.form_fields import sentence
from vedette.web.pages.explore.asked import read_asked
from vedette.web.scope import PARAMETERS

_SAVED = "saved"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRow:
    """One saved query; `address` asks it, `may_change` whether this person may change it."""

    query: SavedQuery
    address: str
    may_change: bool
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """The saved queries a person may open, the one that is shown, and where to save another.

    `is_changed` says that what is shown is no longer what was saved.
    """

    rows: list[SavedRow]
    current: SavedRow | None
    is_changed: bool
    question: str
    organizations: list[Organization]


def saved_view(viewer: Viewer, question: str, current: int) -> SavedView:
    """The saved queries, beside a question as the query of an address."""
    rows = [_row(viewer, query, current) for query in _open_to(viewer)]
    found = next((row for row in rows if row.is_current), None)
    plain = _plain(question)
    return SavedView(
        rows=rows,
        current=found,
        is_changed=found is not None and _plain(found.query.question) != plain,
        question=urlencode(plain),
        organizations=viewer.organizations,
    )


def save_query(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """POST: save a question under a name."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    named = request.POST.get("organization", "")
    organization = viewer.organization(named) if named else viewer.organizations[0]
    try:
        query = saving.save(
            organization,
            viewer.user,
            name=request.POST.get("name", ""),
            question=_question(request),
            is_shared=request.POST.get("shared") == "yes",
        )
    except ValueError as error:
        raise BadQuery(str(error)) from None
    put_flash(request, Flash(text=f"Saved as “{query.name}”."))
    return redirect(_address(query))


def change_query(request: HttpRequest, viewer: Viewer, query_id: int) -> HttpResponse:
    """POST: `do` is rename, share, hide, update or delete. For its owner and administrators."""
    query = next((one for one in _open_to(viewer) if one.pk == query_id), None)
    if query is None:
        raise Http404("no such query")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not _may_change(viewer, query):
        raise PermissionDenied("this query is another's")
    do = request.POST.get("do", "")
    if do == "delete":
        query.delete()
        put_flash(request, Flash(text=f"“{query.name}” is deleted."))
        return redirect("explore")
    try:
        _change(request, query, do)
    except ValueError as error:
        raise BadQuery(str(error)) from None
    put_flash(request, Flash(text="Changed."))
    return redirect(_address(query) if do == "update" else reverse("explore"))


def _change(request: HttpRequest, query: SavedQuery, do: str) -> None:
    if do == "rename":
        saving.change(query, name=request.POST.get("name", ""))
    elif do in ("share", "hide"):
        saving.change(query, is_shared=do == "share")
    elif do == "update":
        saving.change(query, question=_question(request))
    else:
        raise BadQuery(sentence("a saved query is renamed, shared, hidden, updated or deleted"))


def _question(request: HttpRequest) -> str:
    """The question that a form carries, as this page reads it. Raises BadQuery."""
    given = request.POST.get("question", "")
    if len(given) > 4 * MOST_QUESTION_CHARACTERS:
        raise BadQuery("this question is too long to be saved")
    read_asked(QueryDict(given))
    return urlencode(_plain(given))


def _plain(question: str) -> list[tuple[str, str]]:
    """What a question is made of: without the place in the table, and which query it was."""
    asked = read_asked(QueryDict(question))
    kept = [pair for pair in parse_qsl(question) if pair[0] in PARAMETERS]
    return [pair for pair in asked.pairs() if pair[0] not in ("cursor", _SAVED)] + kept


def _open_to(viewer: Viewer) -> list[SavedQuery]:
    """The viewer's own, and shared ones that name no project which is hidden from the viewer."""
    known = {viewer.reference(project) for project in viewer.projects}
    known |= {str(project.pk) for project in viewer.projects}
    return [
        query
        for query in saving.queries_for(viewer.user, viewer.organizations)[:1000]
        if query.owner_id == viewer.user.pk
        or known.issuperset(parse_qs(query.question).get("project", []))
    ]


def _row(viewer: Viewer, query: SavedQuery, current: int) -> SavedRow:
    return SavedRow(
        query=query,
        address=_address(query),
        may_change=_may_change(viewer, query),
        is_current=query.pk == current,
    )


def _may_change(viewer: Viewer, query: SavedQuery) -> bool:
    if query.owner_id == viewer.user.pk:
        return True
    return viewer.may(Action.MANAGE_ORGANIZATION, query.organization)


def _address(query: SavedQuery) -> str:
    return f"{reverse('explore')}?{query.question}&{urlencode({_SAVED: query.pk})}"
