"""The members of the viewer's organisations, and what may be done about them."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from vedette import clock
from vedette.access.actions import Action
from vedette.access.sight import show_all
from vedette.accounts import people
from vedette.accounts.invitations import InvitationError
from vedette.accounts.models import AuditEntry, Invitation, Membership, Organization
from vedette.accounts.roles import Role, may_manage
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.destination import safe_next
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.members.changes import MOST_LATEST, changes
from vedette.web.pages.members.invitations import InvitationForm, Offer
from vedette.web.paging import Listed, listed
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_MOST_CHARACTERS = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An organisation with some of its members, and of those whom it waits for.

    `roles` are those that the viewer may give.
    """

    organization: Organization
    members: Listed[Membership]
    invitations: Listed[Invitation]
    audit: list[AuditEntry]
    roles: list[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersContext:
    """What the page shows; `link` is the invited person's and is shown once.

    One pager turns all lists: few people belong to two organisations.
    """

    groups: list[Group]
    pages: Listed[Membership] | Listed[Invitation]
    query: str
    can_deactivate: bool
    form: InvitationForm
    invited: str = ""
    link: str = ""


def members(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list; `query` is part of a name or an address."""
    return _page(request, viewer, InvitationForm())


def invite(request: HttpRequest, viewer: Viewer, organization_slug: str) -> HttpResponse:
    """POST: let a person in; the link goes by mail where there is a mail server."""
    organization = viewer.organization(organization_slug)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, viewer, form, status=400)
    role, email = Role(form.cleaned_data["role"]), form.cleaned_data["email"]
    _require_role(viewer, organization, role)
    offer = Offer(organization=organization, email=email, role=role, by=viewer.user)
    try:
        if offer.mailed():
            note_change(request, organization, f"invited {email} as {role} by mail")
            put_flash(request, Flash(text=f"Invitation sent to {email}."))
            return redirect("members")
        link = offer.shown()
        note_change(request, organization, f"invited {email} as {role} by a link")
        return _page(request, viewer, InvitationForm(), invited=email, link=link)
    except InvitationError as error:
        put_flash(request, Flash(text=str(error)))
        return redirect("members")


def withdraw(request: HttpRequest, viewer: Viewer, invitation_id: int) -> HttpResponse:
    """POST: the link of an invitation opens nothing any more."""
    organizations = viewer.access.organizations_for(Action.MANAGE_MEMBERS)
    held = Invitation.objects.select_related("organization")
    invitation = held.filter(pk=invitation_id, organization__in=organizations).first()
    if invitation is None:
        raise Http404("no such invitation")
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    _require_role(viewer, invitation.organization, Role(invitation.role))
    invitation.delete()
    note_change(request, invitation.organization, f"withdrew the invitation of {invitation.email}")
    put_flash(request, Flash(text=f"The invitation of {invitation.email} was withdrawn."))
    return redirect(safe_next(request, reverse("members")))


def change(request: HttpRequest, viewer: Viewer, member_id: int) -> HttpResponse:
    """POST `do`: give a role, open all projects, remove, deactivate."""
    membership = _find(viewer, member_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        words = _change(request, viewer, membership)
        note_change(request, membership.organization, f"{membership.user.email}: {words}")
    except people.NoLongerAllowedError as error:
        raise PermissionDenied(str(error)) from error
    except (people.LastOwnerError, people.ChangedMeanwhileError) as error:
        words = str(error)
    put_flash(request, Flash(text=words))
    return redirect(safe_next(request, reverse("members")))


def _change(request: HttpRequest, viewer: Viewer, membership: Membership) -> str:
    """Do what is asked for and say so. Raises PermissionDenied and what `people` raises."""
    asked, person = request.POST.get("do", ""), membership.user
    if asked == "remove":
        people.remove_member(membership, by=viewer.user)
        return f"{person} was removed."
    if asked == "all":
        show_all(membership)
        return f"{person} sees every project."
    if asked == "deactivate":
        if not viewer.may(Action.MANAGE_INSTALLATION):
            raise PermissionDenied("only who manages the installation deactivates people")
        people.deactivate(person)
        return f"{person} was deactivated."
    if asked == "activate" and viewer.may(Action.MANAGE_INSTALLATION):
        people.activate(person)
        return f"{person} may sign in again."
    if asked in Role.values:
        _require_role(viewer, membership.organization, Role(asked))
        people.change_role(membership, Role(asked), by=viewer.user)
        return f"{person} is {asked} now."
    raise Http404("nothing of that name can be done")


def _find(viewer: Viewer, member_id: int) -> Membership:
    """A member whom the viewer may manage; owners are managed by owners only."""
    organizations = viewer.access.organizations_for(Action.MANAGE_MEMBERS)
    held = Membership.objects.select_related("user", "organization")
    membership = held.filter(pk=member_id, organization__in=organizations).first()
    if membership is None:
        raise Http404("no such member")
    _require_role(viewer, membership.organization, Role(membership.role))
    return membership


def _require_role(viewer: Viewer, organization: Organization, role: Role) -> None:
    """Only an owner makes, changes and removes owners."""
    if role not in _roles(viewer, organization):
        raise PermissionDenied("only owners manage owners")


def _roles(viewer: Viewer, organization: Organization) -> list[Role]:
    held = [place.role for place in viewer.access.places if place.organization == organization]
    return [role for role in Role if any(may_manage(own, role) for own in held)]


def _group(request: HttpRequest, viewer: Viewer, organization: Organization, query: str) -> Group:
    named = Q(user__email__icontains=query) | Q(user__name__icontains=query)
    members = organization.memberships.filter(named).select_related("user")
    waiting = organization.invitations.filter(expires_at__gt=clock.now(), email__icontains=query)
    return Group(
        organization=organization,
        members=listed(request, members.order_by("created_at", "pk")),
        invitations=listed(request, waiting.order_by("pk")),
        audit=list(organization.audit.order_by("-pk")[:MOST_LATEST]),
        roles=_roles(viewer, organization),
    )


def _page(
    request: HttpRequest,
    viewer: Viewer,
    form: InvitationForm,
    *,
    invited: str = "",
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    query = request.GET.get("query", "").strip()[:_MOST_CHARACTERS]
    groups = [
        _group(request, viewer, organization, query)
        for organization in viewer.access.organizations_for(Action.VIEW_MEMBERS)
    ]
    lists = [rows for group in groups for rows in (group.members, group.invitations)]
    context = MembersContext(
        groups=groups,
        pages=next((rows for rows in lists if rows.next_cursor), lists[0]),
        query=query,
        can_deactivate=viewer.may(Action.MANAGE_INSTALLATION),
        form=form,
        invited=invited,
        link=link,
    )
    return show(request, "pages/members/page.html", context, status=status)


PAGE = Page(
    routes=(
        Route(path="settings/members/", name="members", view=members, action=Action.VIEW_MEMBERS),
        Route(
            path="settings/members/<id:member_id>/",
            name="member",
            view=change,
            action=Action.MANAGE_MEMBERS,
        ),
        Route(
            path="settings/members/invitations/<slug:organization_slug>/",
            name="invitations",
            view=invite,
            action=Action.MANAGE_MEMBERS,
        ),
        Route(
            path="settings/members/withdrawals/<id:invitation_id>/",
            name="withdrawal",
            view=withdraw,
            action=Action.MANAGE_MEMBERS,
        ),
        Route(
            path="settings/members/changes/<slug:organization_slug>/",
            name="changes",
            view=changes,
            action=Action.MANAGE_MEMBERS,
        ),
    )
)
