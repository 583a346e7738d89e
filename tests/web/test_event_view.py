"""The view models of the event page: pure functions from a payload to what is shown."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.samples import CHECKOUT, CRASH, GROUP, HOSTILE, frame
from vedette.issues.reading import StoredEvent
from vedette.projects.models import Project
from vedette.web.pages.issue.breadcrumbs import make_trail
from vedette.web.pages.issue.contexts import label, make_contexts
from vedette.web.pages.issue.event import make_event
from vedette.web.pages.issue.exceptions import make_chain
from vedette.web.pages.issue.files import safe_name, safe_type
from vedette.web.pages.issue.frames import http_link
from vedette.web.pages.issue.highlights import make_message, make_tags, make_user
from vedette.web.pages.issue.http_request import curl_command, make_request
from vedette.web.pages.issue.source_code import colour
from vedette.web.pages.issue.stacktrace import MOST_FRAMES, View, make_stack, raw_stack
from vedette.web.pages.issue.threads import make_threads
from vedette.web.remarks import Remarks
from vedette.web.values import Budget, show_value

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NO_REMARKS = Remarks()


def stack(*frames: dict[str, Any] | None, view: Any = "app") -> Any:
    """A stack of frames, oldest call first as clients send them."""
    trace = {"frames": list(frames)}
    return make_stack(trace, NO_REMARKS, Budget(), platform="python", view=view)


def app(function: str) -> dict[str, Any]:
    """A frame of the application."""
    return frame(function, "shop/a.py", 1, in_app=True, context_line="x")


def library(function: str, package: str = "django") -> dict[str, Any]:
    """A frame of a library."""
    return frame(function, f"{package}/b.py", 1, in_app=False)


def test_runs_of_library_frames_fold_but_never_the_crash_frame() -> None:
    """One library frame alone stays a line of its own."""
    made = stack(library("a"), library("b"), app("c"), library("d"), app("e"), library("crash"))
    words = [run.words or run.frames[0].function for run in made.runs]
    assert words == ["crash", "e", "d", "c", "2 frames in django"]


def test_a_run_of_several_libraries_names_the_first() -> None:
    """And counts the others."""
    made = stack(library("a", "gunicorn"), library("b"), library("c"), app("d"))
    assert made.runs[-1].words == "3 frames in django and 1 more"


def test_without_app_frames_nothing_folds() -> None:
    """There is nothing more relevant to show."""
    assert [run.is_folded for run in stack(library("a"), library("b")).runs] == [False, False]


def test_recursion_is_one_frame_with_a_count() -> None:
    """The same call again and again is said, not repeated."""
    made = stack(app("main"), *[app("again")] * 50)
    assert [(run.frames[0].function, run.frames[0].repeats) for run in made.runs] == [
        ("again", 49),
        ("main", 0),
    ]


def test_the_crash_frame_and_the_first_app_frame_are_open() -> None:
    """The two places people look at first."""
    made = stack(app("a"), app("b"), {**library("crash"), "context_line": "x"})
    assert [run.frames[0].is_open for run in made.runs] == [True, True, False]


def test_a_long_stack_keeps_both_ends() -> None:
    """The crash side in full, the entry side a little, the rest counted."""
    made = stack(*[app(f"f{number}") for number in range(500)])
    names = [run.frames[0].function for run in made.runs]
    assert (len(names), made.left_out, made.total) == (MOST_FRAMES, 500 - MOST_FRAMES, 500)
    assert (names[0], names[-1]) == ("f499", "f0")


def test_null_frames_are_passed_over() -> None:
    """Clients send them."""
    assert stack(None, app("a"), None).total == 1
    assert stack(None) is None


def test_a_dotnet_assembly_is_shown_by_its_name() -> None:
    """Version, culture and key token are the same in each of its frames."""
    name = "System.Private.CoreLib, Version=8.0.0.0, Culture=neutral, PublicKeyToken=null"
    made = stack({**library("Run"), "filename": None, "abs_path": None, "package": name})
    assert made is not None
    (run,) = made.runs
    assert run.frames[0].package == "System.Private.CoreLib"


def test_raw_stacks_read_as_their_language_prints_them() -> None:
    """Java names module and file, others function and place."""
    trace = {
        "frames": [
            {"function": "run", "module": "org.shop.App", "filename": "App.java", "lineno": 7}
        ]
    }
    assert raw_stack(trace, platform="java", headline="E: x").splitlines()[1] == (
        "\tat org.shop.App.run(App.java:7)"
    )
    assert "    at run (App.java:7)" in raw_stack(trace, platform="node", headline="E")


def test_exceptions_are_shown_outermost_first() -> None:
    """With the words for how each hangs on the one above."""
    chain = make_chain(CHECKOUT, Budget(), view="app")
    assert [(one.type, one.relation) for one in chain.exceptions] == [
        ("PaymentFailed", ""),
        ("ConnectionError", "caused by"),
    ]


def test_exception_groups_are_indented_and_cycles_end() -> None:
    """Members name their place; members that are each other's parent are bounded."""
    chain = make_chain(GROUP, Budget(), view="app")
    assert [one.relation for one in chain.exceptions][1:] == [
        "in the group as exceptions[0]",
        "in the group as exceptions[1]",
    ]
    assert [one.depth for one in chain.exceptions] == [0, 1, 1]
    assert all(one.depth <= 4 for one in make_chain(HOSTILE, Budget(), view="app").exceptions)


