"""The inbox of feedback: who sees it, what a form does with it, what stands on its page."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from tests.web.test_pages_contract import text_of
from tests.web.walk import bearer
from tests.web.world import FEEDBACK, REPLAY, World, feedback_file_of
from vedette.accounts.models import ApiToken
from vedette.feedback import reading
from vedette.feedback.acting import forget_before
from vedette.feedback.models import Feedback, FeedbackStatus
from vedette.feedback.reading import count_about
from vedette.web.pages.feedback import page
from vedette.wire.envelope import build_envelope, new_event_id


def say(world: World, text: str, *, project: Any = None, **words: Any) -> str:
    """Send feedback as an SDK does, and let the pipeline take it; returns its id."""
    event_id = new_event_id()
    body = {"type": "feedback", "contexts": {"feedback": {"message": text, **words}}}
    envelope = build_envelope(
        {"event_id": event_id}, [({"type": "feedback"}, json.dumps(body).encode())]
    )
    world.stage.flow.spool(envelope, project=(project or world.shop).pk)
    world.stage.work()
    return event_id


def test_the_inbox_holds_both_kinds_of_feedback(alice: Client) -> None:
    """What came from the widget and the older report stand in one list, with who wrote them."""
    body = text_of(alice.get("/feedback/"))
    assert "The lamp has the wrong price" in body
    assert "I pressed Pay" in body
    assert "carol@example.com" in body


def test_a_page_shows_all_that_is_known(alice: Client, world: World) -> None:
    """Words, address, page without its query, picture and the issue that it is about."""
    body = text_of(alice.get(f"/feedback/{FEEDBACK}/"))
    assert "https://shop.example/lamps" in body
    assert "token=secret" not in body
    assert world.issues["checkout"].short_name in body
    assert f"/feedback/{FEEDBACK}/attachments/{feedback_file_of(world)}/" in body
    picture = alice.get(f"/feedback/{FEEDBACK}/attachments/{feedback_file_of(world)}/")
    assert picture["Content-Type"] == "image/png"
    assert "attachment" in picture["Content-Disposition"]


def test_a_page_says_whether_its_replay_is_here(alice: Client, world: World) -> None:
    """How much was recorded of it; of another project's, or of none, that it is not here."""
    told = {
        "recorded": say(world, "It blinked", replay_id=REPLAY),
        "not here": say(world, "It blinked twice", replay_id="0e" * 16),
        "not here, or": say(world, "It blinked thrice", project=world.web, replay_id=REPLAY),
    }
    for words, name in told.items():
        body = text_of(alice.get(f"/feedback/{name}/"))
        shown = body.partition("<dt>Replay</dt>")[2].partition("</dd>")[0]
        assert words in shown
        assert ("recorded" in shown) is (words == "recorded")


def test_words_of_last_week_are_no_repetition_of_today(alice: Client, world: World) -> None:
    """The same few words are common; only those of one day together are a sign of spam."""
    old = say(world, "It does not work")
    Feedback.objects.filter(feedback_id=old).update(at=F("at") - timedelta(days=7))
    news = [say(world, "It does not work") for _ in range(5)]
    held = dict(Feedback.objects.values_list("feedback_id", "status"))
    assert {held[name] for name in news} == {FeedbackStatus.SPAM}
    assert held[old] == FeedbackStatus.UNRESOLVED


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_what_lies_behind_thousands_of_others_is_found(
    alice: Client, world: World, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    """Spam buries nothing, a list goes on to its end, and numbers that are not all say so."""
    monkeypatch.setattr(reading, "PORTION", 2)
    said = [say(world, f"The shade has come off {number}") for number in range(7)]
    Feedback.objects.filter(feedback_id__in=said[1:6]).update(status=FeedbackStatus.SPAM)
    address = f"/feedback/?sort={order}&query=shade"
    body = text_of(alice.get(address))
    assert [f"come off {number}" in body for number in (0, 3, 6)] == [True, False, True]
    assert re.findall(r'"page">\w+ <span class="muted">(\d+\+?)<', body) == ["2"]
    monkeypatch.setattr(page, "_ROWS", 2)
    body = text_of(alice.get(address + "&status=spam"))
    assert re.findall(r'"page">\w+ <span class="muted">(\d+\+?)<', body)[0].endswith("+")
    client = bearer(world.organization, world.alice)
    address = "/api/0/organizations/lantern/user-feedback/?query=shade&per_page=2&status=spam"
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        told = client.get(f"{address}&cursor={cursor}")
        found += [one["id"] for one in told.json()]
        following = re.search(r'rel="next"; results="true"; cursor="(\S+)"', told["Link"])
        cursor = following[1] if following else None
    assert found == said[5:0:-1]


def test_words_are_text_and_never_markup(alice: Client, world: World) -> None:
    """What somebody writes runs nothing in the browser of who reads it."""
    name = say(world, "<script>alert(1)</script>", name="<b>x", url="javascript:alert(1)")
    for address in ("/feedback/", f"/feedback/{name}/"):
        body = text_of(alice.get(address))
        assert "<script>alert(1)" not in body
        assert 'href="javascript:' not in body


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("price", True),
        ("feedback.email:carol@example.com", True),
        ("feedback.email:*@example.org", False),
        ("url:*lamps", True),
        ("release:shop@1.4", True),
        ("project:web", False),
        ("feedback.links:>0", False),
    ],
)
def test_the_inbox_is_searched_in_the_one_language(
    query: str, is_found: bool, alice: Client
) -> None:
    """Any text, and keys with their operators."""
    body = text_of(alice.get("/feedback/", {"query": query}))
    assert ("wrong price" in body) is is_found


