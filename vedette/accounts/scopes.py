"""The scopes of API tokens, in the words that Sentry's clients know (protocol, section 5)."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """What a token may be used for; what each allows stands in `vedette.access.scopes`."""

    ORG_READ = "org:read"
    ORG_WRITE = "org:write"
    ORG_ADMIN = "org:admin"
    ORG_CI = "org:ci"
    MEMBER_READ = "member:read"
    MEMBER_WRITE = "member:write"
    MEMBER_ADMIN = "member:admin"
    PROJECT_READ = "project:read"
    PROJECT_WRITE = "project:write"
    PROJECT_ADMIN = "project:admin"
    PROJECT_RELEASES = "project:releases"
    EVENT_READ = "event:read"
    EVENT_WRITE = "event:write"
    EVENT_ADMIN = "event:admin"
    ALERTS_READ = "alerts:read"
    ALERTS_WRITE = "alerts:write"


DEFAULT_SCOPES = (
    Scope.ORG_READ,
    Scope.MEMBER_READ,
    Scope.PROJECT_READ,
    Scope.PROJECT_RELEASES,
    Scope.EVENT_READ,
    Scope.EVENT_WRITE,
    Scope.ALERTS_READ,
)


def default_scopes() -> list[str]:
    """Reading everything, changing issues and reporting releases: what scripts and CI need."""
    return [str(scope) for scope in DEFAULT_SCOPES]
