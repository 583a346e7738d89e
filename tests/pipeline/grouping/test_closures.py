"""Functions without a name: one place is one issue, whatever number a compiler gave it."""

from __future__ import annotations

import pytest

from tests.pipeline.grouping.builder import Json, apart, crash, event, exception, frame, key, same
from vedette.pipeline.grouping import former_groups, group
from vedette.wire.event import Event

# Platform, module, and the names of two closures that stand in one function.
NUMBERED = [
    ("go", "acme.dev/shop/routes", "Register.func1", "Register.func7"),
    ("go", "acme.dev/shop/routes", "glob..func1", "glob..func2"),
    ("go", "acme.dev/shop/routes", "(*Shop).Run.func1.2", "(*Shop).Run.func3.1"),
    ("java", "com.acme.Api", "lambda$list$0", "lambda$list$4"),
    ("java", "com.acme.Main", "lambda$on$0$com-acme-Main", "lambda$on$2$com-acme-Main"),
    ("java", "com.acme.MainKt", "main$lambda$0", "main$lambda$3"),
    ("java", "com.acme.MainKt", "main$lambda-0", "main$lambda-2"),
    ("java", "com.acme.Jobs$", "$anonfun$run$1", "$anonfun$run$2"),
    ("java", "com.acme.Jobs", "$r8$lambda$Gl3MxpQ_a1", "$r8$lambda$xYz-90abc"),
    ("csharp", "Shop.Cart+<>c", "<Pay>b__0", "<Pay>b__3_1"),
    ("csharp", "Shop.Cart", "_Lambda$__12-0", "_Lambda$__14-1"),
    (
        "elixir",
        "Shop.Cart",
        "anonymous fn/1 in Shop.Cart.pay/2",
        "anonymous fn/1 in Shop.Cart.pay/2",
    ),
    ("elixir", "Shop.Cart", "-pay/2-fun-0-", "-pay/2-fun-3-"),
    ("native", None, "shop::cart::total::{closure#0}", "shop::cart::total::{{closure}}"),
    ("native", None, "closure #1 in Cart.pay()", "closure #4 in Cart.pay()"),
    (
        "native",
        None,
        "shop::pay()::{lambda(int)#1}::operator()",
        "shop::pay()::{lambda(int)#2}::operator()",
    ),
    ("dart", "cart", "Cart.pay.<anonymous closure>", "Cart.pay.<anonymous closure>"),
    ("python", "shop.views", "<lambda>", "<lambda>"),
    ("php", None, "{closure:/srv/app/routes/web.php:12}", "{closure:/srv/app/routes/web.php:30}"),
    ("ruby", None, "block in <class:Shop>", "block (2 levels) in <class:Shop>"),
]


def closure(platform: str, module: str | None, function: str, **fields: object) -> Event:
    """A crash in a closure."""
    return crash(platform, frame(function, module, filename="shop/file.x", **fields))


@pytest.mark.parametrize(("platform", "module", "one", "other"), NUMBERED)
def test_closures_are_told_apart_by_their_source_line(
    platform: str, module: str | None, one: str, other: str
) -> None:
    """Two closures of one function are two bugs; one that was renumbered is the same."""
    lines = ("  write(order(id).lines)", "  write(invoice(number).pdf)")
    assert apart(
        closure(platform, module, one, context_line=lines[0], lineno=20),
        closure(platform, module, other, context_line=lines[1], lineno=80),
    )
    assert same(
        closure(platform, module, one, context_line=lines[0], lineno=20),
        closure(platform, module, other, context_line=lines[0], lineno=33),
    )


@pytest.mark.parametrize(
    ("platform", "module", "one", "other"), [row for row in NUMBERED if row[0] != "php"]
)
def test_without_a_source_line_its_number_tells(
    platform: str, module: str | None, one: str, other: str
) -> None:
    """Far apart in the file they are two; a few lines further down, or unnumbered, they are one."""
    assert apart(
        closure(platform, module, one, lineno=20), closure(platform, module, other, lineno=80)
    )
    assert same(
        closure(platform, module, one, lineno=41), closure(platform, module, other, lineno=44)
    )
    assert same(closure(platform, module, one), closure(platform, module, other))


