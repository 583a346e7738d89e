"""The page of an invitation: opening it asks, only its button takes the offered place."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from vedette.accounts.invitations import begin_account, begins_account, find_invitation, take
from vedette.accounts.links import LinkError
from vedette.accounts.models import Invitation, User
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.sign_in.entering import enter
from vedette.web.pages.sign_in.links import PersonForm
from vedette.web.rendering import show

_TEMPLATE = "pages/sign_in/invitation.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationContext:
    """What the page shows: a form for who begins, a button for who is signed in, or what is wrong.

    `somebody_else` is signed in and is not who was invited.
    """

    error: str = ""
    invitation: Invitation | None = None
    is_beginning: bool = False
    is_theirs: bool = False
    somebody_else: str = ""
    address: str = ""
    form: PersonForm = field(default_factory=PersonForm)


def open_invitation(request: HttpRequest, invitation: str) -> HttpResponse:
    """GET shows what is offered and changes nothing; POST takes it."""
    try:
        found = find_invitation(invitation)
        if begins_account(found):
            return _begin(request, found)
        return _join(request, found)
    except LinkError as error:
        return show(request, _TEMPLATE, InvitationContext(error=str(error)), status=410)


def _begin(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if request.method != "POST":
        context = InvitationContext(invitation=invitation, is_beginning=True)
        return show(request, _TEMPLATE, context)
    form = PersonForm({**request.POST.dict(), "email": invitation.email})
    if not form.is_valid():
        context = InvitationContext(invitation=invitation, is_beginning=True, form=form)
        return show(request, _TEMPLATE, context, status=400)
    held = form.cleaned_data
    user = begin_account(invitation, name=held["name"], password=held["password"])
    return enter(request, user)


def _join(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    user = request.user if isinstance(request.user, User) else None
    is_theirs = user is not None and user.email == invitation.email
    if user is not None and is_theirs and request.method == "POST":
        take(invitation, user)
        put_flash(request, Flash(text=f"You are a member of {invitation.organization} now."))
        return redirect(reverse("home"))
    context = InvitationContext(
        invitation=invitation,
        is_theirs=is_theirs,
        somebody_else=str(user) if user is not None and not is_theirs else "",
        address=request.path,
    )
    status = 403 if request.method == "POST" else 200
    return show(request, _TEMPLATE, context, status=status)
