"""The dashboards that come with the product: one YAML file each, as people write them.

Adding one is adding a file. They are shown live and can be copied; nobody changes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from vedette.dashboards.written import Draft, read_written

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One of them; `name` is in its address."""

    name: str
    draft: Draft


@cache
def ready_dashboards() -> dict[str, Ready]:
    """All of them by name, in the order of their files. Raises ValueError for one that is wrong."""
    return {one.name: one for one in map(_read, sorted(_FOLDER.glob("*.yaml")))}


def _read(path: Path) -> Ready:
    draft, problems = read_written(yaml.safe_load(path.read_text("utf-8")), {})
    if problems:
        raise ValueError(f"{path.name}: {'; '.join(map(str, problems))}")
    return Ready(name=path.stem.partition("-")[2], draft=draft)
