"""The signed links of messages: a GET says what would be done and asks, a POST does it.

Scanners of mail and chats open every link, so that nothing is ever done by opening one. The
signature is the proof: who has the message may act without signing in, and sees the titles of
its alerts and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from vedette.accounts.models import Organization, User
from vedette.alerts.links import ACTIONS, read
from vedette.alerts.models import Alert, AlertState
from vedette.web.pages.alerts.acting import SILENCES, carry_out
from vedette.web.rendering import show
from vedette.web.routing import Open, Page, Route

_MOST_ALERTS = 500
_ASKED = {
    "acknowledge": ("Acknowledge", "You take it on: it is not repeated any more."),
    "resolve": ("Resolve", "It ends, and whoever heard of it hears that."),
    "silence": ("Silence", "Nobody is told of it and its like for a time."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkContext:
    """What the page asks, or what was done. `spans` are the choices of a silence."""

    action: str
    label: str
    help: str
    titles: list[str]
    open_count: int
    spans: dict[str, str]
    done: str = ""


def act(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and act on POST; 410 for a link that is too old or was not made here."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    try:
        action, organization_id, ids = read(token)
    except ValueError:
        return show(request, "pages/alert_links/gone.html", None, status=410)
    if action not in ACTIONS:
        return show(request, "pages/alert_links/gone.html", None, status=410)
    alerts = _alerts(organization_id, ids)
    if not alerts:
        return show(request, "pages/alert_links/gone.html", None, status=410)
    done = ""
    if request.method == "POST":
        wish = action if action != "silence" else f"silence:{_span(request)}"
        done = carry_out(
            wish, alerts, _person(request, organization_id), "by the link of a message"
        )
    return show(request, "pages/alert_links/page.html", _context(action, alerts, done))


def _context(action: str, alerts: list[Alert], done: str) -> LinkContext:
    label, help_ = _ASKED[action]
    return LinkContext(
        action=action,
        label=label,
        help=help_,
        titles=[alert.title for alert in alerts],
        open_count=sum(alert.state != AlertState.OVER for alert in alerts),
        spans=SILENCES if action == "silence" else {},
        done=done,
    )


def _alerts(organization_id: int, ids: list[int]) -> list[Alert]:
    """Those that are still of the organisation for which the link was made."""
    rows = Alert.objects.filter(
        pk__in=ids[:_MOST_ALERTS], project__organization=organization_id
    ).select_related("rule__project__organization", "project")
    return list(rows.order_by("pk"))


def _span(request: HttpRequest) -> str:
    asked = request.POST.get("hours", "1")
    return asked if asked in SILENCES else "1"


def _person(request: HttpRequest, organization_id: int) -> User | None:
    """Whoever is signed in, if they belong to the organisation."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return None
    is_member = Organization.objects.filter(pk=organization_id, memberships__user=user).exists()
    return user if is_member else None


PAGE = Page(
    routes=(Route(path="alerts/act/<str:token>/", name="alert-act", view=act, action=Open.TO_ALL),)
)
