"""What the audits of the demo's code find, and what they say is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Finding = tuple[str, str, str, str, int, str, tuple[str, ...], tuple[int, ...]]

RULES: Final = {
    "swallow.py-broad": (
        "Every exception is dropped",
        "A broad handler without a report drops errors of the programme together with those that "
        "were meant. A typo in the block then looks like an empty answer.",
        "Name the exceptions that are meant, and log the rest with `logger.exception`.",
    ),
    "swallow.promise-catch-empty": (
        "Empty catch of a promise",
        "What rejects is dropped where it is caught. Nobody hears of it, not even the person.",
        "Report the error in the handler.",
    ),
    "lifecycle.exit-without-flush": (
        "An exit without a flush",
        "Reports are sent in the background. A process that exits at once takes them along.",
        "Call `flush` before the exit.",
    ),
    "report.log-only": (
        "Logged, not reported",
        "The error stands in a log that nobody reads until somebody complains.",
        "Capture it where it is logged.",
    ),
    "boundary.not-reporting": (
        "A boundary does not report",
        "An error that a boundary takes reaches no global handler. If the boundary does not report "
        "it, the person sees a fallback page and nobody else sees anything.",
        "Capture the error in an effect of the boundary.",
    ),
    "value.fetch-not-ok": (
        "A status of fetch is not looked at",
        "`fetch` does not reject for an answer of 500. What follows reads the page of an error.",
        "Look at `ok` before the body is read.",
    ),
    "init.traces-100": (
        "Every transaction is sent",
        "A rate of 1 is right on a laptop and dear under load.",
        "Take the rate from the environment, or decide by a sampler.",
    ),
    "secret.hardcoded": (
        "A secret in the code",
        "Whoever sees the repository, or a copy of it, has it.",
        "Take it from the environment, and make a new one: this one is known.",
    ),
}
# severity, rule, what, path, line, function, the lines of code, the audits that have it
OF_API: Final[tuple[Finding, ...]] = (
    (
        "important",
        "swallow.py-broad",
        "Every exception of `apply_discount()` is dropped, programming errors included",
        "shop/orders/pricing.py",
        58,
        "discounted",
        ("except Exception:", "    return order.total"),
        (0, 1, 2),
    ),
    (
        "important",
        "swallow.py-broad",
        "Every exception of `refund()` is dropped, programming errors included",
        "shop/checkout/payment.py",
        91,
        "refund_quietly",
        ("except Exception:", "    pass"),
        (0, 1, 2),
    ),
    (
        "urgent",
        "lifecycle.exit-without-flush",
        "`sys.exit()` follows a report that may not be sent by then",
        "shop/stock/tasks.py",
        40,
        "check_levels",
        ("sentry_sdk.capture_exception(error)", "sys.exit(1)"),
        (2,),
    ),
    (
        "routine",
        "report.log-only",
        "What `lines()` raises is logged and not reported",
        "shop/invoices/views.py",
        24,
        "show",
        ("except KeyError as error:", '    log.warning("no invoice: %s", error)'),
        (1, 2),
    ),
    (
        "urgent",
        "secret.hardcoded",
        "`PAYMENTS_KEY` is a key of 32 characters that begins with `sk_l`",
        "shop/settings.py",
        12,
        "",
        (),
        (0,),
    ),
    (
        "routine",
        "init.traces-100",
        "Every transaction is sent, in production, too",
        "shop/settings.py",
        80,
        "",
        ("sentry_sdk.init(dsn=DSN, traces_sample_rate=1.0)",),
        (0, 1, 2),
    ),
)
OF_WEB: Final[tuple[Finding, ...]] = (
    (
        "urgent",
        "boundary.not-reporting",
        "`Boundary.componentDidCatch` shows a page in place of the error and reports nothing",
        "src/components/Boundary.tsx",
        18,
        "Boundary.componentDidCatch",
        ("componentDidCatch(error: Error) {", "  console.error(error);", "}"),
        (0, 1),
    ),
    (
        "important",
        "swallow.promise-catch-empty",
        "A rejection of `post()` is dropped",
        "src/api/client.ts",
        71,
        "addItem",
        ("post('/cart/items/', item).catch(() => {});",),
        (0, 1),
    ),
    (
        "routine",
        "value.fetch-not-ok",
        "The status of what `fetch` answers is not looked at",
        "src/api/client.ts",
        57,
        "post",
        ("const answer = await fetch(url, init);", "return answer.json();"),
        (0, 1),
    ),
    (
        "important",
        "swallow.promise-catch-empty",
        "A rejection of `import()` is dropped",
        "src/routes.ts",
        12,
        "loadCheckout",
        ("import('./checkout').catch(() => {});",),
        (0,),
    ),
)
API_IS: Final[Mapping[str, Any]] = {
    "files": {"python": 214},
    "coverage": {"reported": 61, "logged": 23, "swallowed": 9},
    "packages": [
        {
            "folder": "",
            "name": "shop",
            "ecosystem": "python",
            "is_deployed": True,
            "has_sdk": True,
        }
    ],
    "jobs": [
        {"name": "nightly-backup", "slug": "nightly-backup", "path": "shop/tasks.py", "line": 9},
        {"name": "vat-report", "slug": "vat-report", "path": "shop/tasks.py", "line": 31},
    ],
    "dependencies": [
        {
            "name": "PostgreSQL",
            "kind": "database",
            "path": "shop/settings.py",
            "line": 30,
            "is_critical": True,
            "passed_on": 48,
            "reported": 3,
        },
        {
            "name": "Stripe",
            "kind": "payment",
            "path": "shop/checkout/payment.py",
            "line": 11,
            "is_critical": True,
            "reported": 4,
            "swallowed": 1,
        },
        {
            "name": "Redis",
            "kind": "cache",
            "path": "shop/settings.py",
            "line": 44,
            "is_checked": True,
            "logged": 6,
        },
    ],
    "captures": [{"path": "shop/stock/tasks.py", "function": "check_levels", "line": 39}],
    "fine": [
        "61 of 93 places that catch an error report it or throw",
        "shop has an SDK that reports errors",
    ],
}
WEB_IS: Final[Mapping[str, Any]] = {
    "files": {"tsx": 88, "typescript": 143},
    "coverage": {"reported": 19, "logged": 12, "swallowed": 14},
    "packages": [
        {
            "folder": "",
            "name": "shop-web",
            "ecosystem": "node",
            "is_deployed": True,
            "has_sdk": True,
        }
    ],
    "pages": [
        {"route": "/products/:slug", "path": "src/pages/Product.tsx"},
        {"route": "/cart", "path": "src/pages/Cart.tsx"},
        {"route": "/checkout", "path": "src/pages/Checkout.tsx", "has_boundary": True},
    ],
    "fine": ["shop-web has an SDK that reports errors", "Replays mask all text"],
}
OTHER_PATHS: Final = (
    *("shop/orders/views.py", "shop/checkout/views.py", "shop/catalogue/views.py"),
    *("shop/cart/views.py", "shop/invoices/models.py", "shop/tasks.py"),
    *("src/components/ProductCard.tsx", "src/format/money.ts"),
)
