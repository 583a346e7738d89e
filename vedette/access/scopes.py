"""What each scope of a token allows; a wider scope allows what the narrower ones do."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.access.actions import Action
from vedette.accounts.scopes import Scope

_ORG = frozenset({Action.VIEW_ORGANIZATION})
_MEMBERS = frozenset({Action.VIEW_MEMBERS})
_PROJECT = frozenset({Action.VIEW_PROJECT, Action.VIEW_RELEASES})
_RELEASES = frozenset({Action.VIEW_RELEASES, Action.MANAGE_RELEASES})
_EVENTS = frozenset({Action.VIEW_EVENTS})
_ALERTS = frozenset({Action.VIEW_ALERTS})

ALLOWED: dict[Scope, frozenset[Action]] = {
    Scope.ORG_READ: _ORG,
    Scope.ORG_WRITE: _ORG | {Action.MANAGE_ORGANIZATION},
    Scope.ORG_ADMIN: _ORG | {Action.MANAGE_ORGANIZATION},
    Scope.ORG_CI: _RELEASES,
    Scope.MEMBER_READ: _MEMBERS,
    Scope.MEMBER_WRITE: _MEMBERS | {Action.MANAGE_MEMBERS},
    Scope.MEMBER_ADMIN: _MEMBERS | {Action.MANAGE_MEMBERS},
    Scope.PROJECT_READ: _PROJECT,
    Scope.PROJECT_WRITE: _PROJECT | {Action.ADMINISTER_PROJECT, Action.CREATE_PROJECT},
    Scope.PROJECT_ADMIN: _PROJECT | {Action.ADMINISTER_PROJECT, Action.CREATE_PROJECT},
    Scope.PROJECT_RELEASES: _RELEASES,
    Scope.EVENT_READ: _EVENTS,
    Scope.EVENT_WRITE: _EVENTS | {Action.TRIAGE},
    Scope.EVENT_ADMIN: _EVENTS | {Action.TRIAGE, Action.DELETE_EVENTS},
    Scope.ALERTS_READ: _ALERTS,
    Scope.ALERTS_WRITE: _ALERTS | {Action.CHANGE_ALERTS},
}

_NAMES = frozenset(str(scope) for scope in Scope)


def allowed_by(scopes: Iterable[str]) -> frozenset[Action]:
    """The actions of these scopes; an unknown scope allows nothing."""
    known = (ALLOWED[Scope(name)] for name in scopes if name in _NAMES)
    return frozenset().union(*known)


def scopes_for(action: Action) -> list[str]:
    """The scopes any of which allows an action, the narrowest first."""
    return [str(scope) for scope, allowed in ALLOWED.items() if action in allowed]
