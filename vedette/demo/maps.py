"""The demo's build of the shop's pages: uploaded as a plugin would, and an error in it.

`scripts/` was made by `esbuild src/Checkout.tsx --bundle --minify --sourcemap --format=esm`.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Iterator
from importlib import resources
from typing import Any

from vedette import clock
from vedette.artifacts.bundles import place_bundle
from vedette.artifacts.filing import SentFile, make_files
from vedette.artifacts.models import ArtifactFile, Bundle
from vedette.projects.models import Project

RELEASE = "shop@web-build"
_SITE = "https://shop.example/assets/"
_DEBUG_ID = "5f1d1c3e-2b8e-4d0a-9a57-6c1b2d3e4f50"
_VENDOR_ID = "9c2e4a10-7d35-4f6b-8e21-0a1b2c3d4e5f"
_EVENTS = 12


def upload_build(project: Project) -> None:
    """Upload the build for the project: the script with its map, and a script without. Once."""
    name = hashlib.sha1(f"demo {project.pk}".encode(), usedforsecurity=False).hexdigest()
    bundle, is_new = Bundle.objects.get_or_create(organization=project.organization, checksum=name)
    if is_new:
        own = {"debug-id": _DEBUG_ID, "sourcemap": "checkout.js.map"}
        sent = [
            _file("checkout.js", "minified_source", own),
            _file("checkout.js.map", "source_map", {"debug-id": _DEBUG_ID}),
            SentFile(
                url="~/assets/vendor.js",
                content=b"function t(e){return e()}",
                type="minified_source",
                headers={"debug-id": _VENDOR_ID},
            ),
        ]
        ArtifactFile.objects.bulk_create(make_files(bundle, sent))
    place_bundle(bundle, [project], RELEASE, "")


def events() -> Iterator[dict[str, Any]]:
    """What browsers report of it: one frame with a map, one without."""
    script = _content("checkout.js").decode()
    thrown, called = script.index("new RangeError") + 1, script.index("n(t,r);") + 1
    dice = random.Random()
    for number in range(_EVENTS):
        order, total = f"A{dice.randrange(1000, 9999)}", dice.randrange(501, 900)
        frames = [
            _frame("vendor.js", "t", 20, in_app=False),
            _frame("checkout.js", "HTMLButtonElement.o", called),
            _frame("checkout.js", "n", thrown),
        ]
        value = {
            "type": "RangeError",
            "value": f"order {order}: {total} is beyond the limit of 500",
            "stacktrace": {"frames": frames},
            "mechanism": {"type": "onerror", "handled": False},
        }
        yield {
            "event_id": uuid.uuid4().hex,
            "timestamp": clock.timestamp() - 3600 * (_EVENTS - number),
            "platform": "javascript",
            "release": RELEASE,
            "environment": "production",
            "transaction": "/checkout",
            "sdk": {"name": "sentry.javascript.react", "version": "9.0.0"},
            "exception": {"values": [value]},
            "debug_meta": {
                "images": [
                    {"type": "sourcemap", "code_file": _SITE + name, "debug_id": debug_id}
                    for name, debug_id in (("checkout.js", _DEBUG_ID), ("vendor.js", _VENDOR_ID))
                ]
            },
        }


def _frame(name: str, function: str, column: int, *, in_app: bool = True) -> dict[str, Any]:
    url = _SITE + name
    return {
        "filename": url,
        "abs_path": url,
        "function": function,
        "lineno": 1,
        "colno": column,
        "in_app": in_app,
    }


def _file(name: str, type_: str, headers: dict[str, str]) -> SentFile:
    return SentFile(url=f"~/assets/{name}", content=_content(name), type=type_, headers=headers)


def _content(name: str) -> bytes:
    return (resources.files("vedette.demo") / "scripts" / name).read_bytes()
