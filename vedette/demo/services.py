"""The demo's services and the bugs in them: what an SDK would send for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """One cause of errors.

    `frames` are (function, file, line, source line, in-app), crash frame last. `per_day` is
    how often it happens; `story` bends that: steady, spike, regression, new or fading.
    """

    type: str
    value: str
    frames: tuple[tuple[str, str, int, str, bool], ...]
    per_day: float
    story: str = "steady"
    transaction: str = ""
    level: str = "error"
    handled: bool = False
    message: bool = False
    cause: tuple[str, str] | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One project of the demo."""

    name: str
    platform: str
    sdk: str
    bugs: tuple[Bug, ...]
    runtime: dict[str, str]
    crumbs: tuple[tuple[str, str, str], ...]
    request_base: str = ""
    modules: dict[str, str] = field(default_factory=dict)
    contexts: dict[str, Any] = field(default_factory=dict)


_DJANGO = (
    ("inner", "django/core/handlers/exception.py", 55, "response = get_response(request)", False),
    (
        "_get_response",
        "django/core/handlers/base.py",
        197,
        "response = wrapped_callback(request, *callback_args, **callback_kwargs)",
        False,
    ),
)

API = Service(
    name="Demo shop API",
    platform="python",
    sdk="sentry.python.django",
    runtime={"name": "CPython", "version": "3.12.4"},
    modules={"django": "5.2.1", "psycopg": "3.2.3", "celery": "5.4.0", "stripe": "11.1.0"},
    request_base="https://shop.example/api",
    crumbs=(
        ("query", "SELECT * FROM orders_order WHERE id = %s", "query"),
        ("httplib", "GET https://payments.example/v1/charges", "http"),
        ("cart", "cart recalculated", "default"),
    ),
    bugs=(
        Bug(
            type="ZeroDivisionError",
            value="division by zero",
            transaction="/api/orders/{order_id}/discount/",
            frames=(
                *_DJANGO,
                ("discount", "shop/orders/views.py", 88, "return apply_discount(order)", True),
                (
                    "apply_discount",
                    "shop/orders/pricing.py",
                    41,
                    "share = order.discount / order.item_count",
                    True,
                ),
            ),
            per_day=18,
            story="regression",
        ),
        Bug(
            type="PaymentDeclined",
            value="card was declined: insufficient funds (request req_{hex})",
            transaction="/api/checkout/",
            frames=(
                *_DJANGO,
                ("checkout", "shop/checkout/views.py", 132, "charge = pay(order, card)", True),
                ("request", "stripe/_http_client.py", 812, "return self._handle(response)", False),
                (
                    "pay",
                    "shop/checkout/payment.py",
                    64,
                    "raise PaymentDeclined(answer.reason) from error",
                    True,
                ),
            ),
            cause=("CardError", "Your card has insufficient funds."),
            per_day=55,
            handled=True,
            level="warning",
            tags={"payment.provider": "stripe"},
        ),
        Bug(
            type="OperationalError",
            value="connection to server at 10.0.{n}.{n}, port 5432 failed: timeout expired",
            transaction="/api/search/",
            frames=(
                *_DJANGO,
                ("search", "shop/catalogue/views.py", 27, "hits = Product.search(term)", True),
                (
                    "connect",
                    "psycopg/connection.py",
                    119,
                    "raise last_ex.with_traceback(None)",
                    False,
                ),
            ),
            per_day=9,
            story="spike",
            level="fatal",
        ),
        Bug(
            type="IntegrityError",
            value='duplicate key value violates unique constraint "cart_item_unique" ({n})',
            transaction="/api/cart/items/",
            frames=(
                *_DJANGO,
                ("add_item", "shop/cart/views.py", 53, "CartItem.objects.create(**fields)", True),
            ),
            per_day=6,
        ),
        Bug(
            type="",
            value="stock of {word} is below its minimum: {n} left",
            transaction="shop.stock.tasks.check_levels",
            frames=(),
            message=True,
            level="warning",
            handled=True,
            per_day=30,
        ),
        Bug(
            type="KeyError",
            value="'vat_rate'",
            transaction="/api/invoices/{invoice_id}/",
            frames=(
                *_DJANGO,
                ("show", "shop/invoices/views.py", 19, "return render(invoice.lines())", True),
                (
                    "lines",
                    "shop/invoices/models.py",
                    76,
                    "rate = self.country['vat_rate']",
                    True,
                ),
            ),
            per_day=14,
            story="new",
        ),
    ),
)