def test_the_value_of_the_error_does_not_tell_closures_apart() -> None:
    """It would make an issue of every customer."""
    assert same(
        *(
            event(
                "java",
                exception(
                    "IllegalStateException",
                    frame("lambda$pay$0", "com.acme.Main", lineno=47),
                    value=f"customer {name} has no account",
                ),
            )
            for name in ("alice", "bob", "carol")
        )
    )


def test_the_type_of_the_error_does() -> None:
    """At one place of a file."""
    one, other = (
        event("java", exception(type_, frame("lambda$pay$0", "com.acme.Main", lineno=47)))
        for type_ in ("IllegalStateException", "NullPointerException")
    )
    assert apart(one, other)


def test_a_closure_tells_its_neighbours() -> None:
    """The blocks of lines above and below it, whose issue it may have been moved out of."""
    sent, above, below, far = (
        crash("go", frame("Register.func1", "shop", lineno=line)) for line in (48, 47, 56, 64)
    )
    told = {one.key for one in former_groups(sent, group(sent))}
    assert {key(above), key(below)} <= told
    assert key(far) not in told


def test_what_looks_like_a_block_of_lines_has_no_neighbours() -> None:
    """In a fingerprint or a message."""
    for sent in (
        crash("go", frame("Register", "shop"), fingerprint=["a|~5"]),
        event("go", message="a|~5"),
    ):
        assert former_groups(sent, group(sent)) == []


def test_a_named_function_does_not_count_by_its_line() -> None:
    """Where in it the bug lies changes with every edit."""
    assert same(
        crash("go", frame("Register", "shop", lineno=10)),
        crash("go", frame("Register", "shop", lineno=900)),
    )
    assert same(
        *(
            crash(
                "java",
                frame("invokeSuspend", f"shop.Cart$pay${number}", lineno=at),
                frame("pay", "shop.Cart", lineno=at),
            )
            for number, at in ((1, 10), (2, 900))
        )
    )


def test_two_coroutines_of_a_function_are_told_apart_by_where_they_stand() -> None:
    """As all closures are; the number that the compiler gave them says nothing."""
    one, other, moved = (
        crash("java", frame("invokeSuspend", f"shop.Cart$pay${number}", lineno=at))
        for number, at in ((1, 10), (2, 900), (3, 11))
    )
    assert apart(one, other)
    assert same(one, moved)


@pytest.mark.parametrize("line", ["", "    return Order::find($id)->total(now());"])
def test_php_names_one_closure_in_two_ways(line: str) -> None:
    """Until PHP 8.3 by its namespace, since PHP 8.4 by its function and line."""
    fields: Json = {"filename": "/app/Http/Cart.php", "lineno": 33, "context_line": line}
    old = frame(r"App\Http\Cart::App\Http\{closure}", **fields)
    new = frame(r"App\Http\Cart::{closure:App\Http\Cart::index():31}", **fields)
    nested = frame(r"App\Http\Cart::{closure:{closure:App\Http\Cart::index():31}:32}", **fields)
    assert same(crash("php", old), crash("php", new), crash("php", nested))


def test_php_closures_of_two_methods_are_two() -> None:
    """Their names tell where they begin."""
    fields: Json = {"filename": "/app/Http/Cart.php", "lineno": 12}
    assert apart(
        crash("php", frame(r"App\Http\Cart::{closure:App\Http\Cart::index():31}", **fields)),
        crash("php", frame(r"App\Http\Cart::{closure:App\Http\Cart::store():80}", **fields)),
    )


