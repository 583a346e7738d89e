"""Signed addresses in messages: they lead to a page that asks, and only then acts."""

from __future__ import annotations

from django.core import signing

from vedette.alerts.content import base_url
from vedette.alerts.models import OutboxMessage
from vedette.channels._content import Content

ACTIONS = ("acknowledge", "resolve", "silence")
_SALT = "vedette.alerts.links"
_MOST_AGE_SECONDS = 30 * 86400


def action_links(message: OutboxMessage, content: Content) -> dict[str, str]:
    """An address per action for a message about alerts that are still open."""
    ids = [part.id for part in content.alerts]
    if not ids or content.kind in ("resolve", "test", "notice"):
        return {}
    return {
        action: f"{base_url()}/alerts/act/{sign(action, message.organization_id, ids)}/"
        for action in ACTIONS
    }


def sign(action: str, organization_id: int, alert_ids: list[int]) -> str:
    """The token of an address."""
    return signing.dumps([action, organization_id, alert_ids], salt=_SALT, compress=True)


def read(token: str) -> tuple[str, int, list[int]]:
    """What a token says. Raises ValueError for one that is not ours or too old."""
    try:
        action, organization_id, ids = signing.loads(token, salt=_SALT, max_age=_MOST_AGE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise ValueError("the link is not valid any more") from error
    return str(action), int(organization_id), [int(one) for one in ids]
