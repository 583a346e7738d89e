"""What people write in forms comes through the door: the dialog, the older API, the plain form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.doorway import KEY, OTHER_KEY, Answer, Doorway, doorway
from vedette import clock

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


def test_one_sender_has_ten_forms_in_ten_minutes(tmp_path: Path) -> None:
    """What is over it is said in words and counted; other senders and keys are free."""
    form = f"/api/feedback/{KEY}/"
    with doorway(tmp_path, trusted_proxies=1) as door:

        def send(path: str = form, sender: str = "192.0.2.1") -> Answer:
            return door.send(
                path, b"message=Hello", auth=False, headers={"X-Forwarded-For": sender}
            )

        try:
            assert [send().status for _ in range(11)] == [303] * 10 + [429]
            answer = send()
            assert int(answer.headers["retry-after"]) <= 600
            assert answer.headers["content-type"].startswith("text/plain")
            assert answer.body.startswith(b"This was not sent: it is too much at once.")
            assert send(sender="192.0.2.2").status == 303
            assert send(f"/api/feedback/{OTHER_KEY}/").status == 303
            told = [(one.project_id, one.reason, one.quantity) for one in door.refusals()]
            assert told == [(42, "form_limit", 2)]
            clock.turn(601)
            assert send().status == 303
        finally:
            clock.turn(0)


def test_a_network_of_one_subscriber_is_one_sender(tmp_path: Path) -> None:
    """Whatever address of its IPv6 network a form comes from."""
    with doorway(tmp_path, trusted_proxies=1) as door:
        told = [
            door.send(
                f"/api/feedback/{KEY}/",
                b"message=Hello",
                auth=False,
                headers={"X-Forwarded-For": f"2001:db8::{number}"},
            ).status
            for number in range(1, 12)
        ]
    assert told == [303] * 10 + [429]


def test_what_is_wrong_with_a_form_is_said_in_words(door: Doorway) -> None:
    """To a person, who reads no JSON."""
    answer = door.send(f"/api/feedback/{KEY}/", b"message=", auth=False)
    assert answer.body.startswith(b"This was not sent: message: this field is needed.")
