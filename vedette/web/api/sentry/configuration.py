"""Configuration as code: rules, channels, routes and every other kind, in their written form.

An entry is what a file for `vedette apply` has in its list. Secrets stand as `(set)`, which
leaves them as they are. Entries of projects that the caller does not see are not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import path
from msgspec import field

from vedette.access.actions import Action
from vedette.accounts.models import Organization
from vedette.configuration import Author, ConfigurationKind, Entry, kinds
from vedette.configuration._applying import Step, carry_out, everything, plan
from vedette.configuration._files import FileMistakes, Mistake, Written, read_text
from vedette.configuration._writing import kind_named, the_kind, write
from vedette.web.api.access import Caller, forbidden
from vedette.web.api.endpoints import answer, endpoint
from vedette.web.api.errors import ApiError, not_found
from vedette.web.api.typed import Parameters
from vedette.web.audit import note_change

_FILE = "body"


class ApplyQuery(Parameters):
    """`dry_run` only says what would change; `prune` removes what files no longer have."""

    dry_run: bool = field(default=False, name="dry_run")
    prune: bool = False


@endpoint(get=Action.VIEW_ALERTS, post=Action.CHANGE_ALERTS, query=ApplyQuery)
def whole(
    request: HttpRequest, caller: Caller, query: ApplyQuery, organization: str
) -> HttpResponse:
    """Everything as a file has it; POST makes it what the body says, as YAML or JSON.

    All of it or nothing; the answer has the difference.
    """
    owner = caller.organization(organization)
    mine = _project_names(caller, organization)
    if request.method != "POST":
        held = everything(owner)
        return answer(
            {
                kind.name: [one for one in held[kind.name] if _is_open(kind, one, mine)]
                for kind in kinds()
            }
        )
    try:
        entries = _read(request)
        _refuse_foreign(entries, mine)
        steps = plan(owner, entries, prune=query.prune)
    except FileMistakes as error:
        return _refused(error.mistakes)
    steps = [one for one in steps if _is_open(one.kind, one.before or one.after or {}, mine)]
    for one in steps:
        _check_right(caller, organization, one.kind, one.before or one.after or {})
    if not query.dry_run:
        carry_out(owner, steps, _author(request, caller, is_file=True))
        for step in steps:
            _note(request, caller, owner, f"{step.what} {step.kind.name} {step.identity}")
    return answer({"steps": [_step_shape(one) for one in steps], "isDone": not query.dry_run})


@endpoint(get=Action.VIEW_ALERTS)
def one_kind(request: HttpRequest, caller: Caller, organization: str, kind: str) -> HttpResponse:
    """Every entry of one kind: rules, channels, routes."""
    owner, found = caller.organization(organization), _kind(kind)
    mine = _project_names(caller, organization)
    return answer([one for one in found.current(owner).values() if _is_open(found, one, mine)])


@endpoint(get=Action.VIEW_ALERTS, put=Action.CHANGE_ALERTS, delete=Action.CHANGE_ALERTS)
def one_entry(
    request: HttpRequest, caller: Caller, organization: str, kind: str, identity: str
) -> HttpResponse:
    """One entry by its id (of rules: project/id). PUT makes or changes it, DELETE removes it."""
    owner, found = caller.organization(organization), _kind(kind)
    mine = _project_names(caller, organization)
    if request.method == "PUT":
        _check_right(caller, organization, found, {"project": identity.partition("/")[0]})
        return _put(request, caller, owner, found, identity, mine)
    held = found.current(owner).get(identity)
    if held is None or not _is_open(found, held, mine):
        raise not_found()
    if request.method == "DELETE":
        _check_right(caller, organization, found, held)
        found.remove(owner, identity, _author(request, caller))
        _note(request, caller, owner, f"removed {kind} {identity}")
        return HttpResponse(status=204)
    return answer(held)


def _put(
    request: HttpRequest,
    caller: Caller,
    owner: Organization,
    kind: ConfigurationKind,
    identity: str,
    mine: set[str],
) -> HttpResponse:
    """200 for a changed entry, 201 for a new one, 400 with every mistake."""
    project, slash, slug = identity.rpartition("/")
    entry: Entry = {**_entry(request), "id": slug, **({"project": project} if slash else {})}
    held = kind.current(owner).get(identity)
    is_open = all(_is_open(kind, one, mine) for one in (entry, held or {}))
    if kind.identify(entry) != identity or not is_open:
        raise not_found()
    is_new = held is None
    problems = write(owner, kind, entry, _author(request, caller))
    if problems:
        return _refused([Mistake("", 0, str(one)) for one in problems])
    _note(request, caller, owner, f"{'made' if is_new else 'changed'} {kind.name} {identity}")
    return answer(kind.current(owner)[identity], status=201 if is_new else 200)


def _entry(request: HttpRequest) -> Entry:
    """The body of a PUT. Raises ApiError 400."""
    try:
        found: dict[str, Any] = msgspec.json.decode(request.body or b"{}", type=dict[str, Any])
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError):
        raise ApiError(400, "The body is no JSON object") from None
    return found


def _read(request: HttpRequest) -> list[Written]:
    """The entries of the body. Raises FileMistakes."""
    try:
        return read_text(request.body.decode("utf-8"), _FILE)
    except UnicodeDecodeError:
        raise FileMistakes([Mistake(_FILE, 0, "the body is not UTF-8")]) from None


def _refuse_foreign(entries: Sequence[Written], mine: set[str]) -> None:
    """Projects that the caller does not see are none. Raises FileMistakes."""
    foreign = [
        (one, name)
        for one in entries
        for name in sorted(the_kind(one.kind).names(one.entry) - mine)
    ]
    if foreign:
        raise FileMistakes(
            [
                Mistake(_FILE, one.line("project"), f"there is no project {name}")
                for one, name in foreign
            ]
        )


def _author(request: HttpRequest, caller: Caller, *, is_file: bool = False) -> Author:
    address = str(request.META.get("REMOTE_ADDR", ""))
    return Author(user=caller.user, is_file=is_file, name=caller.name, address=address)


def _refused(mistakes: Sequence[Mistake]) -> HttpResponse:
    """400: all of them at once, those of a text with their lines."""
    return answer(
        {
            "detail": "; ".join(str(one).removeprefix(": ") for one in mistakes)[:4000],
            "mistakes": [{"line": one.line or None, "words": one.words} for one in mistakes],
        },
        status=400,
    )


def _step_shape(step: Step) -> dict[str, Any]:
    return {
        "what": step.what,
        "kind": step.kind.name,
        "id": step.identity,
        "lines": step.lines if step.what == "change" else [],
    }


def _project_names(caller: Caller, organization: str) -> set[str]:
    return {project.slug for project in caller.projects(organization)}


def _is_open(kind: ConfigurationKind, entry: Entry, mine: set[str]) -> bool:
    """Whether the entry is about no project, or about those that the caller sees."""
    return kind.names(entry) <= mine


def _check_right(caller: Caller, organization: str, kind: ConfigurationKind, entry: Entry) -> None:
    """Kinds that say what a project is need more than those of alerts, and what is said of all
    projects more than that. Raises ApiError 403."""
    if kind.needs is Action.CHANGE_ALERTS:
        return
    names = kind.names(entry)
    if not names:
        if not caller.access.may(Action.MANAGE_ORGANIZATION, caller.organization(organization)):
            raise forbidden(Action.MANAGE_ORGANIZATION)
        return
    places = [one for one in caller.projects(organization) if one.slug in names]
    may = {place.slug for place in places if caller.access.may(kind.needs, place)}
    if not names <= may:
        raise forbidden(kind.needs)


def _kind(name: str) -> ConfigurationKind:
    """The kind that the path names. Raises ApiError 404."""
    found = kind_named(name)
    if found is None:
        raise not_found()
    return found


def _note(request: HttpRequest, caller: Caller, owner: Organization, what: str) -> None:
    note_change(request, owner, what, caller.name)


_CONFIGURATION = "organizations/<str:organization>/configuration/"
ROUTES = [
    path(_CONFIGURATION, whole),
    path(f"{_CONFIGURATION}<str:kind>/", one_kind),
    path(f"{_CONFIGURATION}<str:kind>/<path:identity>/", one_entry),
]
