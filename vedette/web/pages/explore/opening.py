"""Where the values and rows of an answer lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from vedette.explore.arguments import ISSUE
from vedette.explore.datasets import Dataset
from vedette.explore.fields import Column
from vedette.issues.models import Issue
from vedette.web.pages.explore.words import Names
from vedette.web.release_links import release_path

_TRACE = re.compile(r"[0-9a-f]{32}\Z")


def value_address(
    column: Column, value: Any, names: Names, shared: str, *, has_transactions: bool
) -> str:
    """The page of an issue, trace, release, or transaction where there are some; "" for others."""
    if column.kind == ISSUE:
        issue = names.issues.get(value)
        return _with(reverse("issue", args=[issue.pk]), shared) if issue else ""
    if column.written == "trace" and _TRACE.match(str(value or "")):
        return reverse("trace", args=[value])
    if column.written == "transaction" and value and has_transactions:
        return _with(
            reverse("performance-transaction"),
            "&".join(part for part in (urlencode({"transaction": value}), shared) if part),
        )
    if column.written == "release" and value:
        path, parameters = release_path(str(value))
        return _with(path, "&".join(part for part in (urlencode(parameters), shared) if part))
    return ""


def row_address(dataset: Dataset, row: Mapping[str, Any], issue: Issue | None) -> str:
    """The page of one row, by the dataset's identity: an event of an issue, a span of a trace."""
    if issue is not None and row.get("id"):
        return reverse("event", args=[issue.pk, row["id"]])
    trace = str(row.get("trace") or "")
    if not _TRACE.match(trace):
        return ""
    at = {"at": row["timestamp"] // 1_000_000, "span": row.get("span_id") or ""}
    return _with(reverse("trace", args=[trace]), urlencode(at))


def _with(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