def test_crashed_threads_come_first() -> None:
    """And one without a stack is still named."""
    made = make_threads(CRASH, Budget(), view="app", has_exceptions=True)
    assert [thread.name for thread in made.threads] == ["main #1", "worker #2"]
    assert made.threads[0].stack is None


def test_the_trail_begins_at_the_error() -> None:
    """Newest first, with the time before the error and the status's hue."""
    trail = make_trail(CHECKOUT, Budget(), datetime.fromtimestamp(1767225600, UTC))
    assert [crumb.kind for crumb in trail.crumbs] == ["log", "http", "query", "navigation"]
    http = trail.crumbs[1]
    assert http.headline == "POST https://pay.example.com/v2/charges"
    assert (http.status, http.status_tone, http.before) == ("503", "bad", "−5 s")
    assert trail.crumbs[3].headline == "/basket/ → /checkout/"


def test_crumbs_out_of_order_are_sorted() -> None:
    """By their own time."""
    crumbs = [{"timestamp": second, "message": str(second)} for second in (3, 1, 2)]
    trail = make_trail({"breadcrumbs": crumbs}, Budget(), NOW)
    assert [crumb.message.tokens[0][1] for crumb in trail.crumbs if crumb.message] == [
        "3",
        "2",
        "1",
    ]


def test_the_curl_command_survives_the_shell() -> None:
    """Whatever stands in a header or body is one argument."""
    evil = "'; rm -rf / #"
    command = curl_command(
        {
            "url": "https://shop.example.com/a b?x=1",
            "method": "put",
            "headers": [["X", evil], ["Content-Length", "5"]],
            "cookies": {"a": evil},
            "data": {"note": evil},
        }
    )
    words = shlex.split(command.replace("\\\n", ""))
    assert words[:4] == ["curl", "https://shop.example.com/a b?x=1", "-X", "PUT"]
    assert f"X: {evil}" in words
    assert f"a={evil}" in words
    assert not any("Content-Length" in word for word in words)


def test_a_request_to_no_web_address_has_no_command_and_no_link() -> None:
    """Only http and https can be repeated or opened."""
    made = make_request({"request": {"url": "javascript:alert(1)"}}, Budget())
    assert made is not None
    assert (made.link, made.curl) == ("", "")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.example", ""),
        ("http://[", ""),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_only_web_addresses_become_links(address: object, expected: str) -> None:
    """Everything else stays text."""
    assert http_link(address) == expected


def test_query_strings_are_read_in_every_shape() -> None:
    """Text, object, pairs, or part of the address."""
    for request in (
        {"url": "https://h/p", "query_string": "a=1&b="},
        {"url": "https://h/p", "query_string": {"a": "1", "b": ""}},
        {"url": "https://h/p", "query_string": [["a", "1"], ["b", ""]]},
        {"url": "https://h/p?a=1&b="},
    ):
        made = make_request({"request": request}, Budget())
        assert made is not None
        assert (made.url, [row.label for row in made.query]) == ("https://h/p", ["a", "b"])


def test_known_contexts_come_first_with_words_and_units() -> None:
    """Custom ones follow as they are; empty ones are left out."""
    made = make_contexts(CHECKOUT, Budget())
    titles = [view.title for view in made]
    assert titles[0] == "Trace"
    assert titles[-1] == "Basket service"
    device = next(view for view in made if view.key == "device")
    assert device.entries[1].value.tokens[0][1] == "16 GB (17,179,869,184 bytes)"
    assert make_contexts({"contexts": {"a": {}, "b": None}}, Budget()) == []


def test_a_context_is_known_by_its_type_too() -> None:
    """sentry-cli calls its runtime `rust`."""
    made = make_contexts({"contexts": {"rust": {"type": "runtime", "name": "rustc"}}}, Budget())
    assert made[0].title == "Runtime (rust)"
    assert label("kernel_version") == "Kernel version"
    assert label("cloud.provider") == "cloud.provider"


