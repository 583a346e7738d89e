"""Nothing that can be sent makes grouping raise, and equal events have equal keys."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.pipeline.grouping import chain, explain, frames, group, is_unhandled, title
from vedette.pipeline.grouping.events import thread_stack
from vedette.wire.event import Stacktrace, decode_event

TEXT = st.none() | st.text(max_size=40) | st.sampled_from(["a", "<lambda>", "f/<", "?", "$1"])
MARK = st.sampled_from([None, True, False])
PLATFORM = st.sampled_from(
    [None, "python", "javascript", "node", "java", "php", "ruby", "go", "csharp", "native"]
    + ["cocoa", "dart", "elixir", "nonsense", ""]
)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The value or null."""
    return st.none() | strategy


FRAME = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("function", "raw_function", "module", "filename", "abs_path", "package"), TEXT
    )
    | {"context_line": TEXT, "symbol": TEXT, "in_app": MARK, "platform": PLATFORM},
)
STACK = st.fixed_dictionaries({}, optional={"frames": maybe(st.lists(maybe(FRAME), max_size=12))})
MECHANISM = st.fixed_dictionaries(
    {},
    optional={
        "handled": MARK,
        "synthetic": MARK,
        "is_exception_group": MARK,
        "exception_id": maybe(st.integers(0, 3)),
        "parent_id": maybe(st.integers(0, 3)),
    },
)
EXCEPTION = st.fixed_dictionaries(
    {},
    optional={
        "type": TEXT,
        "value": TEXT,
        "stacktrace": maybe(STACK),
        "mechanism": maybe(MECHANISM),
    },
)
THREAD = st.fixed_dictionaries(
    {}, optional={"crashed": MARK, "current": MARK, "main": MARK, "stacktrace": maybe(STACK)}
)
EVENT = st.fixed_dictionaries(
    {},
    optional={
        "platform": PLATFORM,
        "type": st.sampled_from([None, "error", "default", "csp", "nel"]),
        "exception": maybe(st.lists(maybe(EXCEPTION), max_size=4)),
        "threads": maybe(st.fixed_dictionaries({"values": st.lists(maybe(THREAD), max_size=3)})),
        "stacktrace": maybe(STACK),
        "message": TEXT,
        "logentry": maybe(st.fixed_dictionaries({}, optional={"message": TEXT, "formatted": TEXT})),
        "fingerprint": maybe(st.lists(st.text(max_size=20) | st.just("{{ default }}"), max_size=3)),
        "tags": maybe(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3)),
        "transaction": TEXT,
        "culprit": TEXT,
        "logger": TEXT,
    },
)


def _number(stack: Stacktrace | None) -> int:
    """How many frames a stack has."""
    return len((stack.frames if stack else None) or [])


@settings(max_examples=150, deadline=None)
@given(EVENT)
def test_any_event_is_grouped(sent: dict[str, Any]) -> None:
    """Any event gets a key, a title, and an explanation with the same key and all frames."""
    event = decode_event(json.dumps(sent))
    explained = explain(event)
    assert explained.key == group(event).key
    assert title(event).text
    assert is_unhandled(event) in (True, False)
    bare = event.stacktrace or thread_stack(event)
    for link, exception in zip(explained.exceptions, event.exceptions, strict=False):
        own, other = _number(exception.stacktrace), _number(bare)
        assert len(link.frames) in (own, other)  # the other where the exceptions say nothing


@settings(max_examples=100, deadline=None)
@given(EVENT)
def test_keys_survive_serialisation_and_memory(sent: dict[str, Any]) -> None:
    """A key depends on the event alone: not on its encoding, not on what was seen before."""
    event = decode_event(json.dumps(sent))
    key = group(event).key
    frames.forget()
    assert group(decode_event(msgspec.json.encode(event))).key == key
    shuffled = dict(reversed(sent.items()))
    assert group(decode_event(json.dumps(shuffled, indent=1))).key == key


def test_memory_is_bounded() -> None:
    """A flood of names that are never seen twice does not fill the memory."""
    for number in range(40):
        names = [{"function": f"f{number}x{at}", "module": "m"} for at in range(250)]
        raw = json.dumps({"exception": [{"type": "E", "stacktrace": {"frames": names}}]})
        group(decode_event(raw))
    assert len(frames._remembered) <= frames.MAX_REMEMBERED


def test_memory_of_stacks_is_bounded_and_never_mistaken() -> None:
    """Stacks that are seen once do not fill the memory; another mark is another reading."""
    keys: dict[tuple[int, bool], bytes] = {}
    for number in [*range(chain._MAX_REMEMBERED + 200), *range(200)]:
        for marked in (True, False):
            stack = [{"function": "main", "in_app": True}]
            stack.append({"function": f"f{number}", "module": "m", "in_app": marked})
            raw = json.dumps({"exception": [{"type": "E", "stacktrace": {"frames": stack}}]})
            key = group(decode_event(raw)).key
            assert keys.setdefault((number, marked), key) == key
    assert len(set(keys.values())) > chain._MAX_REMEMBERED
    assert len(chain._remembered) <= chain._MAX_REMEMBERED
