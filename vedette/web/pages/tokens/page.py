"""API tokens: the viewer's own, and those of the organisations that they run."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from vedette.access.actions import Action
from vedette.accounts.models import ApiToken, Organization
from vedette.accounts.scopes import DEFAULT_SCOPES, Scope
from vedette.web.access import Viewer
from vedette.web.audit import note_change
from vedette.web.flash import Flash, put_flash
from vedette.web.paging import Listed, listed
from vedette.web.rendering import show
from vedette.web.routing import Page, Route

_MOST_DAYS = 3650


class TokenForm(forms.Form):
    """A new token: what it may do, and for how long."""

    name = forms.CharField(max_length=100, strip=True)
    organization = forms.ChoiceField(required=False)
    scopes = forms.MultipleChoiceField(choices=[(str(scope), str(scope)) for scope in Scope])
    days = forms.IntegerField(min_value=1, max_value=_MOST_DAYS, required=False)
    is_shared = forms.BooleanField(required=False)

    def __init__(self, viewer: Viewer, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.viewer = viewer
        self.owners = {owner.slug: owner for owner in viewer.organizations}
        organization = self.fields["organization"]
        assert isinstance(organization, forms.ChoiceField)
        organization.choices = [(slug, owner.name) for slug, owner in self.owners.items()]

    def clean(self) -> dict[str, object] | None:
        """A token of the organisation is made by those who run it."""
        held = super().clean()
        if self.cleaned_data.get("is_shared") and not self.viewer.may(
            Action.MANAGE_ORGANIZATION, self.owner
        ):
            raise forms.ValidationError("Only owners make tokens of the organisation.")
        return held

    @property
    def owner(self) -> Organization:
        """The chosen organisation, or the first."""
        return self.owners[self.cleaned_data.get("organization") or next(iter(self.owners))]

    def create(self) -> str:
        """The token that this valid form asks for."""
        held = self.cleaned_data
        return ApiToken.create(
            self.owner,
            name=held["name"],
            user=None if held["is_shared"] else self.viewer.user,
            scopes=held["scopes"],
            valid_days=held["days"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensContext:
    """What the page shows; `made` is a new token, shown once."""

    tokens: Listed[ApiToken]
    form: TokenForm
    scopes: list[str]
    chosen: list[str]
    organizations: list[Organization]
    can_share: bool
    made: str = ""


def tokens(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list; a POST makes a token."""
    if request.method != "POST":
        return _page(request, viewer, TokenForm(viewer))
    form = TokenForm(viewer, request.POST)
    if not form.is_valid():
        return _page(request, viewer, form, status=400)
    made = form.create()
    note_change(request, form.owner, f"made the token {form.cleaned_data['name']}")
    return _page(request, viewer, TokenForm(viewer), made=made)


def revoke(request: HttpRequest, viewer: Viewer, token_id: int) -> HttpResponse:
    """POST: end a token at once."""
    token = get_object_or_404(_mine(viewer), pk=token_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    token.delete()
    note_change(request, token.organization, f"revoked the token {token.name}")
    put_flash(request, Flash(text=f"Token {token.name} was revoked."))
    return redirect("tokens")


def _mine(viewer: Viewer) -> QuerySet[ApiToken]:
    """The viewer's own, and every token of the organisations that they run."""
    run = viewer.access.organizations_for(Action.MANAGE_ORGANIZATION)
    held = ApiToken.objects.filter(Q(user=viewer.user) | Q(organization__in=run))
    return held.select_related("organization", "user").order_by("-created_at", "-pk")


def _page(
    request: HttpRequest, viewer: Viewer, form: TokenForm, *, made: str = "", status: int = 200
) -> HttpResponse:
    default = [str(scope) for scope in DEFAULT_SCOPES]
    context = TokensContext(
        tokens=listed(request, _mine(viewer)),
        form=form,
        scopes=[str(scope) for scope in Scope],
        chosen=[str(one) for one in form["scopes"].value() or default],
        organizations=viewer.organizations,
        can_share=viewer.may(Action.MANAGE_ORGANIZATION),
        made=made,
    )
    return show(request, "pages/tokens/page.html", context, status=status)


PAGE = Page(
    routes=(
        Route(path="settings/tokens/", name="tokens", view=tokens, action=Action.VIEW_ORGANIZATION),
        Route(
            path="settings/tokens/<id:token_id>/",
            name="token",
            view=revoke,
            action=Action.VIEW_ORGANIZATION,
        ),
    )
)
