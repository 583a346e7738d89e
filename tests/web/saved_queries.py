"""A saved query for the tests that walk through all addresses."""

from __future__ import annotations

from tests.web.world import World
from vedette.queries.models import SavedQuery


def query_of(world: World) -> SavedQuery:
    """One that Alice shares, about the shop."""
    return SavedQuery.objects.get_or_create(
        organization=world.organization,
        owner=world.alice,
        name="Errors of the PaymentFailed kind",
        defaults={"question": f"dataset=errors&project={world.shop.pk}", "is_shared": True},
    )[0]
