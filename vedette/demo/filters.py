"""Filters of the demo's web site, and what they turn away: noise of extensions and crawlers."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from typing import Any

from vedette.control.choosing import choose
from vedette.control.places import Place
from vedette.options import groups
from vedette.projects.models import Project

_CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
_NOISE = 40


def set_filters(project: Project) -> None:
    """Turn away what nobody can mend."""
    chosen = {"browser_extensions": True, "web_crawlers": True, "offender_limit": 500}
    choose(Place(project=project), groups()["filters"], chosen, who="", via="demo")


def noise(now: float, rng: random.Random) -> Iterator[dict[str, Any]]:
    """Errors of extensions and crawlers of the last minutes."""
    for number in range(_NOISE):
        is_extension = number % 4 != 0
        file = "chrome-extension://kbfnbcaeplbcioak/content.js" if is_extension else "app.js"
        frame = {"function": "observe", "filename": file, "abs_path": file, "lineno": 7}
        error = {
            "type": "TypeError",
            "value": "Cannot read properties of null (reading 'dataset')",
            "stacktrace": {"frames": [frame]},
        }
        yield {
            "event_id": uuid.UUID(int=rng.getrandbits(128), version=4).hex,
            "timestamp": now - rng.random() * 600,
            "platform": "javascript",
            "level": "error",
            "environment": "production",
            "exception": {"values": [error]},
            "request": {
                "url": "https://lantern.example/lamps",
                "headers": {} if is_extension else {"User-Agent": _CRAWLER},
            },
        }
