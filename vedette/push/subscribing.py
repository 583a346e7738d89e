"""Browsers of a person: added, listed, removed, tried."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from vedette import clock
from vedette.accounts.models import User
from vedette.alerts.content import base_url
from vedette.push.models import PushMessage, PushSubscription

_MOST = 10
_MOST_ENDPOINT = 2000


def subscribe(user: User, endpoint: str, public: str, secret: str, label: str) -> PushSubscription:
    """Add a browser, or take it over if somebody else was signed in there before.

    Raises ValueError in words.
    """
    from vedette.push.encryption import check_keys  # its library is large

    if not 0 < len(endpoint) <= _MOST_ENDPOINT or urlsplit(endpoint).scheme not in (
        "https",
        "http",
    ):
        raise ValueError("the browser gave no address to push to")
    try:
        check_keys(public, secret)
    except ValueError:
        raise ValueError("the browser gave no keys to encrypt with") from None
    name = hashlib.sha256(endpoint.encode()).hexdigest()
    others = PushSubscription.objects.filter(user=user).exclude(endpoint_hash=name)
    if others.count() >= _MOST:
        raise ValueError(f"{_MOST} browsers are the most: remove one")
    PushSubscription.objects.filter(endpoint_hash=name).exclude(user=user).delete()
    held, _ = PushSubscription.objects.update_or_create(
        endpoint_hash=name,
        defaults={
            "user": user,
            "endpoint": endpoint,
            "public": public,
            "secret": secret,
            "label": label[:100],
            "last_error": "",
        },
    )
    return held


def subscriptions_of(user: User) -> list[PushSubscription]:
    """The browsers, the oldest first."""
    return list(PushSubscription.objects.filter(user=user).order_by("pk"))


def send_test(held: PushSubscription) -> PushMessage:
    """A message that says that messages arrive."""
    now = clock.now()
    return PushMessage.objects.create(
        subscription=held,
        identity=f"test-{int(now.timestamp() * 1000)}",
        content={
            "title": "Push messages arrive here",
            "body": "Nothing is wrong: alerts will look like this.",
            "url": f"{base_url()}/notifications/",
            "tag": "test",
        },
        is_urgent=True,
        created_at=now,
        due_at=now,
    )
