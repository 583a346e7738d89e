"""The explanation: every frame has a verdict in words, and the key is the key."""

from __future__ import annotations

import msgspec

from tests.pipeline.grouping.builder import crash, event, exception, frame
from vedette.pipeline.grouping import VERSION, Explanation, Variant, explain, group


def reasons(explained: Explanation) -> dict[str | None, str]:
    """The reason of each frame by its function."""
    return {one.function: one.reason for link in explained.exceptions for one in link.frames}


def test_each_frame_says_why() -> None:
    """Library, recursion, wrapper and normalised names are told apart in words."""
    explained = explain(
        crash(
            "python",
            frame("wrap", "m", context_line="return f(*args)"),
            frame("query", "orm", in_app=False, abs_path="/x/site-packages/orm.py"),
            frame("outside", "n", in_app=None),
            frame("inner", "m", lineno=1),
            frame("rule_12", filename="<string>"),
        )
    )
    assert explained.variant is Variant.APP_STACK
    assert reasons(explained) == {
        "wrap": "only hands the call on to the next frame",
        "query": "library frame",
        "outside": "not marked as application code",
        "inner": "contributes",
        "rule_12": "generated name normalised: rule_12 -> rule_<int>",
    }
    contributing = [one for one in explained.exceptions[0].frames if one.contributes]
    assert [one.used for one in contributing] == ["m|inner", "<string>|rule_<int>"]


def test_recursion_is_named() -> None:
    """A folded frame says that it repeats."""
    frames = explain(crash("python", frame("a", "m"), frame("a", "m"))).exceptions[0].frames
    assert [one.reason for one in frames] == ["contributes", "recursion of the frames above"]


def test_bundle_files_show_what_was_read() -> None:
    """A hash that was taken out of a file name is shown before and after."""
    frames = explain(crash("javascript", frame("pay", filename="/app.3f2a91bc.js"))).exceptions
    assert frames[0].frames[0].reason == ("generated name normalised: /app.3f2a91bc.js -> app.js")


def test_message_and_value_show_before_and_after() -> None:
    """The parameterised text stands beside what was sent."""
    message = explain(event("python", message="job 12 failed")).message
    assert message is not None
    assert (message.before, message.after) == ("job 12 failed", "job <int> failed")
    link = explain(event("python", exception("E", value="row 12"))).exceptions[0]
    assert (link.value, link.value_used, link.contributes) == ("row 12", "row <int>", True)


def test_a_fingerprint_leaves_the_stack_unused() -> None:
    """Frames beside a fingerprint say that something stronger decided."""
    explained = explain(crash("python", frame("a", "m"), fingerprint=["x"]))
    assert reasons(explained) == {"a": "something stronger than the stack decided"}
    assert not explained.exceptions[0].contributes


def test_a_refined_default_still_uses_the_stack() -> None:
    """Frames beside `{{ default }}` count."""
    explained = explain(crash("python", frame("a", "m"), fingerprint=["x", "{{ default }}"]))
    assert explained.exceptions[0].frames[0].contributes


def test_explanations_serialise() -> None:
    """An explanation can be stored and read again."""
    explained = explain(crash("python", frame("a", "m"), None))
    again = msgspec.json.decode(msgspec.json.encode(explained), type=Explanation)
    assert again == explained


def test_versions_are_named_and_runnable() -> None:
    """The version is told with the key, and can be asked for by name."""
    sent = crash("python", frame("a", "m"))
    assert group(sent).version == VERSION
    assert group(sent, VERSION) == group(sent)
    assert len(group(sent).key) == 16
