"""Conditions as people write them: what they mean, what is refused, what decided."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.probing.conditions import (
    MOST_GAS,
    MOST_OPERATIONS,
    BadCondition,
    Condition,
    Mismatch,
    Seen,
    compile_condition,
    compile_measure,
)

HEALTH = {"status": "ok", "websocket": "connected", "sessions": 3}
READY = {"status": "ready", "websocket": "connected"}


def seen(document: Any = HEALTH, **others: Any) -> Seen:
    """An answer with a document."""
    values = {"status": 200, "time_ms": 120.0, "headers": {"x-version": "v2.17"}, "cert_days": 20}
    return Seen(body=orjson.dumps(document), **{**values, **others})


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("status == any(200,204)", seen(status=204), seen(status=500)),
        ("time < 1000ms", seen(), seen(time_ms=1000.0)),
        ("time < 1.5s", seen(time_ms=1499.0), seen(time_ms=1500.0)),
        ('header["x-version"] ~ "v2.*"', seen(), seen(headers={"x-version": "v3.0"})),
        ('header["X-Version"] ~ /^v[23]/', seen(), seen(headers={"x-version": "v1"})),
        ('body contains "ok"', seen(), seen({"status": "down"})),
        ('$.status == "ok"', seen(), seen({"status": "degraded"})),
        ('$.status == "ready"', seen(READY), seen({"status": "starting"})),
        ('$.websocket == "connected"', seen(READY), seen({"websocket": "closed"})),
        ("$.sessions >= 0", seen(), seen({"sessions": -1})),
        ("len($.queues) < 5", seen({"queues": [1]}), seen({"queues": [1, 2, 3, 4, 5]})),
        ("has($.errors) == false", seen(), seen({"errors": []})),
        ("cert.days > 14", seen(), seen(cert_days=12.5)),
        ('$.a[0].b == "x"', seen({"a": [{"b": "x"}]}), seen({"a": []})),
        ('$["odd key"][-1] == 2', seen({"odd key": [1, 2]}), seen({"odd key": [2, 1]})),
        ("$[0] == true", seen([True]), seen([False])),
        ("$.healthy", seen({"healthy": True}), seen({"healthy": False})),
        ("not has($.errors) and ($.a == 1 or $.b == 1)", seen({"b": 1}), seen({"b": 2})),
        ('$.status != any("down","dead")', seen(), seen({"status": "dead"})),
        ('$.tags contains "live"', seen({"tags": ["live"]}), seen({"tags": ["test"]})),
        ("$.error == null", seen({"error": None}), seen({"error": "disk"})),
        ("body !~ /(?i)fatal/", seen(), seen({"log": "Fatal"})),
    ],
)
def test_what_people_write_means_what_it_says(text: str, good: Seen, bad: Seen) -> None:
    """Each example of the documentation holds of one answer and not of another."""
    condition = compile_condition(text)
    assert condition.judge(good).holds
    assert not condition.judge(bad).holds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("status == 200 and $.sessions == 3", "$.sessions == 3: found 0"),
        ("$.queues[0].depth < 5", "$.queues[0].depth < 5: path missing"),
        ('not $.status == "ok"', 'not $.status == "ok": found "ok"'),
        ("$.status == 1 or time < 1ms", "time < 1ms: found 120"),
        ('header["x-none"] == "a"', 'header["x-none"] == "a": header missing'),
    ],
)
def test_the_clause_that_decided_is_told_with_what_was_found(text: str, words: str) -> None:
    """The evidence names one clause and its value."""
    answer = seen({"status": "ok", "sessions": 0} if "1 or" not in text else {})
    verdict = compile_condition(text).judge(answer)
    assert not verdict.holds
    assert verdict.text == words


def test_a_body_that_is_no_json_fails_clauses_about_its_paths() -> None:
    """An error page in place of a document is the target's failure, even of `has(…) == false`."""
    page = Seen(status=502, body=b"<html>Bad Gateway</html>")
    for text in ('$.status == "ok"', "has($.errors) == false", "len($.queues) < 5"):
        verdict = compile_condition(text).judge(page)
        assert (verdict.holds, verdict.found) == (False, "the body is no JSON")


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("$.sessions >= 0", {"sessions": "3"}),
        ('$.sessions == "3"', {"sessions": 3}),
        ("$.sessions == 1", {"sessions": True}),
        ("len($.sessions) < 5", {"sessions": 3}),
        ('$.sessions ~ "3*"', {"sessions": 3}),
        ("$.sessions", {"sessions": 3}),
        ('$.sessions contains "a"', {"sessions": 3}),
    ],
)
def test_what_cannot_be_compared_is_the_conditions_fault(text: str, document: Any) -> None:
    """A mismatch of types is no answer: neither true nor false."""
    with pytest.raises(Mismatch):
        compile_condition(text).judge(seen(document))


