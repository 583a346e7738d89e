"""The installation's key. Its public half is read without the library that makes it."""

from __future__ import annotations

from django.db import transaction

from vedette.push.models import PushKey


def public_key() -> str:
    """The key that browsers subscribe with; made at the first call."""
    known = PushKey.objects.order_by("pk").values_list("public", flat=True).first()
    return known or _make().public


def private_number() -> int:
    """Its other half."""
    held = PushKey.objects.order_by("pk").first() or _make()
    return int(held.private, 16)


def _make() -> PushKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    from vedette.push.encryption import CURVE, encoded, point_of

    made = ec.generate_private_key(CURVE)
    number = f"{made.private_numbers().private_value:x}"
    with transaction.atomic():
        row, _ = PushKey.objects.get_or_create(
            pk=1, defaults={"private": number, "public": encoded(point_of(made))}
        )
    return row
