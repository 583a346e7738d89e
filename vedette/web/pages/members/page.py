"""The members of the viewer's organisations, and what may be done about them."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect

from vedette import clock
from vedette.access.actions import Action
from vedette.access.sight import show_all
from vedette.accounts import people
from vedette.accounts.invitations import InvitationError
from vedette.accounts.models import AuditEntry, Invitation, Membership, Organization
from vedette.accounts.roles import Role
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.members.invitations import InvitationForm, Offer
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_MOST_ENTRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An organisation with its members and whom it waits for. `roles`: the viewer may give them."""

    organization: Organization
    members: list[Membership]
    invitations: list[Invitation]
    audit: list[AuditEntry]
    roles: list[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersContext:
    """What the page shows; `link` is the invited person's and is shown once."""

    groups: list[Group]
    can_deactivate: bool
    form: InvitationForm
    invited: str = ""
    link: str = ""


def members(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list."""
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
    return redirect("members")


def change(request: HttpRequest, viewer: Viewer, member_id: int) -> HttpResponse:
    """POST `do`: give a role, open all projects, remove, deactivate."""
    membership = _find(viewer, member_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        words = _change(request, viewer, membership)
        note_change(request, membership.organization, f"{membership.user.email}: {words}")
    except (people.LastOwnerError, people.ChangedMeanwhileError) as error:
        words = str(error)
    put_flash(request, Flash(text=words))
    return redirect("members")


def _change(request: HttpRequest, viewer: Viewer, membership: Membership) -> str:
    """Do what is asked for and say so. Raises PermissionDenied and what `people` raises."""
    asked, person = request.POST.get("do", ""), membership.user
    if asked == "remove":
        people.remove_member(membership)
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
        people.change_role(membership, Role(asked))
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
    if viewer.may(Action.MANAGE_ORGANIZATION, organization):
        return list(Role)
    if viewer.may(Action.MANAGE_MEMBERS, organization):
        return [role for role in Role if role is not Role.OWNER]
    return []


def _page(
    request: HttpRequest,
    viewer: Viewer,
    form: InvitationForm,
    *,
    invited: str = "",
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    groups = [
        Group(
            organization=organization,
            members=list(
                organization.memberships.select_related("user").order_by("created_at", "pk")
            ),
            invitations=list(
                organization.invitations.filter(expires_at__gt=clock.now()).order_by("pk")
            ),
            audit=list(organization.audit.order_by("-pk")[:_MOST_ENTRIES]),
            roles=_roles(viewer, organization),
        )
        for organization in viewer.access.organizations_for(Action.VIEW_MEMBERS)
    ]
    context = MembersContext(
        groups=groups,
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
    )
)
