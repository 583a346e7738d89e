"""One-time sign-in links: opening one asks, only the button uses it up."""

from __future__ import annotations

from dataclasses import dataclass, field

from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest, HttpResponse

from vedette.accounts.links import LinkError, find_link, use_link, use_owner_link
from vedette.accounts.models import SignInLink, User
from vedette.web.pages.sign_in.entering import enter
from vedette.web.rendering import show


class PersonForm(forms.Form):
    """Name and password of somebody new."""

    name = forms.CharField(max_length=200, strip=True)
    password = forms.CharField(max_length=512, strip=False)

    def clean_password(self) -> str:
        """A password that the rules of the installation allow."""
        password: str = self.cleaned_data["password"]
        about = User(email=self.data.get("email", ""), name=self.data.get("name", ""))
        password_validation.validate_password(password, about)
        return password


class OwnerForm(PersonForm):
    """Name, e-mail address and password of the first owner."""

    email = forms.EmailField(max_length=254, label="E-mail address")

    def clean_email(self) -> str:
        """An address that nobody has yet."""
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise forms.ValidationError("Somebody already signs in with this address.")
        return email


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkContext:
    """What the page of a link shows: a form, a button for a known person, or what is wrong."""

    error: str = ""
    person: str = ""
    form: OwnerForm = field(default_factory=OwnerForm)


def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows who will be signed in and changes nothing; POST uses the link up."""
    try:
        link = find_link(token)
        if request.method == "POST":
            return _use(request, link)
    except LinkError as error:
        context = LinkContext(error=str(error))
        return show(request, "pages/sign_in/link.html", context, status=410)
    context = LinkContext(person=str(link.user) if link.user else "")
    return show(request, "pages/sign_in/link.html", context)


def _use(request: HttpRequest, link: SignInLink) -> HttpResponse:
    if link.user:
        return enter(request, use_link(link), by_link=True)
    form = OwnerForm(request.POST)
    if not form.is_valid():
        return show(request, "pages/sign_in/link.html", LinkContext(form=form), status=400)
    held = form.cleaned_data
    user = use_owner_link(link, name=held["name"], email=held["email"], password=held["password"])
    return enter(request, user)
