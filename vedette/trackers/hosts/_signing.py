"""The proof that a call comes from a tracker, and the fields that every tracker has."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from vedette.connections import Field
from vedette.trackers.errors import NotSigned

HOOK_SECRET = Field(
    name="hook_secret",
    label="Secret of the webhook",
    help="A long text of yours, the same here and there. Without one, changes there are found by "
    "asking every few minutes.",
    is_secret=True,
    is_needed=False,
)
LABELS = Field(
    name="labels", label="Labels of new issues", help="Separated by commas.", is_needed=False
)


def check_hmac(secret: str, body: bytes, given: str) -> None:
    """`sha256=` and the HMAC of the body, compared in constant time. Raises NotSigned."""
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not secret or not hmac.compare_digest(wanted.encode(), given.strip().encode()):
        raise NotSigned("the signature is missing or wrong")


def check_token(secret: str, given: str) -> None:
    """The secret itself, compared in constant time. Raises NotSigned."""
    if not secret or not hmac.compare_digest(secret.encode(), given.encode()):
        raise NotSigned("the token is missing or wrong")


def body_of(body: bytes) -> dict[str, Any]:
    """The JSON object of a call; empty for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
