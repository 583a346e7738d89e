"""Every language: generated names do not split, written ones stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipeline.grouping.builder import apart, crash, frame, same
from vedette.pipeline.grouping.languages import load
from vedette.pipeline.grouping.naming import Name
from vedette.wire.event import Frame

ONE_BUG = [
    ("java", [("lambda$run$0", "shop.Cart"), ("lambda$run$7", "shop.Cart")]),
    ("java", [("pay", "shop.Cart$$Lambda$12/0x00ff12"), ("pay", "shop.Cart$$Lambda/0x0a01")]),
    ("java", [("pay", "shop.Cart$$EnhancerBySpringCGLIB$$1a2b3c"), ("pay", "shop.Cart")]),
    ("java", [("pay", "shop.Cart$$SpringCGLIB$$0"), ("pay", "shop.Cart_ClientProxy")]),
    ("java", [("run", "shop.Cart$1"), ("run", "shop.Cart$2")]),
    ("java", [("pay", "com.sun.proxy.$Proxy12"), ("pay", "com.sun.proxy.$Proxy99")]),
    ("go", [("Pay.func1", "shop/cart"), ("Pay.func2.1", "shop/cart"), ("Pay", "shop/cart")]),
    ("go", [("Map[int]", "shop/cart"), ("Map[...]", "shop/cart")]),
    ("go", [("(*Cart).Pay-fm", "shop/cart"), ("(*Cart).Pay", "shop/cart")]),
    ("csharp", [("MoveNext", "Shop.Cart+<Pay>d__12"), ("Pay", "Shop.Cart")]),
    ("csharp", [("<Pay>b__0", "Shop.Cart+<>c__DisplayClass5_0"), ("<Pay>b__3_1", "Shop.Cart+<>c")]),
    ("csharp", [("Pay[T]", "Shop.Cart`1"), ("Pay", "Shop.Cart`2")]),
    ("csharp", [("<Pay>g__Check|4_0", "Shop.Cart"), ("<Pay>g__Check|5_1", "Shop.Cart")]),
    ("native", [("void shop::pay<int>(int) const", None), ("shop::pay", None)]),
    ("native", [("shop::pay::h0123456789abcdef", None), ("shop::pay::{{closure}}", None)]),
    ("native", [("(anonymous namespace)::pay", None), ("`anonymous namespace'::pay", None)]),
    ("native", [("pay.cold.1", None), ("pay.isra.0", None), ("pay [clone .part.3]", None)]),
    ("native", [("__12-[Cart pay]_block_invoke_2", None), ("-[Cart pay]", None)]),
    ("native", [("std::__1::sort<T>", None), ("std::sort", None)]),
    ("cocoa", [("closure #1 in Cart.pay()", None), ("specialized Cart.pay()", None)]),
    ("native", [("Cart::operator[](unsigned long) const", None), ("Cart::operator[](int)", None)]),
    ("swift", [("static Cart.pay(a: Int) -> String", None), ("Cart.pay(a:)", None)]),
    ("dart", [("Cart.pay.<anonymous closure>", "cart"), ("Cart.pay", "cart")]),
    ("elixir", [("anonymous fn/1 in Shop.Cart.pay/2", "Shop.Cart"), ("pay/2", "Elixir.Shop.Cart")]),
    ("elixir", [("-pay/2-fun-0-", "Shop.Cart"), ("pay/2", "Shop.Cart")]),
    ("perl", [("pay_0123abcd4567", "Shop"), ("pay_89abcdef0123", "Shop")]),
]


@pytest.mark.parametrize(("platform", "names"), ONE_BUG, ids=str)
def test_generated_names_are_one_bug(platform: str, names: list[tuple[str, str | None]]) -> None:
    """Compilers, proxies and optimisers name one function in many ways."""
    assert same(*(crash(platform, frame(function, module)) for function, module in names))


ONE_BUG_BY_FILE = [
    (
        "php",
        "class@anonymous\0/srv/a.php:12$0::run",
        "/x.php",
        "class@anonymous\0/srv/b.php:9$1::run",
        "/x.php",
    ),
    (
        "php",
        "{closure}",
        "/srv/routes/web.php",
        "{closure:/srv/routes/web.php:12}",
        "/srv/routes/web.php",
    ),
    ("php", "show", f"/views/{'a1' * 20}.php", "show", f"/views/{'b2' * 20}.php"),
    (
        "php",
        "__TwigTemplate_1a2b3c4d5e::display",
        "/t.php",
        "__TwigTemplate_99aabbccdd::display",
        "/t.php",
    ),
    ("ruby", "block (2 levels) in pay", "app/cart.rb", "block in pay", "app/cart.rb"),
    ("ruby", "Cart#pay", "app/cart.rb", "pay", "app/cart.rb"),
    (
        "ruby",
        "_app_views_cart_html_erb__123_456",
        "app/v.erb",
        "_app_views_cart_html_erb___98_7",
        "app/v.erb",
    ),
    ("ruby", "pay", "/gems/pay-1.0.3/lib/pay.rb", "pay", "/usr/gems/pay-1.2.0/lib/pay.rb"),
]


@pytest.mark.parametrize(("platform", "one", "file", "other", "other_file"), ONE_BUG_BY_FILE)
def test_generated_names_and_files_are_one_bug(
    platform: str, one: str, file: str, other: str, other_file: str
) -> None:
    """PHP and Ruby name frames by file: compiled templates and versions must not split."""
    assert same(
        crash(platform, frame(one, filename=file)),
        crash(platform, frame(other, filename=other_file)),
    )


TWO_BUGS = [
    ("java", ("pay", "shop.Cart"), ("pay", "shop.Order")),
    ("java", ("run", "shop.Cart$Payer"), ("run", "shop.Cart$Sender")),
    ("go", ("(*Cart).Pay", "shop"), ("(*Order).Pay", "shop")),
    ("csharp", ("<Pay>b__0", "Shop.Cart+<>c"), ("<Send>b__0", "Shop.Cart+<>c")),
    ("native", ("shop::operator<", None), ("shop::operator<<", None)),
    ("native", ("operator new(unsigned long)", None), ("operator delete(void*)", None)),
    ("native", ("Cart::operator bool() const", None), ("Order::operator bool() const", None)),
    ("native", ("-[Cart pay]", None), ("-[Cart send]", None)),
    ("native", ("<Cart as Pay>::run", None), ("<Order as Pay>::run", None)),
    ("php", ("Cart::pay", None), ("Order::pay", None)),
    ("ruby", ("pay", None), ("send", None)),
]


@pytest.mark.parametrize(("platform", "one", "other"), TWO_BUGS)
def test_written_names_stay_apart(
    platform: str, one: tuple[str, str | None], other: tuple[str, str | None]
) -> None:
    """What a person named tells two bugs apart."""
    assert apart(crash(platform, frame(*one)), crash(platform, frame(*other)))


def test_reflection_does_not_split() -> None:
    """The JVM swaps its accessors after a few calls; that is no new bug."""
    assert same(
        crash(
            "java", frame("invoke0", "sun.reflect.GeneratedMethodAccessor12"), frame("pay", "shop")
        ),
        crash(
            "java", frame("invoke", "jdk.internal.reflect.DirectMethodHandle"), frame("pay", "shop")
        ),
        crash("java", frame("pay", "shop")),
    )


def test_how_a_native_process_ends_does_not_count() -> None:
    """`abort` on one system is `raise` on another."""
    assert same(
        crash("native", frame("shop::pay"), frame("abort"), frame("__pthread_kill")),
        crash("native", frame("shop::pay"), frame("raise")),
        crash("native", frame("main"), frame("shop::pay")),
    )


def test_a_frame_names_its_own_platform() -> None:
    """A native frame in a mobile app's stack is read as native."""
    assert same(
        crash("javascript", frame("pay", filename="a.js"), frame("ns::f(int)", platform="native")),
        crash("javascript", frame("pay", filename="a.js"), frame("ns::f", platform="native")),
    )


LANGUAGES = sorted(
    sorted({id(language): language for language in load().values()}.values(), key=str),
    key=lambda language: min(language.platforms),
)
TEXT = st.one_of(
    st.none(), st.text(max_size=60), st.sampled_from(["<", "(((", "a::", "/", "$$", "\0"])
)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: min(language.platforms))
@given(function=TEXT, module=TEXT, filename=TEXT, abs_path=TEXT, package=TEXT)
def test_every_language_reads_any_frame(  # type: ignore[no-untyped-def]
    language, function, module, filename, abs_path, package
) -> None:
    """Each kind of the drawer names any frame and judges it, without raising."""
    sent = Frame(
        function=function, module=module, filename=filename, abs_path=abs_path, package=package
    )
    assert isinstance(language.clean(sent), Name)
    assert language.is_library(sent) in (True, False)
    assert language.platforms
