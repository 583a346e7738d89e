"""What one person hears of, by mail and in browsers: which alerts, when, the weekly report."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt

from vedette import clock
from vedette.alerts import people
from vedette.alerts.models import PersonalSettings
from vedette.alerts.muting import never_ends, read_mute_time
from vedette.web.access import Viewer
from vedette.web.flash import Flash, put_flash
from vedette.web.pages.notifications.push import PushView, change_push, make_push, worker
from vedette.web.rendering import show
from vedette.web.routing import Open, Page, Route

ALERTS = (("all", "All"), ("critical", "Only critical ones"), ("none", "None"))
DIGESTS = (("now", "At once"), ("hour", "Gathered, every hour"), ("day", "Gathered, once a day"))
_MOST_TIMES = 10
_ABOUT = {
    people.ALERTS: "mails about alerts",
    people.WORKFLOW: "mails about issues that are theirs",
    people.WEEKLY: "weekly reports",
}


class NotificationsForm(forms.Form):
    """The person's choice."""

    alerts = forms.ChoiceField(choices=ALERTS, label="Alerts")
    digest = forms.ChoiceField(choices=DIGESTS, label="Mails that are not critical")
    quiet = forms.CharField(
        required=False, max_length=1000, label="Quiet hours", widget=forms.Textarea
    )
    workflow = forms.BooleanField(
        required=False, label="Your issues: assigned to you, resolved by others, back again"
    )
    weekly = forms.BooleanField(required=False, label="A report every Monday at eight")
    zone = forms.CharField(required=False, max_length=64, label="Your time zone")

    def clean_zone(self) -> str:
        """A zone of the database of zones, or none."""
        zone: str = self.cleaned_data["zone"].strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(f"There is no time zone {zone}: write Europe/Berlin.")
        return zone

    def clean_quiet(self) -> list[str]:
        """One time of the week a line."""
        lines = [line.strip() for line in self.cleaned_data["quiet"].splitlines() if line.strip()]
        if len(lines) > _MOST_TIMES:
            raise forms.ValidationError(f"At most {_MOST_TIMES} lines.")
        for line in lines:
            try:
                read_mute_time(line)
            except ValueError as error:
                raise forms.ValidationError(f"{error}.") from None
        if never_ends(lines, clock.now()):
            raise forms.ValidationError("Leave some time of the week, or choose no mails.")
        return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationsContext:
    """What the page shows."""

    email: str
    form: NotificationsForm
    zones: list[str]
    push: PushView


@dataclass(frozen=True, slots=True, kw_only=True)
class EndContext:
    """The page behind the link of a mail."""

    email: str
    about: str
    is_done: bool


def notifications(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The choice, and keeping it."""
    user = viewer.user
    held = PersonalSettings.objects.filter(user=user).first() or PersonalSettings(user=user)
    if request.method == "POST":
        form = NotificationsForm(request.POST)
        if form.is_valid():
            for name, value in form.cleaned_data.items():
                setattr(held, name, value)
            held.save()
            put_flash(request, Flash(text="Saved."))
            return redirect("notifications")
    else:
        form = NotificationsForm(
            initial={
                "alerts": held.alerts,
                "digest": held.digest,
                "quiet": "\n".join(held.quiet),
                "workflow": held.workflow,
                "weekly": held.weekly,
                "zone": held.zone,
            }
        )
    context = NotificationsContext(
        email=user.email,
        form=form,
        zones=sorted(available_timezones()),
        push=make_push(user),
    )
    wrong = bool(form.errors)
    return show(request, "pages/notifications/page.html", context, status=400 if wrong else 200)


@csrf_exempt
def end(request: HttpRequest, signed: str) -> HttpResponse:
    """The link in a mail: it asks; one click of a mail program (RFC 8058) or a button ends them."""
    found = people.person_of(signed)
    if found is None:
        context = EndContext(email="", about="", is_done=False)
        return show(request, "pages/notifications/end.html", context, status=404)
    if request.method == "POST":
        people.unsubscribe(signed)
    user, kind = found
    context = EndContext(email=user.email, about=_ABOUT[kind], is_done=request.method == "POST")
    return show(request, "pages/notifications/end.html", context)


PAGE = Page(
    routes=(
        Route(
            path="notifications/", name="notifications", view=notifications, action=Open.SIGNED_IN
        ),
        Route(
            path="notifications/push/",
            name="push",
            view=change_push,
            action=Open.SIGNED_IN,
        ),
        Route(path="push-worker.js", name="push-worker", view=worker, action=Open.TO_ALL),
        Route(
            path="alerts/unsubscribe/<str:signed>/",
            name="unsubscribe",
            view=end,
            action=Open.TO_ALL,
        ),
    )
)