def test_messages_show_template_and_parameters_when_they_differ() -> None:
    """A list of parameters is numbered, an object keeps its names."""
    entry = {"message": "%s left", "formatted": "3 left", "params": [3]}
    made = make_message({"logentry": entry}, Budget())
    assert made is not None
    assert (made.template, made.parameters[0].label) == ("%s left", "0")
    beside = make_message({"logentry": {"message": "%s left", "params": [3]}}, Budget())
    assert beside is not None
    assert (beside.text.tokens, beside.template) == ([("plain", "3 left")], "%s left")
    legacy = make_message({"message": {"formatted": "hi"}}, Budget())
    assert legacy is not None
    assert legacy.text.tokens == [("plain", "hi")]
    assert make_message({}, Budget()) is None


def test_tags_come_as_object_or_pairs() -> None:
    """Sorted, searched by a quoted term, empty ones left out."""
    pairs = make_tags({"tags": [["b", "two words"], ["a", 1], ["c", None], None]})
    assert [(tag.key, tag.search) for tag in pairs] == [("a", "a:1"), ("b", 'b:"two words"')]


def test_a_user_is_shown_with_place_and_own_fields() -> None:
    """Known fields first; null ones left out."""
    made = make_user({**CHECKOUT, "user": {**CHECKOUT["user"], "name": None}}, Budget())
    labels = [entry.label for entry in made]
    assert labels == ["id", "email", "username", "ip_address", "geo", "plan"]


def test_remarks_are_words() -> None:
    """Of the value itself, and of its parts."""
    remarks = Remarks({"a": {"": {"rem": [["@password", "x", 0, 4]], "err": ["invalid_data"]}}})
    assert remarks.at("a").words == (
        "removed by scrubbing: @password; could not be read and was removed"
    )
    assert remarks.at("b").at(3).words == ""
    assert Remarks({"": {"rem": [None, [], ["!limit", "x"]]}}).words == "shortened: too long"


def test_values_are_bounded() -> None:
    """Depth, number and length all have an end, and the budget is shared."""
    deep: Any = 1
    for _ in range(500):
        deep = {"a": deep}
    for value in (deep, list(range(100_000)), "x" * 1_000_000):
        shown = show_value(value)
        assert sum(len(part) for _, part in shown.tokens) < 12_000
    empty = Budget(left=0)
    assert "not shown" in show_value("text", budget=empty).tokens[0][1]


def test_source_code_is_coloured_without_changing_it() -> None:
    """The fragments joined are the line; a comment is one only where the language says so."""
    line = "x = total # 'of' // 2"
    assert "".join(text for _, text in colour(line, "python")) == line
    assert ("comment", "# 'of' // 2") in colour(line, "python")
    assert all(kind != "comment" for kind, _ in colour("a # b", "javascript"))


@given(st.text(max_size=80), st.sampled_from(["python", "php", "javascript", "?"]))
def test_colouring_loses_nothing(line: str, platform: str) -> None:
    """Whatever the line."""
    assert "".join(text for _, text in colour(line, platform)) == line


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ('a"b\r\nc.txt', "a_b_c.txt"),
        ("..", "attachment"),
        ("C:\\x\\é.png", "_.png"),
    ],
)
def test_file_names_are_harmless(name: str, expected: str) -> None:
    """No path, no header splitting, never empty."""
    assert safe_name(name) == expected


def test_a_type_is_read_from_the_bytes() -> None:
    """Whatever the sender claims."""
    assert safe_type(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert safe_type(b"RIFF0000WEBPVP8 ") == "image/webp"
    assert safe_type(b"<svg/>") == "application/octet-stream"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["values", "frames", "stacktrace", "data", "type", "value", "mechanism", "", "vars"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
FIELDS = (
    "exception threads breadcrumbs request user contexts tags extra modules sdk logentry message "
    "errors stacktrace level platform timestamp _meta"
)


@settings(max_examples=150, deadline=timedelta(seconds=2))
@given(st.dictionaries(st.sampled_from(FIELDS.split(" ")), JSON, max_size=6))
def test_no_payload_breaks_the_view(payload: dict[str, Any]) -> None:
    """Any JSON in any field."""
    stored = StoredEvent(
        project=Project(),
        event_id="a" * 32,
        group_id=1,
        timestamp=NOW,
        received=NOW,
        payload=payload,
        size_bytes=1,
        attachments=[],
        reports=[],
    )
    views: tuple[View, ...] = ("app", "raw")
    for view in views:
        make_event(stored, view=view)