WEB = Service(
    name="Demo shop web",
    platform="javascript",
    sdk="sentry.javascript.react",
    runtime={},
    request_base="https://shop.example",
    crumbs=(
        ("ui.click", "button.buy > span", "ui"),
        ("navigation", "/cart", "navigation"),
        ("fetch", "POST /api/cart/items/ [201]", "http"),
        ("console", "cart: 2 items", "debug"),
    ),
    bugs=(
        Bug(
            type="TypeError",
            value="Cannot read properties of undefined (reading 'price')",
            transaction="/products/:slug",
            frames=(
                ("renderWithHooks", "node_modules/react-dom/index.js", 15486, "", False),
                (
                    "ProductCard",
                    "src/components/ProductCard.tsx",
                    34,
                    "  const price = offer.variant.price;",
                    True,
                ),
            ),
            per_day=90,
            story="regression",
        ),
        Bug(
            type="ChunkLoadError",
            value="Loading chunk {n} failed.",
            transaction="/checkout",
            frames=(
                ("webpackJsonp.e", "webpack/runtime/load script", 24, "", False),
                ("loadCheckout", "src/routes.ts", 12, "  import('./checkout')", True),
            ),
            per_day=25,
            story="spike",
        ),
        Bug(
            type="UnhandledRejection",
            value="Failed to fetch",
            transaction="/cart",
            frames=(
                ("post", "src/api/client.ts", 57, "  const answer = await fetch(url, init);", True),
            ),
            per_day=35,
            story="fading",
        ),
        Bug(
            type="RangeError",
            value="Invalid currency code : {word}",
            transaction="/products/:slug",
            frames=(
                ("formatMoney", "src/format/money.ts", 9, "  return new Intl.NumberFormat(", True),
            ),
            per_day=4,
            handled=True,
        ),
    ),
)

WORKER = Service(
    name="Demo mail worker",
    platform="node",
    sdk="sentry.javascript.node",
    runtime={"name": "node", "version": "v22.4.0"},
    modules={"nodemailer": "6.9.14", "bullmq": "5.8.3"},
    crumbs=(
        ("console", "job {n} started", "debug"),
        ("http", "POST https://mail.example/send", "http"),
    ),
    bugs=(
        Bug(
            type="Error",
            value="connect ETIMEDOUT 192.0.2.{n}:587",
            transaction="sendReceipt",
            frames=(
                ("TCPConnectWrap.afterConnect", "node:net", 1611, "", False),
                ("SMTPConnection._onError", "node_modules/nodemailer/index.js", 790, "", False),
                (
                    "sendReceipt",
                    "/srv/worker/src/receipt.js",
                    48,
                    "  await transport.sendMail(message);",
                    True,
                ),
            ),
            per_day=22,
            story="spike",
        ),
        Bug(
            type="SyntaxError",
            value="Unexpected token '<', \"<html>\" is not valid JSON",
            transaction="syncSubscribers",
            frames=(
                ("JSON.parse", "<anonymous>", 1, "", False),
                (
                    "readPage",
                    "/srv/worker/src/subscribers.js",
                    31,
                    "  return JSON.parse(body).items;",
                    True,
                ),
            ),
            per_day=8,
        ),
        Bug(
            type="",
            value="queue mail is {n} jobs behind",
            transaction="watchQueue",
            frames=(),
            message=True,
            level="info",
            handled=True,
            per_day=16,
            story="fading",
        ),
    ),
)

SERVICES = (API, WEB, WORKER)
