"""Whole signatures of Swift, C++ and Rust: the name counts, not what stands around it."""

from __future__ import annotations

import pytest

from tests.pipeline.grouping.builder import apart, crash, explain, frame, same

# A signature as a demangler writes it, and the name in it.
SIGNATURES = [
    ("Cart.pay()", "Cart.pay"),
    ("Shop.Cart.pay(order: Swift.Int) -> ()", "Shop.Cart.pay(order:)"),
    ("Shop.Cart.pay() async throws -> Swift.Int", "Shop.Cart.pay"),
    ("Shop.Cart.pay<A>(order: A) where A: Codable", "Shop.Cart.pay(order:)"),
    (
        "Shop.Cart.pay<A where A: Swift.Hashable>(order: A) throws -> Swift.Int",
        "Shop.Cart.pay(order:)",
    ),
    ("static Shop.Cart.pay() -> ()", "Shop.Cart.pay"),
    ("Shop.(Cart in _3F2A91BC77AA01DD).pay() -> ()", "Shop.Cart.pay"),
    ("Shop.Cart.total.getter : Swift.Int", "Shop.Cart.total.getter"),
    ("Shop.Cart.subscript.getter : (Swift.Int) -> Swift.Int", "Shop.Cart.subscript.getter"),
    ("variable initialization expression of Shop.Cart.total : Swift.Int", "Shop.Cart.total"),
    ("default argument 0 of Shop.Cart.pay(x: Swift.Int) -> ()", "Shop.Cart.pay(x:)"),
    ("closure #1 (Swift.Int) -> (Swift.Int, Swift.Int) in Shop.Cart.pay() -> ()", "Shop.Cart.pay"),
    ("closure #1 @Sendable () async -> () in Shop.Cart.pay() -> ()", "Shop.Cart.pay"),
    ("closure #1 in closure #2 in Cart.pay()", "Cart.pay"),
    ("static Shop.Cart.== infix(Shop.Cart, Shop.Cart) -> Swift.Bool", "Shop.Cart.=="),
    ("Cart::pay() const &", "Cart::pay"),
    ("Cart::pay() &&", "Cart::pay"),
    ("Cart::pay() noexcept", "Cart::pay"),
    ("void Cart::pay<int>(int) requires std::integral<int>", "Cart::pay"),
    ("void (*Cart::get(int))(char)", "Cart::get"),
    ("auto Cart::items() const -> std::vector<int>", "Cart::items"),
    ("std::vector<int, std::allocator<int> > Cart::items() const", "Cart::items"),
    ("shop::pay()::local::f()", "shop::pay::local::f"),
    ("shop::cart::pay::<u32>", "shop::cart::pay"),
    ("<shop::Wrap<alloc::vec::Vec<u8>>>::run", "shop::Wrap::run"),
    ("<shop::Menu<T> as shop::Total>::total", "<shop::Menu as shop::Total>::total"),
]


@pytest.mark.parametrize(("signature", "name"), SIGNATURES)
def test_a_signature_is_reduced_to_its_name(signature: str, name: str) -> None:
    """Never to the keyword or the type that stands last."""
    (told,) = explain(crash("native", frame(signature))).exceptions
    assert told.frames[0].used == f"|{name}"


def test_functions_of_one_shape_are_two() -> None:
    """What they return and ask of their types is equal."""
    assert apart(
        crash("cocoa", frame("Cart.pay<A>(order:) where A: Codable")),
        crash("cocoa", frame("Menu.load<B>(from:) where B: Codable")),
    )


def test_the_body_of_an_async_function_has_two_names() -> None:
    """By Rust's old mangling and by its new one."""
    assert same(
        crash("native", frame("shop::cart::pay::{{closure}}", lineno=3)),
        crash("native", frame("shop::cart::pay::{async_fn#0}", lineno=3)),
    )
