"""Events as the store gives them, made up for the tests of the web interface."""

from __future__ import annotations

import copy
from typing import Any

Payload = dict[str, Any]


def frame(function: str, filename: str, line: int, *, in_app: bool, **fields: Any) -> Payload:
    """A Python frame."""
    module = filename.removesuffix(".py").replace("/", ".")
    folder = "/srv/shop/" if in_app else "/usr/lib/python3/site-packages/"
    return {
        "function": function,
        "filename": filename,
        "abs_path": folder + filename,
        "module": module,
        "lineno": line,
        "in_app": in_app,
        **fields,
    }


LIBRARY_FRAMES = [
    frame("inner", "django/core/handlers/exception.py", 55, in_app=False),
    frame("_get_response", "django/core/handlers/base.py", 197, in_app=False),
    frame("view", "django/views/generic/base.py", 104, in_app=False),
    frame("dispatch", "django/views/generic/base.py", 143, in_app=False),
]
CHECKOUT_FRAMES = [
    *LIBRARY_FRAMES,
    frame(
        "post",
        "shop/views/checkout.py",
        88,
        in_app=True,
        pre_context=["class Checkout(View):", "    def post(self, request):"],
        context_line="        order = place_order(request.user, request.basket)",
        post_context=["        return redirect(order.url)"],
        vars={"request": "<WSGIRequest: POST '/checkout/'>", "self": "<Checkout object>"},
    ),
    frame(
        "place_order",
        "shop/orders/placing.py",
        42,
        in_app=True,
        pre_context=[
            "def place_order(user, basket):",
            '    """Charge the basket and make the order."""',
            "    total = sum(line.price * line.count for line in basket.lines)",
            "    if total <= 0:",
            '        raise ValueError("nothing to pay")  # an empty basket',
        ],
        context_line="    receipt = charge(user.card, amount=total, currency='EUR')",
        post_context=[
            "    order = Order(user=user, receipt=receipt)",
            "    for line in basket.lines:",
            "        order.add(line.product, count=line.count, price=12.50)",
            "    order.save()",
            "    return order",
        ],
        vars={
            "user": "<User: alice@example.com>",
            "total": "Decimal('129.90')",
            "basket": {
                "id": 4711,
                "lines": [
                    {"product": "'lantern'", "count": 2, "price": "Decimal('49.95')"},
                    {"product": "'saddle bag'", "count": 1, "price": "Decimal('30.00')"},
                ],
                "coupon": None,
            },
            "card_number": None,
        },
    ),
]
REQUESTS_FRAMES = [
    frame(
        "charge",
        "shop/payment/gateway.py",
        131,
        in_app=True,
        context_line="    answer = session.post(URL, json=body, timeout=3)",
        vars={"amount": "Decimal('129.90')", "attempt": 3},
    ),
    frame("post", "requests/sessions.py", 637, in_app=False),
    frame("request", "requests/sessions.py", 589, in_app=False),
    frame(
        "send",
        "requests/adapters.py",
        519,
        in_app=False,
        context_line="            raise ConnectionError(e, request=request)",
    ),
]

