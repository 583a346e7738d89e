"""The issue page: every block, hostile data, navigation, files."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from django.test import Client

from tests.web import samples
from tests.web.world import PNG, World
from vedette.issues import reading
from vedette.issues.models import IssueKey


def page(client: Client, world: World, name: str, path: str = "", **query: str) -> str:
    """The page of one of the world's issues."""
    answer = client.get(f"/issues/{world.issues[name].pk}/{path}", query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_crash_frame_stands_first_and_open_with_its_source(world: World, alice: Client) -> None:
    """The outermost exception leads; its crash frame is open, ten lines around it."""
    body = page(alice, world, "checkout")
    stack = body[body.index('id="stack"') :]
    assert stack.index("PaymentFailed") < stack.index("ConnectionError")
    assert stack.index("place_order") < stack.index("shop/views/checkout.py")
    assert "caused by" in stack
    assert re.search(r"<details open><summary class=\"frame-head\">.*?place_order", stack, re.S)
    assert '<td class="line-number">42</td>' in stack


def test_library_frames_fold_into_one_line(world: World, alice: Client) -> None:
    """In the first view a run of library frames is one line that names the library."""
    assert "4 frames in django" in page(alice, world, "checkout")
    assert "frames in django" not in page(alice, world, "checkout", frames="all")


def test_the_raw_stack_reads_as_python_prints_it(world: World, alice: Client) -> None:
    """Raw shows the text that can be pasted into a chat."""
    body = page(alice, world, "checkout", frames="raw")
    assert "Traceback (most recent call last):" in body
    assert "line 42, in place_order" in body


def test_what_scrubbing_removed_is_said(world: World, alice: Client) -> None:
    """A removed variable and a removed cookie name their rule."""
    body = page(alice, world, "checkout")
    assert "removed by scrubbing: @creditcard" in body
    assert "removed by scrubbing: @password" in body


@pytest.mark.parametrize(
    "words",
    [
        "alice@example.com",  # user
        "Charge failed, trying again",  # breadcrumb
        "https://pay.example.com/v2/charges",  # HTTP breadcrumb
        "https://shop.example.com/checkout/",  # request
        "curl &#x27;https://shop.example.com/checkout/?step=2&amp;coupon=&#x27;",
        "4c79f60c11214eb38604f4ae0781bfb2",  # trace
        "new-checkout",  # feature flag
        "16 GB",  # device memory
        "Basket service",  # a context of its own
        "sentry.python.django",  # SDK
        "2.32.0",  # module
        "I pressed Pay",  # user report
        "screenshot.png",  # attachment
        "Why these are one issue",
        "in-app stack",
        "customer tier",
    ],
)
def test_every_block_is_shown(words: str, world: World, alice: Client) -> None:
    """Nothing that was sent is missing from the page."""
    assert words in page(alice, world, "checkout")


def test_tags_lead_to_their_search(world: World, alice: Client) -> None:
    """A click on a tag searches for it; a key with a space is quoted by the search."""
    assert "query=region%3Aeu-west" in page(alice, world, "checkout")


@pytest.mark.parametrize("name", list(samples.ALL))
@pytest.mark.parametrize("frames", ["app", "all", "raw"])
def test_every_sample_renders_in_every_view(
    name: str, frames: str, world: World, alice: Client
) -> None:
    """No shape of event breaks the page."""
    page(alice, world, name, frames=frames)


def test_hostile_strings_stay_text(world: World, alice: Client) -> None:
    """Markup of an event is escaped and its javascript: addresses are not links."""
    for path in ("", "events/"):
        body = page(alice, world, "hostile", path)
        for markup in ("<script>alert", "<img src=x", "<i>alert", "<u>", "<svg onload"):
            assert markup not in body
        assert not re.search(r'href="\s*javascript:', body, re.I)
    assert "&lt;script&gt;alert(2)" in page(alice, world, "hostile")


def test_links_of_events_do_not_leak(world: World, alice: Client) -> None:
    """An outside link opens without opener and referrer."""
    body = page(alice, world, "checkout")
    for link in re.findall(r'<a [^>]*href="https?://[^>]*>', body):
        assert 'rel="noopener noreferrer"' in link


def test_an_endless_event_is_shown_in_part(
    world: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5,000 frames, 500 exceptions, 100,000 breadcrumbs: bounded, and the page says so."""
    issue = world.issues["checkout"]
    held = reading.load_event(world.visible, issue, "latest")
    assert held is not None
    endless = replace(held, payload=samples.huge())  # larger than the door lets in today
    monkeypatch.setattr(reading, "load_event", lambda *_: endless)
    body = alice.get(f"/issues/{issue.pk}/").content.decode()
    assert "99,900 older steps not shown" in body
    assert "4,880 frames of 5,000" in body
    assert "471 more exceptions" in body


def test_events_are_walked_in_both_directions(world: World, alice: Client) -> None:
    """From the latest to the oldest and back, each with its own address."""
    issue = world.issues["checkout"]
    ids = [f"{samples.CHECKOUT['event_id'][:-1]}{number}" for number in (1, 2, 3)]
    latest = page(alice, world, "checkout")
    assert f"/issues/{issue.pk}/events/{ids[1]}/" in latest
    middle = page(alice, world, "checkout", f"events/{ids[1]}/")
    assert f'events/{ids[0]}/" rel="next"' in middle
    assert f'events/{ids[2]}/" rel="prev"' in middle
    assert alice.get(f"/issues/{issue.pk}/events/{'0' * 32}/").status_code == 404


def test_an_issue_is_found_by_its_short_name(world: World, alice: Client) -> None:
    """SHOP-1 is an address too."""
    assert alice.get("/issues/SHOP-1/").status_code == 200
    assert alice.get("/issues/SHOP-999/").status_code == 404


def test_an_issue_without_events_still_opens(world: World, alice: Client) -> None:
    """After retention the counts remain."""
    IssueKey.objects.filter(issue=world.issues["checkout"]).update(group_id=1)
    assert "No event is kept" in page(alice, world, "checkout")


def test_the_raw_event_is_json(world: World, alice: Client) -> None:
    """The stored payload, whole; as a file when asked."""
    issue = world.issues["checkout"]
    answer = alice.get(f"/issues/{issue.pk}/events/latest/json/")
    assert answer["Content-Type"].startswith("application/json")
    assert json.loads(answer.content)["event_id"] == samples.CHECKOUT["event_id"]
    saved = alice.get(f"/issues/{issue.pk}/events/latest/json/?download")
    assert saved["Content-Disposition"].startswith("attachment")


def test_attachments_cannot_act_in_the_browser(world: World, alice: Client) -> None:
    """An image keeps its type, active content becomes bytes; names cannot split a header."""
    base = f"/issues/{world.issues['checkout'].pk}/events/latest/attachments"
    held = reading.load_event(world.visible, world.issues["checkout"], "latest")
    assert held is not None
    image, vector = (alice.get(f"{base}/{one.id}/") for one in held.attachments)
    assert image.content == PNG
    assert image["Content-Type"] == "image/png"
    assert vector["Content-Type"] == "application/octet-stream"
    for answer in (image, vector):
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert vector["Content-Disposition"] == 'attachment; filename="evil_.svg"'
    assert alice.get(f"{base}/3/").status_code == 404


def test_the_table_of_events_is_searched(world: World, alice: Client) -> None:
    """All events, narrowed by a search, each with its link."""
    body = page(alice, world, "checkout", "events/")
    assert body.count("data-row") == 3
    assert "No event here" in page(alice, world, "checkout", "events/", query="zzz")
