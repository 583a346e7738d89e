"""What of an event goes to a tracker."""

from __future__ import annotations

from typing import Any

from vedette.trackers.markup import MARKDOWN, WIKI
from vedette.trackers.stack import stack_of, tags_of

FRAMES: list[Any] = [
    {"function": "main", "filename": "lib.py", "lineno": 1, "in_app": False},
    {
        "function": "pay",
        "filename": "till.py",
        "lineno": 7,
        "in_app": True,
        "context_line": " x() ",
    },
    None,
]


def test_the_error_stands_above_its_cause_and_the_newest_call_above_the_others() -> None:
    """Frames of the product only, where there are any."""
    values = [
        {"type": "KeyError", "value": "cause"},
        {"type": "TillError", "value": "shut\nnow", "stacktrace": {"frames": FRAMES}},
    ]
    said = stack_of({"exception": {"values": values}})
    assert said == "TillError: shut now\n  pay  (till.py:7)\n      x()\ncaused by\nKeyError: cause"


def test_what_has_no_shape_is_nothing() -> None:
    """Whatever was sent."""
    for value in (None, 1, "x", [], [None], {"values": 3}, {"values": [{"stacktrace": []}]}):
        assert isinstance(stack_of({"exception": value, "threads": value}), str)
        assert isinstance(tags_of({"tags": value}), list)


def test_no_tag_that_names_a_person_leaves() -> None:
    """A tracker may be public."""
    tags = [["user", "id:7"], ["user.email", "a@b.c"], ["release", "1.0"], ["useragent", "x"]]
    assert tags_of({"tags": tags}) == [("release", "1.0"), ("useragent", "x")]


def test_text_of_strangers_cannot_leave_its_code() -> None:
    """No fence, no mention, no end of a block."""
    assert MARKDOWN.block("```\n@all") == "````\n```\n@all\n````"
    assert MARKDOWN.code("a`@all`") == "`a'@all'`"
    assert WIKI.block("x{noformat}[~admin]").count("{noformat}") == 2
    assert "\\{" in WIKI.code("{{x}}")