def test_a_search_that_cannot_be_read_is_said_in_words(alice: Client) -> None:
    """The page stands, with the reason below the search."""
    answer = alice.get("/feedback/", {"query": "timestamp:>never"})
    assert answer.status_code == 200
    assert "search-error" in text_of(answer)


def test_feedback_is_resolved_and_moved_back(alice: Client, world: World) -> None:
    """It leaves the inbox, stands among the resolved, and comes back when it is wanted."""
    alice.post("/feedback/changes/", {"feedback": [FEEDBACK], "status": "resolved"})
    assert "wrong price" not in text_of(alice.get("/feedback/"))
    assert "wrong price" in text_of(alice.get("/feedback/?status=resolved"))
    alice.post("/feedback/changes/", {"feedback": [FEEDBACK], "status": "unresolved"})
    assert "wrong price" in text_of(alice.get("/feedback/"))


def test_feedback_is_given_to_somebody(alice: Client, world: World) -> None:
    """Bob works on it, so it is his and nobody else's."""
    alice.post("/feedback/changes/", {"feedback": [FEEDBACK], "assignee": world.bob.pk})
    assert Feedback.objects.get(feedback_id=FEEDBACK).assignee == world.bob
    assert "wrong price" not in text_of(alice.get("/feedback/?assignee=me"))
    assert "wrong price" not in text_of(alice.get("/feedback/?assignee=none"))


def test_feedback_is_given_to_nobody_who_does_not_see_it(alice: Client, world: World) -> None:
    """Charlie is no member: the request is refused, and nothing changes."""
    answer = alice.post(
        "/feedback/changes/", {"feedback": [FEEDBACK], "assignee": world.charlie.pk}
    )
    assert answer.status_code == 400
    assert not Feedback.objects.filter(assignee=world.charlie).exists()


def test_an_outsider_changes_nothing(charlie: Client, world: World) -> None:
    """Charlie sees no feedback, by no address, and moves none."""
    charlie.post("/feedback/changes/", {"feedback": [FEEDBACK], "status": "spam"})
    assert not Feedback.objects.filter(status=FeedbackStatus.SPAM).exists()
    assert charlie.get(f"/feedback/{FEEDBACK}/").status_code in (403, 404)


@pytest.mark.parametrize(
    ("text", "words", "sign"),
    [
        ("see http://a.example www.b.example https://c.example", {}, "3 links"),
        ("hello", {"trapped": True}, "no person sees"),
    ],
)
def test_spam_is_told_by_rules_that_are_said(
    text: str, words: dict[str, Any], sign: str, alice: Client, world: World
) -> None:
    """What shows a sign stands among the spam, with the sign in words."""
    name = say(world, text, **words)
    assert name not in text_of(alice.get("/feedback/"))
    assert sign in text_of(alice.get("/feedback/?status=spam"))
    assert sign in text_of(alice.get(f"/feedback/{name}/"))


def test_the_same_text_again_and_again_is_spam_from_the_first_on(world: World) -> None:
    """Four are people who agree; with the fifth all of them bear the sign."""
    names = [say(world, f"Buy  {'LAMPS' if turn % 2 else 'lamps'}") for turn in range(4)]
    held = Feedback.objects.filter(feedback_id__in=names)
    assert set(held.values_list("status", flat=True)) == {"unresolved"}
    names.append(say(world, "buy lamps"))
    held = Feedback.objects.filter(feedback_id__in=names)
    assert set(held.values_list("status", flat=True)) == {"spam"}


