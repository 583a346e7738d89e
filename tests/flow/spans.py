"""Spans as the product shows them, for tests that send some with real SDKs."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any
from urllib.parse import urlencode

from tests.flow.product import Product

FIELDS = (
    *("trace", "span_id", "parent_span", "segment.id", "is_segment", "transaction", "span.op"),
    *("span.description", "span.duration", "span.category", "span.domain", "span.system"),
    *("is_failed", "service", "release", "environment", "platform"),
    *("http.method", "http.status_code", "span.subject"),
)


def run_python(script: str, **environment: str) -> str:
    """Run a script in a process of its own; returns what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=environment or None,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def spans(product: Product, project: dict[str, str], query: str = "") -> list[dict[str, Any]]:
    """The spans of a project that match a search, over the API."""
    asked = [("dataset", "spans"), ("project", project["id"]), ("query", query)]
    asked += [("per_page", "100"), ("sort", "timestamp"), *(("field", one) for one in FIELDS)]
    path = f"organizations/{project['organization']}/events/?{urlencode(asked)}"
    found: list[dict[str, Any]] = product.api(path)["data"]
    return found


def wait_for_spans(
    product: Product, project: dict[str, str], number: int, query: str = ""
) -> list[dict[str, Any]]:
    """So many spans, as soon as they are there."""

    def look() -> list[dict[str, Any]]:
        found = spans(product, project, query)
        return found if len(found) >= number else []

    return product.wait(look)


def attribute(product: Product, project: dict[str, str], span: dict[str, Any], name: str) -> Any:
    """One attribute of a span."""
    asked = [("dataset", "spans"), ("project", project["id"]), ("field", name)]
    asked.append(("query", f"trace:{span['trace']} span_id:{span['span_id']}"))
    path = f"organizations/{project['organization']}/events/?{urlencode(asked)}"
    return product.api(path)["data"][0][name]
