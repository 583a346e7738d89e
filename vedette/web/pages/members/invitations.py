"""Inviting somebody, and withdrawing an invitation, for the members page."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.urls import reverse

from vedette.accounts.invitations import INVITATION_HOURS, invite
from vedette.accounts.models import Organization, User
from vedette.accounts.roles import Role
from vedette.outgoing import mail


class InvitationForm(forms.Form):
    """Who is invited, and as what."""

    email = forms.EmailField(max_length=254, label="E-mail address")
    role = forms.ChoiceField(choices=Role.choices, initial=Role.MEMBER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A place that one person offers another."""

    organization: Organization
    email: str
    role: Role
    by: User

    def mailed(self) -> bool:
        """Invite by mail; whether the mail was taken. Raises InvitationError."""
        if not settings.CONFIG.mail_url:
            return False
        text = (
            f"{self.by} invites you to {self.organization} at {settings.CONFIG.base_url}.\n\n"
            f"This link works once, within {INVITATION_HOURS} hours:\n{self._link(True)}\n"
        )
        subject = f"Invitation to {self.organization}"
        try:
            mail.send(mail.Message(to=self.email, subject=subject, text=text))
        except mail.MailError:
            return False
        return True

    def shown(self) -> str:
        """Invite by a link that whoever invites passes on. Raises InvitationError."""
        return self._link(False)

    def _link(self, is_mailed: bool) -> str:
        token = invite(self.organization, self.email, self.role, by=self.by, is_mailed=is_mailed)
        path = reverse("invitation", kwargs={"invitation": token})
        return str(settings.CONFIG.base_url) + path.removeprefix(settings.CONFIG.path_prefix)
