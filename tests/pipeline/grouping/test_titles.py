"""Titles, culprits and the unhandled mark."""

from __future__ import annotations

from tests.pipeline.grouping.builder import crash, event, exception, frame
from vedette.pipeline.grouping import is_unhandled, title

PANIC_HOOKS = [
    ("native", ("core::option::unwrap_failed",)),
    ("native", ("core::panicking::panic_fmt",)),
    ("native", ("std::panicking::begin_panic_handler::{{closure}}",)),
    ("native", ("__rust_start_panic",)),
    ("native", ("__cxa_throw",)),
    ("native", ("std::__terminate",)),
    ("cocoa", ("+[NSException raise:format:]",)),
    ("cocoa", ("_objc_terminate",)),
    ("cocoa", ("_assertionFailure(_:_:file:line:flags:)",)),
    ("cocoa", ("Swift runtime failure: Unexpectedly found nil",)),
    ("go", ("gopanic", "runtime")),
    ("go", ("goPanicIndex", "runtime")),
]


def test_the_last_exception_is_shown() -> None:
    """A chain is called by its outermost exception and the first line of its value."""
    shown = title(
        event("python", exception("Inner"), exception("Outer", value="\n  first \nsecond"))
    )
    assert (shown.type, shown.value, shown.text) == ("Outer", "first", "Outer: first")


def test_a_group_is_shown_rather_than_its_members() -> None:
    """An exception group names the issue wherever it stands in the list."""
    group = exception("ExceptionGroup", mechanism={"exception_id": 0, "is_exception_group": True})
    assert title(event("python", group, exception("KeyError"))).type == "ExceptionGroup"


def test_a_type_alone_or_a_value_alone_is_a_title() -> None:
    """Either half of a title will do."""
    assert title(event("python", exception("KeyError", value=None))).text == "KeyError"
    assert title(event("python", exception(None, value="boom"))).text == "boom"


def test_an_exception_without_a_type_is_a_message() -> None:
    """A captured message that carries a stack is called by its message."""
    sent = event("javascript", exception(None, value="x"), message="cart is empty")
    assert (title(sent).type, title(sent).text) == ("", "cart is empty")


def test_messages_are_shown_as_people_read_them() -> None:
    """The formatted text is the title, not the template."""
    entry = {"message": "hello %s", "formatted": "hello Bob\nmore"}
    assert title(event("python", logentry=entry)).text == "hello Bob"


def test_a_template_is_filled_in_where_the_sdk_did_not() -> None:
    """`logging.error("log error %s", 42)` of an older SDK."""
    assert title(event("python", logentry={"message": "log error %s", "params": [42]})).text == (
        "log error 42"
    )


def test_an_empty_event_has_a_title() -> None:
    """Nothing at all is still something in a list."""
    assert title(event("python")).text == "<unlabeled event>"
    assert title(event("python", exception(None, value=""))).text == "<unlabeled event>"


def test_the_culprit_is_the_transaction_else_the_crash_frame() -> None:
    """Module before file, application before library."""
    library = frame("loads", "json", in_app=False)
    assert title(crash("python", frame("a", "m"), transaction="/pay")).culprit == "/pay"
    assert title(crash("python", frame("a", "m"), library)).culprit == "m in a"
    assert title(crash("ruby", frame("a", filename="cart.rb"))).culprit == "cart.rb in a"
    assert title(crash("python", library)).culprit == "json in loads"
    assert title(crash("ruby", None, frame("a", filename="x.rb"))).filename == "x.rb"
    assert title(event("python")).culprit == ""


def test_the_culprit_is_the_frame_that_grouping_calls_decisive() -> None:
    """Never the hook of a panic, a trampoline or plumbing, though an SDK marks it."""
    bug = frame("shop::cart::total::h0123456789abcdef", filename="src/cart.rs")
    panic = event("native", exception("panic", bug, frame("rust_begin_unwind")))
    assert title(panic).culprit == "shop::cart::total"
    assert title(panic).function == "shop::cart::total::h0123456789abcdef"
    for platform, hook in PANIC_HOOKS:
        sent = crash(platform, frame("pay", "shop"), frame(*hook))
        assert title(sent).function == "pay", hook
    plumbing = frame("ThrowForNonSuccess", "System.Runtime.CompilerServices.TaskAwaiter")
    assert title(crash("csharp", frame("Pay", "Shop.Cart"), plumbing)).culprit == "Shop.Cart in Pay"
    proxy = frame("invoke0", "jdk.internal.reflect.DirectMethodHandle")
    assert title(crash("java", frame("pay", "shop.Cart"), proxy)).culprit == "shop.Cart in pay"
    helper = frame("asyncGeneratorStep", filename="/a.js")
    assert title(crash("javascript", frame("pay", filename="/a.js"), helper)).function == "pay"


def test_titles_are_bounded() -> None:
    """A megabyte of message is no megabyte of title."""
    sent = event("python", exception("T" * 9_000, value="v" * 900_000), transaction="t" * 9_000)
    assert len(title(sent).text) <= 512
    assert len(title(sent).culprit) <= 200


def test_unhandled_is_any_exception_that_nobody_handled() -> None:
    """One `handled: false` in the chain is enough; an unknown one is not."""
    loose = exception("E", mechanism={"type": "excepthook", "handled": False})
    assert is_unhandled(event("python", loose, exception("F")))
    assert not is_unhandled(event("python", exception("F", mechanism={"handled": True})))
    assert not is_unhandled(event("python", exception("F")))
