"""The filters of the lists: severity, owner, state, text; all of them live in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from vedette.accounts.models import User
from vedette.alerts.models import AlertRule
from vedette.alerts.reading import Wanted
from vedette.projects.models import Project
from vedette.web.access import Viewer
from vedette.web.scope import shared_filter

LEVELS = (("", "Any severity"), ("critical", "Critical"), ("warning", "Warning"))
STATES = (
    ("", "Any state"),
    ("waiting", "Not acknowledged"),
    ("acknowledged", "Acknowledged"),
    ("recovering", "Recovering"),
    ("pending", "Pending"),
)
_MOST_CHARACTERS = 200
_MOST_OWNERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """One filter as a menu: its parameter, its entries, and the words of the chosen one."""

    name: str
    icon: str
    label: str
    choices: list[tuple[str, str]]
    chosen: str

    @property
    def words(self) -> str:
        """What is chosen."""
        return next((words for value, words in self.choices if value == self.chosen), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What is asked for, and the menus that change it."""

    wanted: Wanted
    menus: list[Menu]
    is_any: bool


def read_filters(request: HttpRequest, viewer: Viewer, projects: Sequence[Project]) -> Filters:
    """The filters of this request; an unknown value asks for nothing."""
    level = _known(request, "level", LEVELS)
    state = _known(request, "state", STATES)
    owners = _owners(viewer, projects)
    owner = _known(request, "owner", owners)
    text = request.GET.get("query", "").strip()[:_MOST_CHARACTERS]
    menus = [
        Menu(name="level", icon="flame", label="Severity", choices=list(LEVELS), chosen=level),
        Menu(name="state", icon="activity", label="State", choices=list(STATES), chosen=state),
        Menu(name="owner", icon="user", label="Owner", choices=owners, chosen=owner),
    ]
    wanted = Wanted(
        level=level,
        state=state,
        owner=_owner_id(owner, viewer),
        environments=shared_filter(request, viewer).scope.environments,
        text=text,
    )
    return Filters(wanted=wanted, menus=menus, is_any=bool(level or state or owner or text))


def _owners(viewer: Viewer, projects: Sequence[Project]) -> list[tuple[str, str]]:
    """Those who own a rule of these projects, the viewer first."""
    rules = AlertRule.objects.filter(project__in=[project.pk for project in projects])
    ids = rules.exclude(owner=None).order_by().values("owner")
    people = User.objects.filter(pk__in=ids).exclude(pk=viewer.user.pk).order_by("name", "email")
    named = [(str(user.pk), str(user)) for user in people[:_MOST_OWNERS]]
    return [("", "Any owner"), ("me", "Mine"), ("none", "Without owner"), *named]


def _owner_id(owner: str, viewer: Viewer) -> int | None:
    if owner == "me":
        return viewer.user.pk
    if owner == "none":
        return 0
    return int(owner) if owner else None


def _known(request: HttpRequest, name: str, choices: Sequence[tuple[str, str]]) -> str:
    asked = request.GET.get(name, "")
    return asked if any(asked == value for value, _ in choices) else ""
