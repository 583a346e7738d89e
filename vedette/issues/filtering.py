"""The issue-level half of a search as a condition on the metadata."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q

from vedette.issues.models import Status
from vedette.search import SearchError


def issue_filter(tree: Any) -> Q:
    """Pending the search package."""
    raise SearchError("search is not there yet", 0, 0)


_ = (Callable, datetime, Status)
