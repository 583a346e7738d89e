"""The likely mistake is named, of what is known of keys and outcomes."""

from __future__ import annotations

import pytest

from vedette.projects.diagnosis import Count, KeyState, diagnose

NOW = 1_800_000_000.0
FRESH = KeyState(label="Default", accepted_at=NOW - 60, ahead_seconds=-0.4)


def _titles(keys: list[KeyState], *counts: Count) -> list[str]:
    return [one.title for one in diagnose(keys, counts, now=NOW)]


def _count(kind: str, outcome: str, quantity: int, reason: str = "") -> Count:
    return Count(kind=kind, outcome=outcome, reason=reason, quantity=quantity)


def test_what_goes_well_is_said_so() -> None:
    """Or one would look for a mistake."""
    assert _titles([FRESH], _count("error", "accepted", 5)) == ["Events arrive"]


@pytest.mark.parametrize(
    ("key", "title"),
    [
        (KeyState(label="a", is_active=False), "No key is active"),
        (KeyState(label="a"), "No request with a key of this project has ever reached"),
        (KeyState(label="a", accepted_at=NOW - 90_000), "Nothing arrived in the last 24 hours"),
        (KeyState(label="a", refused={"disabled_key": NOW - 9}), "An application uses a disabled"),
        (KeyState(label="a", refused={"cors": NOW - 9}), "A web site that is not allowed"),
        (KeyState(label="a", refused={"odd": NOW - 9}), "Requests were refused: odd"),
        (
            KeyState(label="web", accepted_at=NOW, ahead_seconds=7200),
            "The clock of who uses web is 2.0 hours ahead",
        ),
        (
            KeyState(label="web", accepted_at=NOW, ahead_seconds=-300),
            "The clock of who uses web is 5 minutes behind",
        ),
    ],
)
def test_the_mistake_is_named(key: KeyState, title: str) -> None:
    """Of one key."""
    (found,) = _titles([key])
    assert found.startswith(title)


def test_an_old_refusal_is_no_finding() -> None:
    """What was mended a day ago is not in the way."""
    key = KeyState(label="a", accepted_at=NOW, refused={"cors": NOW - 90_000})
    assert _titles([key]) == ["Events arrive"]


def test_what_arrives_without_errors_is_told() -> None:
    """Sessions alone mean that nothing was captured, or that it was thrown away."""
    assert _titles([FRESH], _count("session", "accepted", 5)) == [
        "Something arrives, but no errors"
    ]


def test_what_the_application_throws_away_is_told_with_its_cause() -> None:
    """Where it is most of what there was."""
    found = diagnose(
        [FRESH],
        [_count("error", "accepted", 5), _count("error", "client_discard", 20, "before_send")],
        now=NOW,
    )
    assert [one.title for one in found] == ["Most errors were discarded (20)"]
    assert found[0].words.startswith("before_send in the application")
