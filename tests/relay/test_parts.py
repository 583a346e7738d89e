"""The parts of a relay by themselves: order, notes, limits, verdicts, losses."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
import pytest

from tests.relay.keeping import kept, options
from tests.relay.relaying import KEY
from vedette.relay import limits as limits_module
from vedette.relay.limits import Limits
from vedette.relay.line import Answer
from vedette.relay.options import read_place, read_size
from vedette.relay.progress import Progress
from vedette.relay.queue import Entry, Queue
from vedette.relay.record import Kept, Shelving, decode_kept
from vedette.relay.sending import pause_after
from vedette.relay.verdict import Verdict, judge
from vedette.spool.segment import Segment

SEGMENT = Segment(0, 1, Path("none"))


def entry(start: int, sender: str = "42 a") -> Entry:
    """Something that waits."""
    return Entry(start, start + 1, SEGMENT, sender, 0.0)


def test_a_sender_is_sent_in_order_and_senders_take_turns() -> None:
    """One request of a sender at a time; another sender does not wait for it."""
    queue = Queue(at_once=1)
    for start, sender in enumerate(["a", "a", "b", "a", "b"]):
        queue.add(entry(start, sender))
    first, second = queue.next(), queue.next()
    assert first is not None
    assert second is not None
    assert (first.start, second.start, queue.next()) == (0, 2, None)
    queue.leave(first)
    third = queue.next()
    assert third is not None
    assert third.start == 1
    queue.put_back(third, 0.0)
    again = queue.next()
    assert again is third


def test_a_sender_that_rests_keeps_its_place() -> None:
    """What is put back stands before what came later, and goes on when the rest has ended."""
    queue = Queue(at_once=2)
    for start in range(4):
        queue.add(entry(start))
    first, second = queue.next(), queue.next()
    assert first is not None
    assert second is not None
    queue.put_back(second, 0.02)
    queue.put_back(first, 0.02)
    assert queue.next() is None
    assert 0 < (queue.rests_for() or 0) <= 0.02
    while (found := queue.next()) is None:
        time.sleep(0.005)
    assert found is first
    assert queue.next() is second


def test_notes_outlive_a_cut(tmp_path: Path) -> None:
    """A number of which a part is missing is none, and the next one is whole again."""
    progress = Progress(tmp_path)
    progress.note(5)
    progress.note(9)
    progress.close()
    with (tmp_path / "done").open("ab") as file:
        file.write(b"abc")
    held = Progress(tmp_path)
    assert held.done == {5, 9}
    held.note(11)
    held.close()
    assert Progress(tmp_path).done == {5, 9, 11}


def test_notes_do_not_grow_without_end(tmp_path: Path) -> None:
    """What lies before the position is taken out of them."""
    progress = Progress(tmp_path)
    for start in range(20_000):
        progress.note(start)
        if start % 100 == 0:
            progress.pass_to(start)
    assert (tmp_path / "done").stat().st_size < 8 * 9000
    progress.close()
    assert Progress(tmp_path).done == set(range(progress.before, 20_000))


def test_limits_are_known_by_every_name_of_a_category() -> None:
    """Two dialects of SDKs name some differently; the upstream may use either."""
    limits = Limits()
    limits.learn("42", KEY, b"60:log_byte:organization:quota")
    assert set(limits.of("42", KEY, ["log_item", "error"])) == {"log_item"}
    assert limits.of("43", KEY, ["log_item"]) == {}


def test_a_limit_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time it holds for nobody, and is forgotten."""
    limits = Limits()
    limits.learn("42", KEY, b"10::project")
    assert limits.of("42", KEY, ["error"])["error"].retry_after_seconds == 10
    later = time.monotonic() + 11
    monkeypatch.setattr(limits_module.time, "monotonic", lambda: later)
    assert limits.of("42", KEY, ["error"]) == {}
    limits.forget_old()
    assert len(limits) == 0