def test_what_somebody_moved_back_no_sign_moves_again(alice: Client, world: World) -> None:
    """A person's word counts for more than a rule."""
    names = [say(world, "me too") for _ in range(4)]
    alice.post("/feedback/changes/", {"feedback": names[:1], "status": "unresolved"})
    say(world, "me too")
    assert Feedback.objects.get(feedback_id=names[0]).status == "unresolved"
    assert Feedback.objects.get(feedback_id=names[1]).status == "spam"


def test_feedback_without_words_is_none(world: World) -> None:
    """An empty message is dropped, quietly."""
    before = Feedback.objects.count()
    say(world, "  \n ")
    assert Feedback.objects.count() == before


def test_an_issue_leads_to_the_feedback_about_its_events(alice: Client, world: World) -> None:
    """The issue's page counts it, and the inbox shows that alone."""
    issue = world.issues["checkout"]
    assert count_about(world.visible, issue) == 2
    assert f"/feedback/?issue={issue.pk}&amp;period=90d" in text_of(
        alice.get(f"/issues/{issue.pk}/")
    )
    say(world, "about something else")
    body = text_of(alice.get(f"/feedback/?issue={issue.pk}"))
    assert "wrong price" in body
    assert "something else" not in body
    assert "wrong price" not in text_of(alice.get(f"/feedback/?issue={world.issues['message'].pk}"))


def test_an_event_that_says_so_is_feedback(alice: Client, world: World) -> None:
    """SDKs without such an item send it as an event: it is in the inbox, and no issue."""
    event_id = new_event_id()
    payload = {
        "event_id": event_id,
        "type": "feedback",
        "contexts": {"feedback": {"message": "From Python"}},
    }
    world.stage.send(world.shop, payload)
    world.stage.work()
    assert "From Python" in text_of(alice.get(f"/feedback/{event_id}/"))
    assert "From Python" not in text_of(alice.get("/issues/"))


def test_how_feedback_stands_goes_with_its_words(world: World) -> None:
    """What is older than the retention is forgotten, what is younger stays."""
    name = say(world, "to be kept")
    held = Feedback.objects.get(feedback_id=name)
    forget_before(held.at)
    assert Feedback.objects.filter(feedback_id=name).exists()
    later = held.at.replace(year=held.at.year + 1)
    assert forget_before(later) >= 1
    assert not Feedback.objects.filter(feedback_id=name).exists()


def test_the_api_lists_feedback_as_sentry_does(world: World) -> None:
    """Of the organisation, of a project, of an issue; nobody without a right sees any."""
    token = ApiToken.create(world.organization, user=world.alice)
    headers = {"Authorization": f"Bearer {token}"}
    issue = world.issues["checkout"]
    for address in (
        "/api/0/organizations/lantern/user-feedback/",
        "/api/0/projects/lantern/shop/user-feedback/",
        "/api/0/projects/lantern/shop/user-reports/",
        f"/api/0/issues/{issue.pk}/user-reports/",
    ):
        found = Client().get(address, headers=headers).json()
        assert {one["comments"] for one in found} >= {"The lamp has the wrong price"}, address
        held = next(one for one in found if one["id"] == FEEDBACK)
        assert (held["name"], held["email"]) == ("Carol", "carol@example.com")
        dsn = f"DSN http://{world.key.public_key}@127.0.0.1/{world.shop.pk}"
        assert Client().get(address, headers={"Authorization": dsn}).status_code == 401
    searched = "/api/0/organizations/lantern/user-feedback/?query=zzz"
    assert Client().get(searched, headers=headers).json() == []


def test_the_plain_form_is_the_same_for_every_key(nobody: Client, world: World) -> None:
    """It works without scripts, and tells nobody which keys there are."""
    body = text_of(nobody.get(f"/feedback/form/{world.key.public_key}/"))
    other = text_of(nobody.get(f"/feedback/form/{'0' * 32}/"))
    assert body.replace(world.key.public_key, "0" * 32) == other
    assert f"api/feedback/{world.key.public_key}/" in body
    assert "Thank you" in text_of(nobody.get(f"/feedback/form/{'0' * 32}/?sent=1"))