RENUMBERED = [
    (
        "java",
        ("run", "com.acme.Main$$ExternalSyntheticLambda7"),
        ("run", "com.acme.Main$$ExternalSyntheticLambda12"),
    ),
    ("java", ("run", "com.acme.-$$Lambda$Main$Xk3_a"), ("run", "com.acme.-$$Lambda$Main$9q-Zb1")),
    (
        "java",
        ("run", "com.acme.Main$$InternalSyntheticOutline0"),
        ("run", "com.acme.Main$$SyntheticLambda3"),
    ),
    (
        "java",
        ("invoke", "com.acme.ComposableSingletons$MainKt$lambda-1$1"),
        ("invoke", "com.acme.ComposableSingletons$MainKt$lambda-3$1"),
    ),
    ("java", ("invokeSuspend", "com.acme.Cart$pay$1"), ("invokeSuspend", "com.acme.Cart$pay$2")),
    ("java", ("doCall", "com.acme.Jobs$_run_closure1"), ("doCall", "com.acme.Jobs$_run_closure2")),
    (
        "java",
        ("doCall", "Jobs$_run_closure1$_closure4"),
        ("doCall", "Jobs$_run_closure2$_closure9"),
    ),
    ("java", ("doCall", "Jobs$_run_lambda1"), ("doCall", "Jobs$_run_lambda2")),
    ("java", ("run", "Script12"), ("run", "Script7")),
    ("java", ("pay", "shop.$Cart$Definition$Intercepted"), ("pay", "shop.$Cart$Intercepted")),
    (
        "java",
        ("lambda_1$lambda$0", "shop.ComposableSingletons$MainKt"),
        ("lambda$-987654$lambda$1", "shop.ComposableSingletons$MainKt"),
    ),
    ("csharp", ("Get", "<>f__AnonymousType0`2"), ("Get", "<>f__AnonymousType3`2")),
    ("csharp", ("Pay", "Acme.<Svc>F1A2B3C4D5__Job"), ("Pay", "Acme.<Svc>FAAAAAAA5D5__Job")),
    ("csharp", ("void Cart.Pay(int id)+() => { }", "A"), ("void Cart.Pay(int id)+(x) => { }", "A")),
    ("go", ("Register.func1", "shop"), ("Register.Register.func1", "shop")),
    ("go", ("glob..func1", "shop"), ("init.func2", "shop")),
    ("java", ("invoke", "shop.core$handler$fn__1234"), ("invoke", "shop.core$handler$fn__20817")),
    ("java", ("invoke", "shop.core$eval1234"), ("invoke", "shop.core$eval99")),
    ("java", ("invoke", "shop.core$reify__12"), ("invoke", "shop.core$reify__13")),
    ("java", ("apply", "shop.Jobs$$anonfun$run$1"), ("apply", "shop.Jobs$$anonfun$run$2")),
    ("java", ("pay", "jdk.proxy2.$Proxy31"), ("pay", "jdk.proxy3.$Proxy140")),
    ("java", ("pay", "com.sun.proxy.$Proxy3"), ("pay", "jdk.proxy2.$Proxy3")),
    (
        "java",
        ("run", "build_9c3f2a91bc00ddf4e1a2b3c4d"),
        ("run", "build_1z99mlp5cofct0dckf69l39fe"),
    ),
    ("java", ("pay", "shop.Cart$MockitoMock$123"), ("pay", "shop.Cart$HibernateProxy$a1B2")),
    ("java", ("pay$default", "shop.CartKt"), ("pay", "shop.CartKt")),
    ("java", ("pay$suspendImpl", "shop.Cart"), ("pay", "shop.Cart")),
    (
        "csharp",
        ("Place", "Castle.Proxies.OrderServiceProxy"),
        ("Place", "Castle.Proxies.OrderServiceProxy_1"),
    ),
    ("csharp", ("Invoke", "Shop.Cart+pay@12"), ("Invoke", "Shop.Cart+pay@15-3")),
    ("csharp", ("MoveNext", "Shop.Cart+<>c+<<Pay>b__0_1>d"), ("<Pay>b__4", "Shop.Cart+<>c")),
    ("csharp", ("MoveNext", "Shop.Cart+<<Pay>g__Check|4_0>d"), ("<Pay>g__Check|7_1", "Shop.Cart")),
    ("csharp", ("MoveNext", "Shop.Cart+VB$StateMachine_3_Pay"), ("Pay", "Shop.Cart")),
    ("native", ("<shop::cart::Cart>::total", None), ("shop::cart::Cart::total", None)),
    ("native", ("shop::cart::{impl#3}::total", None), ("shop::cart::{impl#4}::total", None)),
    ("native", ("shop::total::{closure#0}::{closure#1}", None), ("shop::total::{{closure}}", None)),
    ("native", ("(1) await resume partial function for Cart.pay()", None), ("Cart.pay()", None)),
    (
        "native",
        ("partial apply forwarder for closure #2 in Cart.pay()", None),
        ("Cart.pay()", None),
    ),
    (
        "native",
        ("protocol witness for Payer.pay() in conformance Cart", None),
        ("Payer.pay()", None),
    ),
    ("native", ("<lambda_5db80dab>::operator()", None), ("<lambda_11fe0dc2>::operator()", None)),
    ("elixir", ("-pay/2-lc$^0/1-0-", "Shop.Cart"), ("-pay/2-lc$^0/1-3-", "Shop.Cart")),
]