CHECKOUT: Payload = {
    "event_id": "a" * 31 + "1",
    "platform": "python",
    "level": "error",
    "timestamp": 1767225600.5,
    "environment": "production",
    "release": "shop@2.4.1",
    "server_name": "web-1",
    "transaction": "/checkout/",
    "logger": "shop.orders",
    "exception": {
        "values": [
            {
                "type": "ConnectionError",
                "module": "requests.exceptions",
                "value": "HTTPSConnectionPool(host='pay.example.com', port=443): Read timed out.",
                "stacktrace": {"frames": REQUESTS_FRAMES},
                "mechanism": {
                    "type": "chained",
                    "source": "__cause__",
                    "exception_id": 1,
                    "parent_id": 0,
                    "handled": False,
                },
            },
            {
                "type": "PaymentFailed",
                "module": "shop.payment",
                "value": "The gateway did not answer after 3 attempts",
                "stacktrace": {"frames": CHECKOUT_FRAMES},
                "mechanism": {"type": "django", "handled": False, "exception_id": 0},
            },
        ]
    },
    "breadcrumbs": {
        "values": [
            {
                "timestamp": 1767225590.0,
                "type": "navigation",
                "category": "navigation",
                "data": {"from": "/basket/", "to": "/checkout/"},
            },
            {
                "timestamp": 1767225592.25,
                "category": "query",
                "type": "query",
                "message": "SELECT * FROM basket WHERE user_id = %s",
                "data": {"rows": 3},
            },
            {
                "timestamp": 1767225595.0,
                "type": "http",
                "category": "requests",
                "data": {
                    "method": "POST",
                    "url": "https://pay.example.com/v2/charges",
                    "status_code": 503,
                    "reason": "Service Unavailable",
                },
            },
            {
                "timestamp": 1767225598.0,
                "category": "shop.payment",
                "level": "warning",
                "message": "Charge failed, trying again (2 of 3)",
            },
        ]
    },
    "request": {
        "url": "https://shop.example.com/checkout/",
        "method": "POST",
        "query_string": "step=2&coupon=",
        "headers": {
            "Content-Type": "application/json",
            "User-Agent": "Mozilla/5.0",
            "Referer": "https://shop.example.com/basket/",
        },
        "cookies": {"sessionid": None, "lang": "en"},
        "env": {"REMOTE_ADDR": "203.0.113.7", "SERVER_NAME": "web-1"},
        "data": '{"lines": [{"sku": "LANTERN", "count": 2}], "note": "it\'s a gift"}',
    },
    "user": {
        "id": "42",
        "email": "alice@example.com",
        "username": "alice",
        "ip_address": "203.0.113.7",
        "geo": {"city": "Lyon", "country_code": "FR"},
        "data": {"plan": "gold"},
    },
    "contexts": {
        "trace": {
            "trace_id": "4c79f60c11214eb38604f4ae0781bfb2",
            "span_id": "fa90fdead5f74052",
            "op": "http.server",
            "status": "internal_error",
        },
        "browser": {"name": "Firefox", "version": "147.0"},
        "os": {"name": "Debian", "version": "12.11\n", "kernel_version": "6.1.0"},
        "runtime": {"name": "CPython", "version": "3.13.1"},
        "device": {"model": "ThinkPad", "memory_size": 17179869184, "arch": "x86_64"},
        "flags": {"values": [{"flag": "new-checkout", "result": True}]},
        "basket service": {"shard": 7, "replicas": ["a", "b"]},
    },
    "tags": {"handled": "no", "customer tier": "gold", "region": "eu-west"},
    "extra": {"basket_id": 4711, "retries": [1, 2, 3], "note": "<b>not bold</b>"},
    "modules": {"django": "5.2.1", "requests": "2.32.0", "shop": "2.4.1"},
    "sdk": {
        "name": "sentry.python.django",
        "version": "2.20.0",
        "integrations": ["django", "logging"],
        "packages": [{"name": "pypi:sentry-sdk", "version": "2.20.0"}],
    },
    "_meta": {
        "exception": {
            "values": {
                "1": {
                    "stacktrace": {
                        "frames": {
                            "5": {
                                "vars": {
                                    "card_number": {
                                        "": {"rem": [["@creditcard", "x", 0, 16]], "len": 16}
                                    }
                                }
                            }
                        }
                    }
                }
            }
        },
        "request": {"cookies": {"sessionid": {"": {"rem": [["@password", "x", 0, 32]]}}}},
    },
}

BROWSER: Payload = {
    "event_id": "b" * 31 + "1",
    "platform": "javascript",
    "level": "error",
    "timestamp": 1767225600.0,
    "environment": "production",
    "release": "web@8c1f2ab",
    "exception": {
        "values": [
            {
                "type": "TypeError",
                "value": "Cannot read properties of undefined (reading 'price')",
                "mechanism": {"type": "auto.browser.global_handlers.onerror", "handled": False},
                "stacktrace": {
                    "frames": [
                        {
                            "function": "onClick",
                            "filename": "app:///static/app.js",
                            "lineno": 1,
                            "colno": 4211,
                            "in_app": True,
                        },
                        {
                            "function": "?",
                            "filename": "app:///node_modules/react-dom/index.js",
                            "lineno": 9,
                            "in_app": False,
                        },
                        {
                            "function": "Basket.total",
                            "filename": "app:///static/app.js",
                            "lineno": 1,
                            "colno": 9120,
                            "in_app": True,
                            "context_line": "{snip} return this.lines.map(l=>l.price) {snip}",
                        },
                    ]
                },
            }
        ]
    },
    "request": {
        "url": "https://shop.example.com/basket/",
        "headers": [["User-Agent", "Mozilla/5.0"]],
    },
    "tags": [["browser", "Chrome 140"], ["region", "eu-west"]],
}

MESSAGE: Payload = {
    "event_id": "c" * 31 + "1",
    "platform": "python",
    "level": "warning",
    "timestamp": "2026-01-01T00:00:00Z",
    "logentry": {
        "message": "Stock of %s is down to %d",
        "params": ["lantern", 3],
        "formatted": "Stock of lantern is down to 3",
    },
    "tags": {"region": "us-east"},
}

