"""JavaScript: engines, bundlers and hosts must not split a bug."""

from __future__ import annotations

import pytest

from tests.pipeline.grouping.builder import apart, crash, event, exception, frame, same
from vedette.wire.event import Event

PAGE = "https://shop.example/cart.html"


def web(*frames: tuple[str | None, str], **fields: str) -> Event:
    """A browser crash from pairs of function and file."""
    return crash(
        "javascript", *(frame(function, filename=file, **fields) for function, file in frames)
    )


def test_the_engines_agree() -> None:
    """Chrome, Firefox, Safari and old Edge tell the same crash in four ways."""
    chrome = web(
        (None, PAGE),
        ("Cart.checkout", PAGE),
        ("Array.map", "<anonymous>"),
        ("eval", PAGE),
        ("new Order", PAGE),
        ("Object.send", PAGE),
    )
    firefox = web(
        (None, PAGE), ("checkout", PAGE), ("checkout/<", PAGE), ("Order", PAGE), ("send", PAGE)
    )
    safari = web(
        ("checkout", PAGE),
        ("map", "[native code]"),
        ("eval", "[native code]"),
        ("Order", PAGE),
        ("send", PAGE),
    )
    edge = web(
        ("Anonymous function", PAGE),
        ("Cart.prototype.checkout", PAGE),
        ("Array.prototype.map", "native code"),
        ("eval code", "eval code"),
        ("Order", PAGE),
        ("send", PAGE),
    )
    assert same(chrome, firefox, safari, edge)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://cdn.example/app.3f2a91bc.js", "https://shop.example/app.77aa01de.js"),
        ("https://shop.example/app.js?v=1", "https://shop.example/app.js?v=2#x"),
        ("app:///dist/app.js", "https://shop.example/dist/app.js"),
        ("/assets/index-BxK3j2lF.js", "/assets/index-a9QpLw0Z.js"),
        ("/static/12.9fe2ab01.chunk.js", "/static/7.0011aacc.chunk.js"),
        ("webpack:///./src/cart.ts?91af", "webpack-internal:///(app-pages-browser)/./src/cart.ts"),
        ("/_next/static/Xy12abCD34efGH56/pages/cart.js", "/_next/static/pages/cart.js"),
        ("file:///home/alice/cart.html", "file:///home/bob/cart.html"),
        ("https://shop.example/v1.2.0/app.js", "https://shop.example/v1.3.1/app.js"),
    ],
)
def test_a_deployment_does_not_split(one: str, other: str) -> None:
    """Hosts, hashes, query strings and chunk numbers are not part of a file's name."""
    assert same(web(("pay", one)), web(("pay", other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/assets/checkout-payments.js", "/assets/checkout-delivery.js"),
        ("/js/user-formData.js", "/js/user-profile.js"),
        ("/src/a/index.js", "/src/b/index.js"),
    ],
)
def test_words_in_file_names_are_kept(one: str, other: str) -> None:
    """What a person named stays, even where a hash might stand."""
    assert apart(web(("pay", one)), web(("pay", other)))


def test_anonymous_crashes_are_told_apart_by_their_line() -> None:
    """Two arrow functions of a file are two bugs when their source lines differ."""
    assert apart(
        web((None, PAGE), context_line="  order.total.toFixed(2)"),
        web((None, PAGE), context_line="  user.name.trim()"),
    )


def test_anonymous_minified_crashes_are_told_apart_by_the_message() -> None:
    """A stack without one name says so little that the message must help."""
    nameless = frame("?", filename="/app.js", context_line="x=1;" * 60)
    assert apart(
        event("javascript", exception("TypeError", nameless, value="a is null")),
        event("javascript", exception("TypeError", nameless, value="b.map is not a function")),
    )


def test_async_names_and_aliases_are_one_function() -> None:
    """`async*load`, `async load` and `load [as then]` are the function `load`."""
    assert same(
        web(("load", PAGE)),
        web(("async*load", PAGE)),
        web(("async load", PAGE)),
        web(("load [as then]", PAGE)),
    )


def test_compiled_async_helpers_do_not_count() -> None:
    """What the compiler puts around an async function is not part of the bug."""
    assert same(
        web(("pay", PAGE)),
        web(("asyncGeneratorStep", PAGE), ("_next", PAGE), ("Generator.next", PAGE), ("pay", PAGE)),
    )


def test_node_keeps_the_class() -> None:
    """One engine runs everything on a server, so `Cart.add` is not `Order.add`."""
    assert apart(
        crash("node", frame("Cart.add", "dist:shop")),
        crash("node", frame("Order.add", "dist:shop")),
    )
    assert same(
        crash("node", frame("Object.add", "dist:shop")),
        crash("node", frame("Module.add", "dist:shop")),
        crash("node", frame("async add", "dist:shop")),
    )


def test_spread_wrappers_do_not_make_new_bugs() -> None:
    """`fn.apply(this, arguments)` hands the call on."""
    bug = frame("pay", filename="/srv/cart.js", context_line="throw new Error('x')")
    wrapper = frame(
        "wrapped", filename="/srv/wrap.js", context_line="    return fn.apply(this, arguments);"
    )
    assert same(crash("node", bug), crash("node", wrapper, bug))
