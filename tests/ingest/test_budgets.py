"""What is over a budget is refused at the door, and nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.ingest.doorway import KEY, OTHER_KEY, Doorway
from vedette import clock
from vedette.ingest.budgets import Budget, Standing
from vedette.ingest.keys import Key
from vedette.options._limits import Limit, Owner, Period, begin_of, end_of
from vedette.wire.envelope import build_envelope, new_event_id

NOON = 1_795_780_800.0  # 2026-11-27, 12:00 UTC
REPLAY = b'{"replay_id":"%s","segment_id":0}' % (b"d" * 32)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    """No period ends in the middle of a test."""
    clock.turn(NOON - clock.timestamp())
    yield
    clock.turn(0)


def budget(
    most: int,
    *,
    of: str = "error",
    period: Period = "month",
    owner: Owner = "project",
    used: int = 0,
    is_bytes: bool = False,
) -> Budget:
    """A budget of the period that is going on."""
    limit = Limit(of, period, most, is_bytes)
    return Budget(owner, limit, begin_of(period, clock.timestamp()), used)


def standing(*budgets: Budget, projects: tuple[int, ...] = (42,), at: int = 0) -> Standing:
    """How these stand for these projects, the spool being digested up to `at`."""
    by_category: dict[str, tuple[Budget, ...]] = {}
    for one in budgets:
        name = one.limit.category
        by_category[name] = (*by_category.get(name, ()), one)
    return Standing(dict.fromkeys(projects, by_category), {"web-0": at})


def envelope(*kinds: str) -> bytes:
    """One item of each kind."""
    payload = {"event": b'{"message":"x"}', "replay_event": REPLAY, "attachment": b"notes"}
    items = [({"type": kind}, payload.get(kind, b"{}")) for kind in kinds]
    return build_envelope({"event_id": new_event_id()}, items)


def statuses(door: Doorway, number: int, *kinds: str) -> list[int]:
    """What so many requests are answered."""
    return [door.send(body=envelope(*kinds)).status for _ in range(number)]


def test_what_is_over_is_refused_in_words_of_sdks(door: Doorway) -> None:
    """429 with the category, the scope and the reason, and a wait of at most ten minutes."""
    door.know(standing(budget(5, used=3)))
    assert statuses(door, 3, "event") == [200, 200, 429]
    answer = door.send(body=envelope("event"))
    assert answer.headers["x-sentry-rate-limits"] == "600:error:project:quota_project_month"
    assert answer.headers["retry-after"] == "600"
    assert [(r.category, r.outcome, r.reason, r.quantity) for r in door.refusals()] == [
        ("error", "rate_limited", "quota_project_month", 2)
    ]


def test_errors_come_in_however_many_replays_there_are(door: Doorway) -> None:
    """Of an envelope with both the replay alone is kept out, and the SDK hears of it."""
    door.know(standing(budget(1, of="replay", used=1), budget(100)))
    answer = door.send(body=envelope("event", "replay_event"))
    assert answer.status == 200
    assert answer.headers["x-sentry-rate-limits"].endswith(":replay:project:quota_project_month")
    assert door.records()[-1][0].refused == {"replay": "quota_project_month"}
    assert statuses(door, 1, "event") == [200]
    assert statuses(door, 1, "replay_event") == [429]


def test_a_budget_of_an_organisation_is_for_all_its_projects(door: Doorway) -> None:
    """And a project's own limit holds besides: whichever is over longest is told."""
    shared = budget(3, owner="organization", period="day")
    door.know(standing(shared, budget(2, period="minute"), projects=(42, 43)))
    assert statuses(door, 3, "event") == [200, 200, 429]
    other = {"x-sentry-auth": f"Sentry sentry_key={OTHER_KEY}, sentry_version=7"}
    door.know(standing(budget(3, owner="organization", period="day"), projects=(42, 43)))
    sent = [
        door.send("/api/43/envelope/", envelope("event"), auth=False, headers=other)
        for _ in range(2)
    ]
    assert [one.status for one in sent] == [200, 429]
    assert sent[1].headers["x-sentry-rate-limits"] == (
        "600:error:organization:quota_organization_day"
    )


