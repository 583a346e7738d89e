"""Names that identify entries in files and addresses."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.text import slugify


def slug_of(entry: dict[str, Any], *, most: int = 60) -> str:
    """The entry's own `id`, else made of its name; empty if it has neither.

    Of a name in a script that addresses do not hold it is a number that the name always gives.
    """
    given = str(entry.get("id") or "")
    name = "" if given else str(entry.get("name") or "").strip()
    slug = slugify(given or name)[:most].strip("-")
    if name and not slug:
        return "x" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:10]
    return slug
