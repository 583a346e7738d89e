"""Sentry's words for roles and states, as those here; GlitchTip has the same.

Plain words: every command of the command line loads the sources, and none of them needs Django.
"""

from __future__ import annotations

RESOLVED, IGNORED, UNRESOLVED = "resolved", "ignored", "unresolved"
ARCHIVED, ONGOING = "archived_until_escalating", "ongoing"
_ROLES = {"owner": "owner", "manager": "admin"}  # Sentry's `admin` is one within teams only
_STATUSES = {
    "resolved": RESOLVED,
    "resolvedInNextRelease": RESOLVED,
    "ignored": IGNORED,
    "archived": IGNORED,
    "muted": IGNORED,
}
_SUBSTATUSES = frozenset({"new", ONGOING, "regressed", "escalating"})


def role_of(word: str) -> str:
    """The role here that allows no more than that one."""
    return _ROLES.get(word, "member")


def status_of(word: str) -> str:
    """The status of an issue."""
    return _STATUSES.get(word, UNRESOLVED)


def substatus_of(word: str, status: str) -> str:
    """Why an issue is in its status."""
    if status == IGNORED:
        return ARCHIVED
    return word if word in _SUBSTATUSES and status == UNRESOLVED else ONGOING
