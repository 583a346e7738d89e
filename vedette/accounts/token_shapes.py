"""The shapes of API tokens that sentry-cli takes without a warning (protocol, section 5.1)."""

from __future__ import annotations

import base64
import json
import secrets

from django.conf import settings

from vedette import clock


def personal_token() -> str:
    """`sntryu_` and 64 hex digits."""
    return "sntryu_" + secrets.token_hex(32)


def organization_token(slug: str) -> str:
    """`sntrys_`, what the token is for in base64, `_`, and a secret of 32 bytes in base64.

    The alphabet is the standard one: a `_` within a part would break it.
    """
    url = settings.CONFIG.base_url
    about = {"iat": clock.timestamp(), "url": url, "region_url": url, "org": slug}
    payload = base64.b64encode(json.dumps(about).encode()).decode()
    secret = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    return f"sntrys_{payload}_{secret}"
