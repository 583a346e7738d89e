"""What the demo's pages load: a bundle of each build, styles, a font, pictures."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Span = Callable[..., dict[str, Any]]
_BUILDS = ("4f2a91c8", "9be07d13", "c1d45a70")
_PICTURES = ("lamp", "chair", "desk", "shelf", "rug")
_CHECKOUT_BYTES = 1_420_000  # the payment provider's script, which nobody needs before paying


def files(rng: random.Random, span: Span, took: float, page: str) -> list[dict[str, Any]]:
    """The spans of one load; `span` gets op, address, when after the page and how long, in seconds.

    Half of the visitors have been here before and find files in their browser's cache.
    """
    is_known = rng.random() < 0.5
    host = "https://cdn.shop.example"
    build = rng.choice(_BUILDS)
    wanted: list[tuple[str, str, int, float, bool]] = [
        ("script", f"app.{build}.js", 412_031, took, False),
        ("css", "shop.css", 38_400, took * 0.3, True),
        ("font", "inter-variable.woff2", 101_200, took * 0.4, False),
    ]
    wanted += [
        ("img", f"img/{name}.webp", rng.randrange(18_000, 160_000), took * 0.6, False)
        for name in rng.sample(_PICTURES, 3)
    ]
    if page == "/checkout":
        late = 1.0 + rng.random()
        wanted.append(("script", "pay-sdk.js", _CHECKOUT_BYTES, late, False))
    return [
        span(
            f"resource.{kind}",
            f"{host}/{name}",
            0.0,
            0.002 if is_known else seconds,
            **{
                "http.response_content_length": size,
                "http.decoded_response_content_length": size * (3 if kind != "img" else 1),
                "http.response_transfer_size": 0 if is_known else size + 300,
                "resource.render_blocking_status": "blocking" if blocks else "non-blocking",
            },
        )
        for kind, name, size, seconds, blocks in wanted
    ]
