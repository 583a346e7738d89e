"""What is set of every project: for how long and how much of each kind is kept."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from vedette.config import Config
from vedette.items._stocks import Stock, stocks
from vedette.options import groups
from vedette.options._resolving import resolve, values
from vedette.store.durable import write_file

GB = 1 << 30
_NOTE = "retention.json"
_KNOWN_SECONDS = 30.0
_kept: dict[Path, tuple[float, int]] = {}


@dataclass(frozen=True, slots=True)
class Limit:
    """Of one kind of one project; 0 bytes or rows are no limit."""

    days: int
    most_bytes: int
    most_rows: int


class Limits:
    """The limits of every project. Of one that is not there any more those of the installation."""

    def __init__(self, by_project: Mapping[int, Mapping[str, Any]], others: Mapping[str, Any]):
        self._by_project = by_project
        self._others = others

    def of(self, project_id: int, stock: Stock) -> Limit:
        """What holds for a kind of a project."""
        return limit_of(self._by_project.get(project_id, self._others), stock)

    def longest_days(self, found: Iterable[Stock]) -> int:
        """For how many days any project keeps any of these kinds."""
        chosen = {id(one): one for one in (self._others, *self._by_project.values())}
        kinds = list(found)
        return max(limit_of(one, stock).days for one in chosen.values() for stock in kinds)

    def days_by_project(self, stock: Stock) -> dict[int, int]:
        """For how many days each project keeps a kind."""
        return {project: self.of(project, stock).days for project in self._by_project}

    def class_days(self) -> dict[str, int]:
        """For how many days each retention class has anything that is kept."""
        of_class: dict[str, list[Stock]] = {}
        for stock in stocks().values():
            of_class.setdefault(str(stock.table.retention), []).append(stock)
        return {name: self.longest_days(found) for name, found in of_class.items()}


def limit_of(chosen: Mapping[str, Any], stock: Stock) -> Limit:
    """The limit that values of the group `storage` come to."""
    return Limit(
        days=int(chosen[f"{stock.name}_days"]),
        most_bytes=int(chosen[f"{stock.name}_gb"] * GB),
        most_rows=int(chosen[f"{stock.name}_count"]),
    )


def load_limits(config: Config) -> Limits:
    """What is set now. Raises what the database does where it is away."""
    from vedette.control.effective import Effective
    from vedette.projects.models import Project

    effective = Effective([groups()["storage"]], config)
    by_project = {
        project_id: effective.of("storage", organization_id=owner_id, project_id=project_id)
        for project_id, owner_id in Project.objects.values_list("id", "organization_id")
    }
    return Limits(by_project, effective.of("storage", organization_id=0, project_id=0))


def limits_of_environment(config: Config) -> Limits:
    """What would hold if nobody had chosen anything."""
    from vedette.control.choosing import of_environment
    from vedette.options import Level

    group = groups()["storage"]
    return Limits({}, values(resolve(group, [(Level.ENVIRONMENT, of_environment(group, config))])))


def note_class_days(config: Config, days: Mapping[str, int]) -> None:
    """Remember them for when the database cannot be asked. A full disk is no reason to fail."""
    path = _path(config)
    if noted_class_days(config) != dict(days):
        try:
            write_file(path, msgspec.json.encode(dict(days)))
        except OSError:
            path.unlink(missing_ok=True)  # what is not known is not guessed


def noted_class_days(config: Config) -> dict[str, int]:
    """What was known last of each retention class; nothing where nothing was noted."""
    try:
        return msgspec.json.decode(_path(config).read_bytes(), type=dict[str, int])
    except (OSError, msgspec.DecodeError):
        return {}


def kept_days(config: Config) -> int:
    """For how many days anything may be there; cheap to ask."""
    at, held = _kept.get(config.data, (float("-inf"), 0))
    if time.monotonic() - at > _KNOWN_SECONDS:
        held = max(noted_class_days(config).values(), default=0)
        _kept[config.data] = (time.monotonic(), held)
    return max(held, config.retention_days)


def _path(config: Config) -> Path:
    return config.data / _NOTE
