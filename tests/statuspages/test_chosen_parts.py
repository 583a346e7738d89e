"""Who chose parts of a page to hear of, and what is left of them."""

from __future__ import annotations

from typing import Any

from tests.statuspages.test_subscribers import post, subscribed
from vedette.statuspages.announcing import Wish, draft, publish
from vedette.statuspages.models import StatusDelivery, StatusPage, Subscriber


def test_who_chose_what_was_removed_hears_of_nothing_else(page: StatusPage, add: Any) -> None:
    """Nobody gets all news of a page who wanted those of one part of it."""
    gone = add("Gone")
    eva, all_of_it = subscribed(page, "eva@example.com", gone), subscribed(page, "otto@example.com")
    gone.delete()
    publish(draft(page, Wish(title="Down", text="It is.")))
    assert [one.subscriber for one in StatusDelivery.objects.all()] == [all_of_it]
    assert eva in Subscriber.objects.all()


def test_a_choice_of_what_was_removed_meanwhile_is_asked_again(page: StatusPage, add: Any) -> None:
    """A form that was open for long subscribes nobody to everything."""
    gone = add("Gone")
    key = gone.key
    gone.delete()
    answer = post("subscribe/", kind="email", address="eva@example.com", component=[key])
    assert answer.status_code == 400
    assert b"no longer a part of this page" in answer.content
    assert not Subscriber.objects.exists()
