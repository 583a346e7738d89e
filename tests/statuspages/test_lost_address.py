"""An address of a subscriber that can no longer be opened, after half a restore for instance."""

from __future__ import annotations

from django.db import connection

from tests.statuspages.test_subscribers import (
    _outbox,
    deliver,
    outbox,
    settings_mail,
    subscribed,
)
from vedette.statuspages.announcing import Wish, draft, publish
from vedette.statuspages.models import StatusDelivery, StatusPage, Subscriber

__all__ = ["_outbox", "settings_mail"]


def test_an_address_that_is_lost_keeps_no_other_from_hearing(page: StatusPage) -> None:
    """Its key is gone: it is not tried for days, and the list says so."""
    lost = subscribed(page, "eva@example.com")
    subscribed(page, "otto@example.com")
    with connection.cursor() as cursor:
        sql = "UPDATE statuspages_subscriber SET address = 'lost' WHERE id = %s"
        cursor.execute(sql, [lost.pk])
    publish(draft(page, Wish(title="Down", text="It is.")))
    deliver()
    assert [one.to for one in outbox()] == [["otto@example.com"]]
    assert not StatusDelivery.objects.filter(done_at=None).exists()
    assert "cannot be opened" in Subscriber.objects.get(pk=lost.pk).last_error
