"""What people write in forms comes through the door: the dialog, the older API, the plain form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.ingest.doorway import KEY, Doorway

DSN = f"http://{KEY}@127.0.0.1/42"
EVENT_ID = "c" * 32


def payload(door: Doorway) -> dict[str, Any]:
    """The last item that was spooled."""
    held: dict[str, Any] = json.loads(door.items()[-1][1])
    return held


def test_the_dialog_is_a_script_for_every_origin(door: Doorway) -> None:
    """Whatever it is asked about: it tells nothing of keys or events."""
    answer = door.send("/api/embed/error-page/", method="GET", auth=False, query="dsn=x&eventId=y")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert b"showModal" in answer.body


def test_what_is_written_in_the_dialog_is_a_report(door: Doorway) -> None:
    """With the event that the address names."""
    answer = door.send(
        "/api/embed/error-page/",
        b"name=Bob&email=bob%40example.com&comments=It+broke",
        auth=False,
        query=f"dsn={DSN}&eventId={EVENT_ID}",
    )
    assert answer.status == 200
    held = payload(door)
    assert (held["event_id"], held["comments"]) == (EVENT_ID, "It broke")
    assert held["source"] == "dialog"


@pytest.mark.parametrize("path", ["user-feedback", "user-reports"])
def test_the_older_api_takes_a_report_by_its_dsn(path: str, door: Doorway) -> None:
    """Under both of its names."""
    body = json.dumps({"event_id": EVENT_ID, "name": "Bob", "comments": "It broke"}).encode()
    answer = door.send(
        f"/api/0/projects/lantern/shop/{path}/",
        body,
        auth=False,
        headers={"Authorization": f"DSN {DSN}"},
    )
    assert answer.status == 200
    assert payload(door)["comments"] == "It broke"


def test_the_plain_form_leads_back_to_its_thanks(door: Doorway) -> None:
    """Without scripts: the answer is a redirection within the product."""
    answer = door.send(
        f"/api/feedback/{KEY}/", b"message=Hello&email=a%40example.com&website=", auth=False
    )
    assert answer.status == 303
    assert answer.headers["location"] == f"../../../feedback/form/{KEY}/?sent=1"
    said = payload(door)["contexts"]["feedback"]
    assert (said["message"], said["trapped"]) == ("Hello", False)


def test_the_hidden_field_is_a_trap(door: Doorway) -> None:
    """It is taken, so that nobody learns of it, and marked."""
    answer = door.send(f"/api/feedback/{KEY}/", b"message=Hello&website=x", auth=False)
    assert answer.status == 303
    assert payload(door)["contexts"]["feedback"]["trapped"] is True


@pytest.mark.parametrize(
    ("path", "query", "headers", "body", "status"),
    [
        ("/api/embed/error-page/", f"eventId={EVENT_ID}", {}, b"comments=x", 401),
        ("/api/embed/error-page/", f"dsn=x&eventId={EVENT_ID}", {}, b"comments=x", 400),
        ("/api/embed/error-page/", f"dsn={DSN}&eventId=1", {}, b"comments=x", 400),
        ("/api/embed/error-page/", f"dsn={DSN}&eventId={EVENT_ID}", {}, b"comments=+", 400),
        ("/api/0/projects/a/b/user-feedback/", "", {}, b"{}", 401),
        ("/api/0/projects/a/b/user-feedback/", "", {"Authorization": f"DSN {DSN}"}, b"[]", 400),
        (f"/api/feedback/{KEY}/", "", {}, b"message=", 400),
        (f"/api/feedback/{KEY}/", "", {}, b"message=" + b"x" * 70_000, 413),
        (f"/api/feedback/{'f' * 32}/", "", {}, b"message=x", 403),
    ],
)
def test_what_cannot_be_taken_is_refused(
    path: str, query: str, headers: dict[str, str], body: bytes, status: int, door: Doorway
) -> None:
    """Without a key, an id or a word, and what is too large."""
    answer = door.send(path, body, auth=False, query=query, headers=headers)
    assert answer.status == status
