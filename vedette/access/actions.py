"""What can be done, who may do it by role, and which actions only read."""

from __future__ import annotations

from enum import StrEnum

from vedette.accounts.roles import Role


class Action(StrEnum):
    """Everything a route can ask for. The words complete "you may not …"."""

    VIEW_ORGANIZATION = "see the organisation"
    VIEW_MEMBERS = "see the members"
    VIEW_PROJECT = "see the project"
    VIEW_EVENTS = "see what was reported"
    VIEW_ALERTS = "see alerts"
    VIEW_RELEASES = "see releases"
    TRIAGE = "change issues"
    DELETE_EVENTS = "delete what was reported"
    CHANGE_ALERTS = "change alerts"
    MANAGE_RELEASES = "report releases and files"
    ADMINISTER_PROJECT = "change the project"
    CREATE_PROJECT = "create projects"
    MANAGE_MEMBERS = "manage members"
    MANAGE_ORGANIZATION = "change the organisation"
    MANAGE_INSTALLATION = "manage this installation"


READING = frozenset(
    {
        Action.VIEW_ORGANIZATION,
        Action.VIEW_MEMBERS,
        Action.VIEW_PROJECT,
        Action.VIEW_EVENTS,
        Action.VIEW_ALERTS,
        Action.VIEW_RELEASES,
    }
)
_MEMBER = READING | {Action.TRIAGE, Action.CHANGE_ALERTS, Action.MANAGE_RELEASES}
_ADMIN = _MEMBER | {
    Action.ADMINISTER_PROJECT,
    Action.CREATE_PROJECT,
    Action.MANAGE_MEMBERS,
    Action.DELETE_EVENTS,
}
_OWNER = _ADMIN | {Action.MANAGE_ORGANIZATION}

# The owners of the first organisation manage the installation besides (`vedette.access.loading`).
ALLOWED: dict[Role, frozenset[Action]] = {
    Role.MEMBER: _MEMBER,
    Role.ADMIN: _ADMIN,
    Role.OWNER: _OWNER,
}