def test_limits_of_many_projects_take_bounded_memory() -> None:
    """Whoever makes up projects does not fill the memory."""
    limits = Limits()
    for number in range(10_100):
        limits.learn(str(number), KEY, b"60:error:project")
    assert len(limits) <= 10_000


VERDICTS = [
    (200, {}, Verdict.TAKEN),
    (202, {}, Verdict.TAKEN),
    (307, {}, Verdict.AGAIN),
    (400, {}, Verdict.REFUSED),
    (403, {}, Verdict.REFUSED),
    (408, {}, Verdict.AGAIN),
    (413, {}, Verdict.REFUSED),
    (429, {}, Verdict.WAIT),
    (429, {b"retry-after": b"7"}, Verdict.WAIT),
    (429, {b"retry-after": b"7200"}, Verdict.DROPPED),
    (429, {b"x-sentry-rate-limits": b"9:error:key"}, Verdict.WAIT),
    (429, {b"x-sentry-rate-limits": b"9000:error:key"}, Verdict.DROPPED),
    (429, {b"x-sentry-rate-limits": b"9:replay:key"}, Verdict.AGAIN),
    (500, {}, Verdict.AGAIN),
    (503, {b"retry-after": b"5"}, Verdict.AGAIN),
    (599, {}, Verdict.AGAIN),
]


@pytest.mark.parametrize(("status", "headers", "verdict"), VERDICTS)
def test_an_answer_means_one_thing(
    status: int, headers: dict[bytes, bytes], verdict: Verdict
) -> None:
    """Taken, sent again, waited for, dropped by the upstream's word, or set aside."""
    limits = Limits()
    limits.learn("42", KEY, headers.get(b"x-sentry-rate-limits", b""))
    assert judge(Answer(status, headers), kept(), limits, 300).verdict is verdict


def test_an_outage_of_ten_minutes_costs_few_tries(tmp_path: Path) -> None:
    """Two dozen tries, and half a minute at most until the upstream's return is seen."""
    pauses: list[float] = []
    while sum(pauses) < 600:
        pauses.append(pause_after(len(pauses) + 1, options(tmp_path)))
    assert len(pauses) < 30
    assert max(pauses) <= 36
    assert len(set(pauses)) == len(pauses)


@pytest.mark.parametrize(
    ("endpoint", "categories", "shelf"),
    [
        ("envelope", {"error": 1, "attachment": 3}, "errors"),
        ("envelope", {"internal": 1}, "errors"),
        ("envelope", {"session": 1}, "others"),
        ("cron", {"monitor": 1}, "others"),
        ("envelope", {"replay": 1}, "bulky"),
        ("envelope", {"transaction": 1, "profile": 1}, "bulky"),
        ("envelope", {"transaction": 1, "session": 1}, "others"),
        ("attachments", {"attachment": 1}, "bulky"),
    ],
)
def test_a_request_lies_with_the_most_important_of_it(
    endpoint: str, categories: dict[str, int], shelf: str
) -> None:
    """Errors are sent first and given up last, whatever comes beside them."""
    assert Shelving().shelf_of(endpoint, categories) == shelf


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://errors.example.com/", "https://errors.example.com"),
        ("errors.example.com", "https://errors.example.com"),
        ("http://[::1]:8000/a/", "http://[::1]:8000/a"),
        ("https://key@errors.example.com:443/x", "https://errors.example.com/x"),
    ],
)
def test_an_address_is_read(text: str, address: str) -> None:
    """With its path, without what signs in there."""
    assert read_place(text, "--upstream").address == address


def test_sizes_are_read() -> None:
    """As in the settings."""
    assert (read_size("500MB"), read_size("4 gb")) == (500 << 20, 4 << 30)


def test_an_old_format_is_read(tmp_path: Path) -> None:
    """New fields of what is kept stand at its end and have a default."""
    assert decode_kept(msgspec.msgpack.encode(("d" * 32, 1.0, "42", KEY, "POST", b"/", []))) == (
        Kept("d" * 32, 1.0, "42", KEY, "POST", b"/", [])
    )
