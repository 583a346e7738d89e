"""Check-ins as clients send them, and what clients get wrong."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.crons.checkin import MOST_SLUG, read_agreement, read_check_in, slug_of
from vedette.crons.course import RunStatus
from vedette.crons.schedule import BadSchedule

FIXTURES = Path(os.environ.get("TEST_FIXTURES", "/nonexistent"))
_SCHEDULE = {"type": "crontab", "value": "0 3 * * *"}


def _captured() -> list[dict[str, Any]]:
    found = []
    for path in sorted((FIXTURES / "captures").glob("*.envelope")):
        lines = path.read_bytes().split(b"\n")
        found += [json.loads(line) for line in lines if b'"monitor_slug"' in line[:4000]]
    return found


@pytest.mark.skipif(not FIXTURES.is_dir(), reason="TEST_FIXTURES is not set")
def test_what_real_sdks_send_is_read_whole() -> None:
    captured = _captured()
    assert len(captured) >= 20
    for given_one in captured:
        found = read_check_in(given_one)
        assert found is not None
        assert found.slug == given_one["monitor_slug"]
        assert found.status.value == given_one["status"]
        assert len(found.id) == 32
        assert not found.refused
        assert (found.agreement is not None) == ("monitor_config" in given_one)


def test_an_agreement_has_defaults_and_bounds() -> None:
    made = read_agreement({"schedule": _SCHEDULE})
    assert (made.terms.margin, made.terms.max_runtime) == (60, 1800)
    assert (made.fail_after, made.recover_after) == (1, 1)
    made = read_agreement(
        {
            "schedule": _SCHEDULE,
            "checkin_margin": 0,
            "max_runtime": 10**9,
            "failure_issue_threshold": None,
            "recovery_threshold": "many",
        }
    )
    assert (made.terms.margin, made.terms.max_runtime) == (60, 7 * 86400)
    assert (made.fail_after, made.recover_after) == (1, 1)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("nightly", "nightly"),
        ("Nightly Job!", "nightly-job"),
        ("Überprüfung", "uberprufung"),
        ("a/b.c", "a-b-c"),
        ("x" * 80, "x" * MOST_SLUG),
        ("---", ""),
        ("任务", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_names_become_slugs(name: object, slug: str) -> None:
    assert slug_of(name) == slug


def test_a_check_in_without_a_monitor_is_none() -> None:
    assert read_check_in({"status": "ok"}) is None


def test_a_configuration_that_cannot_be_used_costs_no_check_in() -> None:
    given_one = {
        "monitor_slug": "nightly",
        "status": "ok",
        "monitor_config": {"schedule": {"type": "crontab", "value": "61 * * * *"}},
    }
    found = read_check_in(given_one)
    assert found is not None
    assert found.agreement is None
    assert "minute" in found.refused


@pytest.mark.parametrize("status", ["missed", "timeout", "", None, 3, ["ok"]])
def test_what_only_the_product_may_say_is_unknown(status: object) -> None:
    found = read_check_in({"monitor_slug": "nightly", "status": status})
    assert found is not None
    assert found.status is RunStatus.UNKNOWN


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_KEYS = ("monitor_slug", "status", "check_in_id", "duration", "environment", "release", "note")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys((*_KEYS, "contexts"), _JSON)), _JSON)
def test_nothing_makes_it_raise(given_one: dict[str, Any], configuration: object) -> None:
    found = read_check_in(given_one | {"monitor_config": configuration})
    if found is not None:
        assert 0 < len(found.slug) <= MOST_SLUG
        assert found.duration is None or found.duration >= 0


@given(_JSON, _JSON, _JSON, _JSON)
def test_a_configuration_is_read_or_refused(one: Any, two: Any, three: Any, four: Any) -> None:
    given_one = {
        "schedule": {"type": "interval", "value": one, "unit": "minute"},
        "timezone": two,
        "checkin_margin": three,
        "max_runtime": four,
    }
    try:
        made = read_agreement(given_one)
    except BadSchedule:
        return
    assert 60 <= made.terms.margin <= 7 * 86400
    assert 60 <= made.terms.max_runtime <= 7 * 86400
