"""Sessions as SDKs send them, repeated and shuffled, count once each, as what they came to."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.releases.conftest import NOW
from vedette import items
from vedette.facts import ReleaseSeen
from vedette.issues.shapes import Period, Scope
from vedette.items import Effects, RawItem
from vedette.items.session import KIND, SESSIONS
from vedette.outcome import Drop, DropReason
from vedette.releases import health
from vedette.spool.meta import Meta
from vedette.store import access
from vedette.store.duck import DuckStore
from vedette.store.table import Rows
from vedette.store.visible import VisibleProjects
from vedette.wire.envelope import EnvelopeHeaders, ItemHeader

_starts = count(0, 1 << 20)
STARTED = NOW - timedelta(hours=2)


def item(payload: Any, type_: str = "session", *, position: int = 1, late: float = 0) -> RawItem:
    received = NOW.timestamp() + late
    return RawItem(
        meta=Meta(42, received),
        envelope=EnvelopeHeaders(),
        header=ItemHeader(type=type_),
        payload=json.dumps(payload).encode(),
        position=position,
    )


def session(sid: str, status: str = "ok", **rest: Any) -> dict[str, Any]:
    release = rest.pop("release", "shop@1.0.0")
    return {
        "sid": sid,
        "status": status,
        "started": STARTED.isoformat(),
        "attrs": {"release": release, "environment": "production"},
        **rest,
    }


def put(store: DuckStore, sent: list[RawItem]) -> None:
    rows, start = Rows(SESSIONS), next(_starts)
    for number, one in enumerate(sent, start):
        effects = KIND.read(one)
        assert isinstance(effects, Effects)
        for row in effects.rows:
            rows.add({**row.values, "writer": "w", "position": number})
    store.append([rows], writer="w", end=start + (1 << 20))


def scope(*environments: str) -> Scope:
    return Scope(
        visible=VisibleProjects.granted([42]),
        period=Period(start=NOW - timedelta(days=2), end=NOW, label="2 days"),
        environments=environments,
    )


def test_a_session_is_what_its_last_update_says(store: DuckStore) -> None:
    """Two POSTs of one page load, one that came late, one that came twice, one without a start."""
    put(
        store,
        [
            item(session("a" * 32, init=True, did="1", seq=1)),
            item(session("a" * 32, "exited", did="1", seq=3, errors=1)),
            item(session("a" * 32, did="1", seq=2, errors=1), late=60),
            item(session("bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb", "crashed", did="2", errors=1)),
            item(session("B" * 32, "crashed", did="2", errors=1), position=2),
            item(session("c" * 32, "exited", did="3")),
        ],
    )
    found = health.health_of(scope(), "shop@1.0.0")
    assert found.states == {"errored": 1, "crashed": 1, "healthy": 1}
    assert found.crash_free_sessions == pytest.approx(100 * 2 / 3)
    assert (found.users, found.crashed_users) == (3, 1)
    assert found.crash_free_users == pytest.approx(100 * 2 / 3)


def test_aggregates_add_up_beside_single_sessions(store: DuckStore) -> None:
    """Servers send counts by the minute; what is zero, missing or nonsense counts nothing."""
    aggregate = {"started": STARTED.isoformat(), "exited": 10, "errored": 2, "crashed": 0}
    attrs = {"release": "shop@1.0.0", "environment": "staging"}
    sent = {"aggregates": [aggregate, {**aggregate, "crashed": 1}, {"exited": "x"}, 7]}
    put(store, [item({**sent, "attrs": attrs}, "sessions"), item(session("d" * 32, "exited"))])
    assert health.health_of(scope(), "shop@1.0.0").states == {
        "healthy": 21,
        "errored": 4,
        "crashed": 1,
    }
    assert health.health_of(scope("production"), "shop@1.0.0").states == {"healthy": 1}
    both = health.health_by_release(scope("staging"))
    assert both[42, "shop@1.0.0"].crash_free_sessions == pytest.approx(100 * 24 / 25)
    assert both[42, "shop@1.0.0"].crash_free_users is None


def test_an_unhandled_error_that_ended_nothing_is_no_crash(store: DuckStore) -> None:
    put(store, [item(session("e" * 32, "unhandled", errors=1, did="9"))])
    found = health.health_of(scope(), "shop@1.0.0")
    assert found.states == {"unhandled": 1}
    assert found.crash_free_sessions == found.crash_free_users == 100


def test_sessions_lie_where_they_started(store: DuckStore) -> None:
    put(store, [item(session(f"{n:032x}", "exited" if n else "crashed")) for n in range(5)])
    bars = health.sessions_over_time(scope(), "shop@1.0.0")
    assert sum(bar.count for bar in bars["healthy"]) == 4
    (crash,) = [bar for bar in bars["crashed"] if bar.count]
    assert crash.start <= STARTED < crash.start + timedelta(hours=1)


def test_sessions_make_releases_and_those_without_one_are_dropped() -> None:
    effects = KIND.read(item(session("f" * 32)))
    assert isinstance(effects, Effects)
    (fact,) = effects.facts
    assert isinstance(fact, ReleaseSeen)
    assert (fact.release, fact.environment) == ("shop@1.0.0", "production")
    assert fact.first_seen == STARTED.timestamp()
    for release in (None, "", " ", 7):
        assert KIND.read(item(session("f" * 32, release=release))) == Drop(DropReason.NO_RELEASE)


UPDATES = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(0, 3),
        st.sampled_from(["ok", "exited", "crashed", "errored"]),
    ),
    min_size=1,
    max_size=25,
)


@given(updates=UPDATES, seed=st.integers(0, 1000))
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_order_and_repetition_change_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    updates: list[tuple[int, int, str]],
    seed: int,
) -> None:
    """What each session came to is decided by its highest number, whenever that came."""
    last: dict[int, tuple[int, str]] = {}
    sent = []
    for number, (sid, seq, status) in enumerate(updates):
        seq = seq * 100 + number  # numbers of one session differ
        last[sid] = max(last.get(sid, (-1, "")), (seq, status))
        sent.append(item(session(f"{sid:032x}", status, seq=seq), position=number))
    chance = random.Random(seed)
    shuffled = chance.sample([*sent, *chance.choices(sent, k=5)], len(sent) + 5)
    held = DuckStore(tmp_path_factory.mktemp("s"), items.tables(), memory_bytes=64 << 20, threads=1)
    monkeypatch.setattr(access, "_reader", held)
    monkeypatch.setattr("vedette.clock.timestamp", NOW.timestamp)
    put(held, shuffled)
    words = {"ok": "healthy", "exited": "healthy"}
    wanted = Counter(words.get(status, status) for _, status in last.values())
    found = health.health_of(scope(), "shop@1.0.0")
    held.close()
    assert found.states == wanted
