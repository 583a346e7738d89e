"""A person's own name and password."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib.auth import password_validation, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vedette.access.access import Place
from vedette.accounts import attempts, checking, two_factor
from vedette.accounts.models import User
from vedette.accounts.proving import end_links
from vedette.web.access import Viewer
from vedette.web.client import client_network
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.account.two_factor import two_factor_page
from vedette.web.proof import forget_link, may_set_password
from vedette.web.rendering import show
from vedette.web.routing import Open, Page, Route


class NameForm(forms.Form):
    """How the person is called."""

    name = forms.CharField(max_length=200, strip=True)


class PasswordForm(forms.Form):
    """A new password; the present one proves who asks, unless a sign-in link has just done so."""

    current = forms.CharField(max_length=512, strip=False, label="Current password")
    new = forms.CharField(max_length=512, strip=False, label="New password")

    def __init__(
        self, user: User, *arguments: object, attempt: attempts.Attempt, is_proved: bool
    ) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.user = user
        self.attempt = attempt
        if is_proved:
            del self.fields["current"]

    def clean_current(self) -> str:
        """The password that the person has now."""
        current: str = self.cleaned_data["current"]
        if not attempts.count(self.attempt):
            raise forms.ValidationError("Too many attempts. Wait five minutes, then try again.")
        try:
            is_right = checking.has_password(self.user, current)
        except checking.BusyError as error:
            attempts.forgive(self.attempt)
            raise forms.ValidationError(str(error)) from error
        if not is_right:
            raise forms.ValidationError("This is not your current password.")
        attempts.forget(self.attempt)
        return current

    def clean_new(self) -> str:
        """A password that the rules of the installation allow."""
        new: str = self.cleaned_data["new"]
        password_validation.validate_password(new, self.user)
        return new


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountContext:
    """What the page shows."""

    email: str
    places: tuple[Place, ...]
    has_two_factor: bool
    recovery_codes_left: int
    name_form: NameForm
    password_form: PasswordForm


def account(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page, and either of its two forms."""
    user = viewer.user
    name_form = NameForm(initial={"name": user.name})
    is_proved = may_set_password(request, user)
    attempt = attempts.Attempt(address=client_network(request), account=f"password {user.pk}")
    password_form = PasswordForm(user, attempt=attempt, is_proved=is_proved)
    if request.method == "POST" and "name" in request.POST:
        name_form = NameForm(request.POST)
        if name_form.is_valid():
            return _rename(request, user, name_form.cleaned_data["name"])
    elif request.method == "POST":
        password_form = PasswordForm(user, request.POST, attempt=attempt, is_proved=is_proved)
        if password_form.is_valid():
            return _change_password(request, user, password_form.cleaned_data["new"])
    context = AccountContext(
        email=user.email,
        places=viewer.access.places,
        has_two_factor=two_factor.is_on(user),
        recovery_codes_left=two_factor.recovery_codes_left(user),
        name_form=name_form,
        password_form=password_form,
    )
    wrong = name_form.errors or password_form.errors
    return show(request, "pages/account/page.html", context, status=400 if wrong else 200)


def _rename(request: HttpRequest, user: User, name: str) -> HttpResponse:
    user.name = name
    user.save(update_fields=["name"])
    put_flash(request, Flash(text="Name saved."))
    return redirect("account")


def _change_password(request: HttpRequest, user: User, password: str) -> HttpResponse:
    user.set_password(password)
    user.save(update_fields=["password"])
    end_links(user)
    update_session_auth_hash(request, user)
    forget_link(request)
    put_flash(request, Flash(text="Password changed. Other sessions were signed out."))
    return redirect("account")


PAGE = Page(
    routes=(
        Route(path="account/", name="account", view=account, action=Open.SIGNED_IN),
        Route(
            path="account/two-factor/",
            name="two-factor",
            view=two_factor_page,
            action=Open.SIGNED_IN,
        ),
    )
)
