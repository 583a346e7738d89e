"""Who wants to hear of a page: asked, confirmed by the address itself, gone with one click.

Strangers write here, so that nobody can be sent mail by others without end: an address is asked
once a day by a page and a few times by all of them, a source may ask for a few addresses an hour,
and a page asks a bounded number. Whatever comes of a wish, the answer to it is the same.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit
from zlib import crc32

from django.conf import settings
from django.core import signing
from django.db import transaction

from vedette import clock
from vedette.statuspages.models import StatusDelivery, StatusPage, Subscriber

KINDS: Final = ("email", "slack", "webhook")
MOST_OF_A_PAGE: Final = 5_000
MOST_ASKED_AN_HOUR: Final = 200  # by a page
MOST_OF_A_SOURCE: Final = 5  # an hour
MOST_OF_AN_ADDRESS: Final = 3  # a day, by all pages
WAITS: Final = timedelta(days=2)
_MAIL_PLACES: Final = 4
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_EMAIL: Final = re.compile(
    r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,190}\.[^\s@.]{2,63}"
)
_CONFIRM: Final = "vedette.statuspages.confirm"
_LEAVE: Final = "vedette.statuspages.leave"


def ask(page: StatusPage, kind: str, address: str, components: Sequence[str], source: str) -> bool:
    """Ask the address whether it wants to hear; whether it is asked. `source` is an IP address.

    Raises ValueError, in words, for what is no address, and where components are chosen of which
    the page has none any more.
    """
    address = checked(kind, address)
    chosen = list(page.components.filter(key__in=list(components)[:500]))
    if components and not chosen:
        raise ValueError("What you chose is no longer a part of this page. Please choose again.")
    now = clock.now()
    hashed, where = _hash(f"{kind}:{address.lower()}"), _hash(network_of(source))
    with transaction.atomic():
        StatusPage.objects.select_for_update().get(pk=page.pk)
        if not _has_room(page, hashed, where, now):
            return False
        row, is_new = Subscriber.objects.get_or_create(
            page=page,
            address_hash=hashed,
            defaults={
                "kind": kind,
                "address": address,
                "side": side_of(kind, address),
                "source": where,
                "asked_at": now,
            },
        )
        if not is_new and (row.confirmed_at is not None or row.asked_at > now - _DAY):
            return False
        rows = Subscriber.objects.filter(pk=row.pk)
        rows.update(asked_at=now, source=where, hears_all=not chosen)
        row.components.set(chosen)
        StatusDelivery.objects.create(subscriber=row, due_at=now, created_at=now)
    return True


def confirm(page: StatusPage, signed: str) -> Subscriber | None:
    """The address says yes; None for what is not, or no longer, good."""
    row = _asked(page, signed)
    if row is not None and row.confirmed_at is None:
        if _is_full(page):
            return None
        Subscriber.objects.filter(pk=row.pk).update(confirmed_at=clock.now(), source="")
    return row


def subscriber_of(page: StatusPage, signed: str) -> Subscriber | None:
    """Whose way out this is; None for nobody any more."""
    try:
        pk = signing.loads(signed, salt=_LEAVE)
    except signing.BadSignature:
        return None
    return Subscriber.objects.filter(pk=pk, page=page).first()


def is_way_in(page: StatusPage, signed: str) -> bool:
    """Whether the question is young enough and of this page: that of another opens nothing."""
    return _asked(page, signed) is not None


def ways_of(row: Subscriber, address: str) -> tuple[str, str]:
    """Where it is confirmed and where it is left, below the page's address."""
    confirm_at = signing.dumps(row.pk, salt=_CONFIRM)
    leave_at = signing.dumps(row.pk, salt=_LEAVE)
    return f"{address}confirm/{confirm_at}/", f"{address}leave/{leave_at}/"


def checked(kind: str, address: str) -> str:
    """The address as it is kept. Raises ValueError, in words."""
    address = address.strip()
    if kind == "email":
        if not _EMAIL.fullmatch(address):
            raise ValueError("This is no e-mail address.")
        return address
    if kind not in KINDS:
        raise ValueError("Choose e-mail, Slack or webhook.")
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in ("http", "https") and parts.hostname and len(address) <= 500
    except ValueError:
        is_good = False
    if not is_good:
        raise ValueError("This is no address that begins with https://.")
    return address


def side_of(kind: str, address: str) -> int:
    """Who is spoken to: a host, or one of a few places at the mail server."""
    if kind == "email":
        return crc32(address.encode("utf-8", "replace")) % _MAIL_PLACES
    host = (urlsplit(address).hostname or "").encode("utf-8", "replace")
    return crc32(host) + _MAIL_PLACES


def forget_unconfirmed(now: datetime) -> int:
    """Those who never answered; returns how many."""
    return Subscriber.objects.filter(confirmed_at=None, asked_at__lt=now - WAITS).delete()[0]


def network_of(source: str) -> str:
    """Whose wish it is: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        known = ip_address(source)
    except ValueError:
        return source
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return str(ip_network(f"{known}/64", strict=False))
    return str(known)


def _asked(page: StatusPage, signed: str) -> Subscriber | None:
    try:
        pk = signing.loads(signed, salt=_CONFIRM, max_age=WAITS)
    except signing.BadSignature:
        return None
    return Subscriber.objects.filter(pk=pk, page=page).first()


def _has_room(page: StatusPage, hashed: str, where: str, now: datetime) -> bool:
    rows = Subscriber.objects.all()
    own = rows.filter(page=page)
    return (
        not _is_full(page)
        and own.filter(asked_at__gt=now - _HOUR).count() < MOST_ASKED_AN_HOUR
        and rows.filter(source=where, asked_at__gt=now - _HOUR).count() < MOST_OF_A_SOURCE
        and rows.filter(address_hash=hashed, asked_at__gt=now - _DAY).count() < MOST_OF_AN_ADDRESS
    )


def _is_full(page: StatusPage) -> bool:
    """Who was asked and never answered takes no place of those who want to hear."""
    held = Subscriber.objects.filter(page=page).exclude(confirmed_at=None)
    return held.count() >= MOST_OF_A_PAGE


def _hash(text: str) -> str:
    """With the installation's key, so that rows name nobody to who has only them."""
    key = str(settings.SECRET_KEY).encode()
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
