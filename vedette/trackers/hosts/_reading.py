"""Reading answers of trackers without trusting their shape."""

from __future__ import annotations

from typing import Any

from vedette.trackers.errors import TrackerRefusal

_MOST_TITLE = 400


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def needed(found: dict[str, Any], name: str) -> str:
    """A text or number that must be there. Raises TrackerRefusal."""
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        raise TrackerRefusal(f"its answer has no {name}: is the address that of the API?")
    return str(value)


def words(found: dict[str, Any], name: str) -> str:
    """A text that may be missing."""
    value = found.get(name)
    return value[:_MOST_TITLE] if isinstance(value, str) else ""


def web_address(found: dict[str, Any], name: str) -> str:
    """An address that may become a link; empty for anything else."""
    value = words(found, name)
    return value if value.startswith(("https://", "http://")) else ""