@pytest.mark.parametrize(("platform", "one", "other"), RENUMBERED)
def test_what_a_build_renumbers_is_one_place(
    platform: str, one: tuple[str, str | None], other: tuple[str, str | None]
) -> None:
    """Synthetic classes, state machines and proxies get new numbers from every build."""
    assert same(crash(platform, frame(*one)), crash(platform, frame(*other)))


KEPT = [
    ("java", ("run", "com.acme.UserAccessor1"), ("run", "com.acme.UserAccessor2")),
    ("java", ("run", "com.acme.Script1"), ("run", "com.acme.Script2")),
    ("python", ("make.<locals>.inner", "shop"), ("load.<locals>.inner", "shop")),
    ("python", ("handle_1040", "shop"), ("handle_1099", "shop")),
    ("node", ("run", "reports.2023:tax"), ("run", "reports.2024:tax")),
]


@pytest.mark.parametrize(("platform", "one", "other"), KEPT)
def test_what_a_person_numbered_is_two_places(
    platform: str, one: tuple[str, str], other: tuple[str, str]
) -> None:
    """Forms, years, classes; and functions of one name in two functions."""
    assert apart(crash(platform, frame(*one)), crash(platform, frame(*other)))


def test_blocks_are_told_apart_by_their_source_line() -> None:
    """Where it was sent; without it they count as the function they stand in."""
    fields: Json = {"filename": "shop/cart.rb"}
    one, other = (
        crash("ruby", frame("block in pay", context_line=line, lineno=at, **fields))
        for line, at in (("a.id", 10), ("b.name", 90))
    )
    assert apart(one, other)
    assert same(
        crash("ruby", frame("block in pay", lineno=10, **fields)),
        crash("ruby", frame("block in pay", lineno=90, **fields)),
    )


def test_closures_of_a_packages_variables_are_those_of_their_file() -> None:
    """Go calls all of them alike."""
    assert apart(
        crash("go", frame("glob..func1", "shop", filename="orders.go")),
        crash("go", frame("glob..func2", "shop", filename="users.go")),
    )


def test_the_class_that_ruby_tells_counts_where_the_file_does_not_say_it() -> None:
    """Ruby 3.4 tells it of every method, 3.3 of none."""
    old, new = (crash("ruby", frame(name, filename="a/cart.rb")) for name in ("pay", "Cart#pay"))
    assert same(old, new)
    assert apart(
        crash("ruby", frame("Cart#pay", filename="a/all.rb")),
        crash("ruby", frame("Menu#pay", filename="a/all.rb")),
    )
