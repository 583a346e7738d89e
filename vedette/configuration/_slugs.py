"""Names that identify entries in files and addresses."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify

_MOST = 60


def slug_of(entry: dict[str, Any]) -> str:
    """The entry's own `id`, else made of its name."""
    given = entry.get("id") or entry.get("name") or ""
    return slugify(str(given))[:_MOST].strip("-")