GROUP: Payload = {
    "event_id": "d" * 31 + "1",
    "platform": "python",
    "level": "fatal",
    "timestamp": 1767225600,
    "exception": {
        "values": [
            {
                "type": "ValueError",
                "value": "bad row",
                "mechanism": {
                    "type": "chained",
                    "source": "exceptions[1]",
                    "exception_id": 2,
                    "parent_id": 0,
                },
            },
            {
                "type": "KeyError",
                "value": "'sku'",
                "mechanism": {
                    "type": "chained",
                    "source": "exceptions[0]",
                    "exception_id": 1,
                    "parent_id": 0,
                },
            },
            {
                "type": "ExceptionGroup",
                "value": "import failed (2 sub-exceptions)",
                "mechanism": {
                    "type": "excepthook",
                    "handled": False,
                    "exception_id": 0,
                    "is_exception_group": True,
                },
            },
        ]
    },
}

CRASH: Payload = {
    "event_id": "e" * 31 + "1",
    "platform": "native",
    "level": "fatal",
    "timestamp": 1767225600,
    "exception": {
        "values": [
            {
                "type": "SIGSEGV",
                "value": "Segmentation fault",
                "thread_id": 1,
                "mechanism": {
                    "type": "signalhandler",
                    "handled": False,
                    "meta": {"signal": {"number": 11, "name": "SIGSEGV"}},
                },
                "stacktrace": {
                    "registers": {"rip": "0x00007ff0", "rsp": "0x00007ffd"},
                    "frames": [
                        {
                            "function": "start_thread",
                            "package": "/lib/libpthread.so.0",
                            "instruction_addr": "0x7ff1",
                            "in_app": False,
                        },
                        {
                            "function": "Lantern::light",
                            "package": "/opt/shop/bin/lantern",
                            "instruction_addr": "0x55d0",
                            "in_app": True,
                        },
                    ],
                },
            }
        ]
    },
    "threads": {
        "values": [
            {"id": 1, "name": "main", "crashed": True, "current": True, "stacktrace": None},
            {
                "id": 2,
                "name": "worker",
                "state": "WAITING",
                "stacktrace": {
                    "frames": [
                        {"function": "poll", "package": "/lib/libc.so.6", "instruction_addr": "0x1"}
                    ]
                },
            },
        ]
    },
}

HOSTILE: Payload = {
    "event_id": "f" * 31 + "1",
    "platform": "<script>alert(1)</script>",
    "level": "error",
    "timestamp": 1767225600,
    "exception": {
        "values": [
            {
                "type": "<script>alert(2)</script>",
                "value": '"><img src=x onerror=alert(3)>',
                "mechanism": {
                    "type": "x",
                    "help_link": "javascript:alert(4)",
                    "exception_id": 0,
                    "parent_id": 1,
                },
                "stacktrace": {
                    "frames": [
                        {
                            "function": "{{ 7|add:7 }}",
                            "filename": "</script><script>alert(5)</script>",
                            "lineno": 1,
                            "in_app": True,
                            "context_line": "'<script>alert(6)</script>",
                            "source_link": "javascript:alert(7)",
                            "vars": {"<b>": "<i>alert(8)</i>"},
                        },
                        None,
                    ]
                },
            },
            None,
            {
                "type": None,
                "value": {"a": 1},
                "mechanism": {"type": "y", "exception_id": 1, "parent_id": 0},
            },
        ]
    },
    "request": {"url": "javascript:alert(9)", "method": "GET", "headers": {"X": "<svg onload=a>"}},
    "tags": {"<u>": "<s>", "a": None},
    "user": {"email": "<alert>@example.com"},
    "breadcrumbs": [None, {"category": "<c>", "message": "<m>", "data": {"url": "<d>"}}],
    "contexts": {"<x>": {"<y>": "<z>"}, "empty": {}, "none": None, "list": [1]},
    "extra": {"deep": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": 1}}}}}}}}}},
}

ALL = {
    "checkout": CHECKOUT,
    "browser": BROWSER,
    "message": MESSAGE,
    "group": GROUP,
    "crash": CRASH,
    "hostile": HOSTILE,
}


def huge() -> Payload:
    """An event that tries to make an endless page: frames, exceptions, crumbs, values."""
    made = copy.deepcopy(CHECKOUT)
    made["event_id"] = "9" * 32
    values = made["exception"]["values"]
    values[1]["stacktrace"]["frames"] = [
        frame(
            f"call_{number}",
            "shop/deep.py",
            number,
            in_app=number % 2 == 0,
            context_line="x = 1",
            vars={f"v{index}": "x" * 100 for index in range(20)},
        )
        for number in range(5000)
    ]
    made["exception"]["values"] = [values[0]] * 500 + [values[1]]
    made["breadcrumbs"]["values"] = [
        {
            "timestamp": 1767225000 + number / 1000,
            "category": "log",
            "message": f"step {number}",
            "data": {"number": number},
        }
        for number in range(100_000)
    ]
    made["extra"] = {f"key {number}": {"list": list(range(200))} for number in range(3000)}
    return made