@pytest.mark.parametrize(
    "text", ["$.a == 1", "$.a > 1", '$.a ~ "x"', '$.a contains "x"', "$.a == 'x'"]
)
def test_null_fails_a_clause(text: str) -> None:
    """A value that is null is not what was asked for, whatever that is."""
    assert not compile_condition(text).judge(seen({"a": None})).holds


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("status = 200", 7, "write =="),
        ('status == "a"', 10, "expected a number"),
        ("status ==", 9, "not finished"),
        ("$.a == 1 && $.b == 1", 9, "write and"),
        ("colour == 1", 0, "'colour'"),
        ("status < 3ms", 9, "only the time has a unit"),
        ("body ~ /(/", 7, "pattern cannot be used"),
        (r"body ~ /(a)\1/", 7, "pattern cannot be used"),
        ("(status == 1", 12, "expected )"),
        ("1 == 1", 0, "looks at nothing"),
        ("", 0, "not finished"),
        ("status", 6, "comparison"),
        ('body contains "a', 14, "no end"),
        ('header["x"] > 3', 12, "expected a number"),
        ("status == 1 status == 2", 12, "expected and, or"),
        (f'body ~ "{"*" * 21}"', 7, "20 wildcards"),
        (" and ".join(["status == 1"] * 9), 0, "16 operations"),
        (f"$.a == any({','.join('1' * 120)})", 0, "100 steps"),
        ("(" * 40, 17, "nested"),
        ("not " * 40 + "status == 1", 68, "nested"),
    ],
)
def test_mistakes_of_writing_have_a_place(text: str, place: int, words: str) -> None:
    """What cannot be read is refused with the character where it goes wrong."""
    with pytest.raises(BadCondition) as caught:
        compile_condition(text)
    assert words in str(caught.value)
    assert caught.value.position == place


def test_what_a_kind_does_not_know_is_refused_when_it_is_written() -> None:
    """A condition on the status of what has none is never saved."""
    with pytest.raises(BadCondition, match="not known"):
        compile_condition("status == 200", frozenset({"document", "time"}))


@pytest.mark.parametrize(
    ("text", "document", "figure"),
    [
        ("$.sessions", HEALTH, 3.0),
        ("len($.queues)", {"queues": [1, 2]}, 2.0),
        ("$.up", {"up": True}, 1.0),
        ("$.none", HEALTH, None),
        ("$.status", HEALTH, None),
        ("time", HEALTH, 120.0),
    ],
)
def test_a_measure_is_a_number_or_nothing(text: str, document: Any, figure: float | None) -> None:
    """Captured values are numbers; truths count as 0 and 1."""
    assert compile_measure(text).of(seen(document)) == figure


CLAUSES = st.sampled_from(["$.a == 1", "$.b == 1", "$.c == 1", "$.missing == 1"])
TREES = st.recursive(
    CLAUSES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), inner, inner), st.tuples(st.just("not"), inner)
    ),
    max_leaves=6,
)


def _try(text: str) -> Condition | BadCondition:
    try:
        return compile_condition(text)
    except BadCondition as error:
        return error


def _written(tree: Any) -> str:
    if isinstance(tree, str):
        return tree
    if tree[0] == "not":
        return f"not ({_written(tree[1])})"
    return f"({_written(tree[1])}) {tree[0]} ({_written(tree[2])})"


def _meant(tree: Any, document: dict[str, int]) -> bool:
    if isinstance(tree, str):
        return document.get(tree[2:-5]) == 1
    if tree[0] == "not":
        return not _meant(tree[1], document)
    both = (_meant(tree[1], document), _meant(tree[2], document))
    return all(both) if tree[0] == "and" else any(both)


@given(TREES, st.fixed_dictionaries({name: st.integers(0, 1) for name in "abc"}))
def test_and_or_not_are_those_of_logic(tree: Any, document: dict[str, int]) -> None:
    """Whatever is nested, the verdict is that of a truth table, and the clause is of the text."""
    condition = _try(_written(tree))
    if isinstance(condition, BadCondition):
        assert "16 operations" in condition.words or "nested" in condition.words
        return
    verdict = condition.judge(seen(document))
    assert verdict.holds is _meant(tree, document)
    assert verdict.clause.removeprefix("not ").split("not ")[-1] in condition.written


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=8,
)
WORDS = st.sampled_from(
    [
        *(
            "status",
            "time",
            "body",
            "$.a",
            "$.a[0].b",
            "$[1]",
            "len(",
            "has(",
            "any(",
            ")",
            "(",
            ",",
        ),
        *("==", "!=", "<", ">=", "~", "!~", "contains", "and", "or", "not", "1", "1s", '"a*"'),
        *("/a+/", "true", "null", 'header["a"]', "cert.days", "$", "'"),
    ]
)


@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=40), JSON)
def test_no_text_and_no_answer_breaks_it(text: str, document: Any) -> None:
    """A text is a condition or is refused with a place; judging says yes, no, or mismatch."""
    condition = _try(text)
    if isinstance(condition, BadCondition):
        assert 0 <= condition.position <= len(text)
        return
    assert condition.operations <= MOST_OPERATIONS
    with suppress(Mismatch):
        assert len(condition.judge(Seen(body=json.dumps(document).encode())).text) < 2000


class _Counting(dict[str, Any]):
    """A document that counts how often it is looked into."""

    looks = 0

    def get(self, key: str, default: Any = None) -> Any:
        """One step of a path."""
        self.looks += 1
        return super().get(key, default)


@given(TREES)
def test_judging_costs_no_more_than_is_said(tree: Any) -> None:
    """The steps that are made are within the gas that was reckoned, and that within its bound."""
    condition = _try(_written(tree))
    if isinstance(condition, BadCondition):
        return
    document = _Counting(a=1, b=0, c=1)
    condition.judge(Seen(document=document))
    assert document.looks <= condition.gas <= MOST_GAS
