"""What the upstream's answers mean: for what waits, and for those who send."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest

from tests.relay.relaying import KEY, OTHER_KEY, Relaying, check_in, event, replay
from tests.relay.upstream import Said, Seen, Upstream, reported


@pytest.mark.parametrize("status", [500, 502, 503, 407, 408, 301])
def test_what_the_upstream_could_not_take_is_sent_again(
    relay: Relaying, upstream: Upstream, status: int
) -> None:
    """With the same name, until it is taken; meanwhile health says why."""
    upstream.say = lambda seen: (status if len(upstream.seen) < 2 else 200, {})
    event_id = uuid.uuid4().hex
    assert relay.send(event(event_id)) == 200
    problem = relay.wait(lambda: relay.health()["upstream"]["last_error"])
    assert str(status) in problem["text"]
    relay.wait(lambda: len(upstream.seen) == 3)
    assert upstream.ids == [event_id] * 3
    assert len({seen.headers["idempotency-key"] for seen in upstream.seen}) == 1
    report = relay.wait(lambda: (r := relay.health())["backlog"]["bytes"] == 0 and r)
    assert report["status"] == "ok"
    assert report["upstream"]["last_success"]


def test_thousands_of_refusals_do_not_fill_the_log(relay: Relaying, upstream: Upstream) -> None:
    """Strangers may send any number of unknown keys: all are counted, a few are written down."""
    upstream.say = lambda seen: (403, {})
    for _ in range(60):
        relay.send(event())
    relay.wait(lambda: relay.health()["refused"] == 60)
    log = (relay.folder.parent / f"{relay.folder.name}.log").read_text()
    assert log.count("refused by the upstream and set aside: ") == 20
    assert log.count("more is refused by the upstream") == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415])
def test_what_is_never_taken_is_set_aside(relay: Relaying, upstream: Upstream, status: int) -> None:
    """It stops nobody, is counted, and is sent once more when somebody says so."""
    bad, good = uuid.uuid4().hex, uuid.uuid4().hex
    upstream.say = lambda seen: (status if seen.id == bad else 200, {})
    relay.send(event(bad))
    relay.send(event(good))
    relay.wait(lambda: upstream.ids == [bad, good])
    report = relay.wait(lambda: (r := relay.health())["backlog"]["bytes"] == 0 and r)
    assert (report["refused"], report["lost"]) == (1, {"refused": {"error": 1}})
    assert report["status"] == "degraded"
    upstream.say = lambda seen: (200, {})
    relay.stop()
    relay.start("--again")
    relay.wait(lambda: upstream.ids == [bad, good, bad])
    relay.stop()
    relay.start("--again")
    assert upstream.ids == [bad, good, bad]


def test_clients_are_told_the_limits_of_the_upstream(relay: Relaying, upstream: Upstream) -> None:
    """By category and project; others are not held up, and what was refused is reported."""
    limit = {"X-Sentry-Rate-Limits": "60:replay;attachment:project:quota, 1.5:error:key"}
    upstream.say = lambda seen: (200, limit)
    relay.send(event())
    relay.wait(lambda: len(upstream.seen) == 1)
    relay.wait(lambda: relay.health()["limited_senders"])
    status, headers, _ = relay.post(f"/api/42/envelope/?sentry_key={KEY}", replay())
    assert status == 429
    seconds, categories, scope, reason = headers["x-sentry-rate-limits"].split(":")
    assert 55 <= int(seconds) <= 60
    assert (categories, scope, reason) == ("replay", "project", "quota")
    assert int(headers["retry-after"]) <= 60
    assert relay.send(event()) == 200
    assert relay.send(replay(), project=43) == 200
    assert relay.send(replay(), key=OTHER_KEY) == 429
    relay.stop()
    relay.start()
    relay.wait(lambda: reported(upstream)["replay", "ratelimit_backoff"] == 2)


def test_a_limit_of_a_key_is_no_limit_of_another(relay: Relaying, upstream: Upstream) -> None:
    """The scope says for whom it holds; an empty list of categories holds for all."""
    upstream.say = lambda seen: (200, {"X-Sentry-Rate-Limits": "60::key"})
    relay.send(event())
    relay.wait(lambda: relay.health()["limited_senders"])
    assert relay.send(event()) == 429
    assert relay.send(event(), key=OTHER_KEY) == 200


def test_a_short_limit_is_waited_for(relay: Relaying, upstream: Upstream) -> None:
    """Nothing of the request was taken, so it comes again when the limit has ended."""
    limit = {"X-Sentry-Rate-Limits": "2:error:organization:backlog", "Retry-After": "2"}
    upstream.say = lambda seen: (429, limit) if len(upstream.seen) == 0 else (200, {})
    event_id = uuid.uuid4().hex
    began = time.monotonic()
    relay.send(event(event_id))
    relay.wait(lambda: upstream.ids == [event_id] * 2)
    assert time.monotonic() - began >= 1.5
    assert relay.health()["lost"] == {}


@pytest.mark.parametrize("told", ["", "60:transaction:organization", "0:error:key", "nonsense"])
def test_a_429_that_names_nothing_of_a_request_has_taken_nothing(
    relay: Relaying, upstream: Upstream, told: str
) -> None:
    """It comes again after the time that the answer says, and is not lost without a word."""
    limit = {"X-Sentry-Rate-Limits": told, "Retry-After": "1"}
    upstream.say = lambda seen: (429, limit) if len(upstream.seen) == 0 else (200, {})
    event_id = uuid.uuid4().hex
    relay.send(event(event_id))
    relay.wait(lambda: upstream.ids == [event_id] * 2)
    assert relay.health()["lost"] == {}


def test_a_long_limit_lets_things_go_and_says_so(tmp_path: Path, upstream: Upstream) -> None:
    """What waits under it is dropped as the protocol says, and told in a client report."""
    limit = {"X-Sentry-Rate-Limits": "3600:monitor:project"}

    def say(seen: Seen) -> Said:
        is_first = len(upstream.seen) == 0
        return (503, {}) if is_first else (200, limit)

    upstream.say = say
    with Relaying(tmp_path / "data", upstream.base) as relay:
        for _ in range(4):
            assert relay.send(check_in()) == 200
        relay.wait(lambda: reported(upstream)["monitor", "ratelimit_backoff"] == 3)
        assert relay.health()["lost"] == {"ratelimit_backoff": {"monitor": 3}}


def test_what_a_429_took_in_part_is_not_sent_again(relay: Relaying, upstream: Upstream) -> None:
    """The upstream has the error and has dropped the rest, and counts that itself."""
    limit = {"X-Sentry-Rate-Limits": "30:attachment:project"}
    upstream.say = lambda seen: (429, limit)
    envelope = event() + b'{"type":"attachment","length":2,"filename":"a"}\nhi\n'
    relay.send(envelope)
    report = relay.wait(lambda: (r := relay.health())["lost"] and r)
    assert report["lost"] == {"rate_limited": {"attachment": 1}}
    assert (len(upstream.seen), report["backlog"]["bytes"]) == (1, 0)


def test_one_that_always_fails_steps_back(tmp_path: Path, upstream: Upstream) -> None:
    """A request at which the upstream breaks does not hold up its project for ever."""
    bad = uuid.uuid4().hex
    upstream.say = lambda seen: (500 if seen.id == bad else 200, {})
    with Relaying(tmp_path / "data", upstream.base) as relay:
        relay.send(event(), project=43)
        relay.send(event(bad))
        good = [uuid.uuid4().hex for _ in range(3)]
        for event_id in good:
            relay.send(event(event_id))
        sending = [event(), event(), event()]
        relay.wait(lambda: upstream.ids.count(bad) >= 2)
        for envelope in sending:
            relay.send(envelope, project=43)
        relay.wait(lambda: set(good) <= set(upstream.ids), seconds=60)
        assert [one for one in upstream.ids if one in good] == good
        upstream.say = lambda seen: (200, {})
        count = len(upstream.seen)
        relay.wait(lambda: bad in upstream.ids[count:], seconds=60)
        names = {s.headers["idempotency-key"] for s in upstream.seen if s.id == bad}
        assert len(names) == 1