def test_bytes_are_those_of_what_was_sent(door: Doorway) -> None:
    """Not how often."""
    size = len(b'{"message":"x"}')
    door.know(standing(budget(2 * size + 1, is_bytes=True)))
    assert statuses(door, 4, "event") == [200, 200, 200, 429]
    assert door.refusals()[0].reason == "quota_project_month_bytes"


def test_what_was_taken_counts_once_however_far_the_pipeline_is(door: Doorway) -> None:
    """The sums of the metadata replace what the door counted as soon as they hold it."""
    door.know(standing(budget(5)))
    assert statuses(door, 3, "event") == [200, 200, 200]
    end = door.door.spool.promised()["web-0"]
    door.know(standing(budget(5), at=end - 1))  # the last is not digested yet, nor its window
    assert statuses(door, 3, "event") == [200, 200, 429]
    end = door.door.spool.promised()["web-0"]
    door.know(standing(budget(7, used=5), at=end))
    assert statuses(door, 3, "event") == [200, 200, 429]


def test_the_place_after_what_waits_is_where_its_record_ends(door: Doorway) -> None:
    """Or sums would be taken for whole that are not."""
    before = door.door.spool.promised()["web-0"]
    promised: list[int] = []

    async def append() -> None:
        waiting = door.door.spool.append(b"meta", b"body" * 9)
        task = asyncio.ensure_future(waiting)
        await asyncio.sleep(0)
        promised.append(door.door.spool.promised()["web-0"])
        await task

    door.run(append())
    after = door.door.spool.promised()["web-0"]
    assert before < promised[0] == after


def test_a_new_period_begins_with_nothing(door: Doorway) -> None:
    """Without waiting for the metadata."""
    door.know(standing(budget(1, period="minute")))
    assert statuses(door, 2, "event") == [200, 429]
    clock.turn(NOON + 60 - (clock.timestamp() - clock._offset_seconds))
    assert statuses(door, 2, "event") == [200, 429]


def test_a_project_without_budgets_is_not_asked(door: Doorway) -> None:
    """Another's being over is nothing to it."""
    door.know(standing(budget(1, used=9), projects=(43,)))
    assert statuses(door, 2, "event") == [200, 200]


def test_while_the_metadata_is_away_budgets_go_on(door: Doorway) -> None:
    """What was known holds, and what is taken counts."""
    door.know(standing(budget(2)))

    def away() -> Standing:
        raise OSError("no database")

    door.door.budgets._load = away
    door.run(door.door.budgets.refresh())
    assert statuses(door, 3, "event") == [200, 200, 429]


def test_limits_of_metrics_name_their_namespace(door: Doorway) -> None:
    """SDKs hold back what they would send of it."""
    door.know(standing(budget(1, of="metric_bucket", used=1)))
    body = build_envelope({}, [({"type": "statsd"}, b"a@none:1|c")])
    answer = door.send(body=body)
    assert answer.status == 429
    assert answer.headers["x-sentry-rate-limits"].endswith(":quota_project_month:custom")


def test_a_key_that_is_open_only_to_some_keeps_its_own_words(door: Doorway) -> None:
    """A budget that is over does not hide why else a kind is kept out."""
    door.keys[KEY] = Key(42, kinds=("session",))
    door.run(door.door.keys._refresh())
    door.know(standing(budget(1, used=1)))
    answer = door.send(body=envelope("event"))
    assert ":key:key_kinds" in answer.headers["x-sentry-rate-limits"]


@pytest.mark.parametrize(
    ("period", "begin", "end"),
    [
        ("minute", 1_795_780_800, 60),
        ("day", 1_795_737_600, 86_400),
        ("month", 1_793_491_200, 30 * 86_400),
    ],
)
def test_periods_are_those_of_utc(period: Period, begin: int, end: int) -> None:
    """A month is one of the calendar."""
    assert begin_of(period, NOON) == begin
    assert end_of(period, begin) == begin + end
