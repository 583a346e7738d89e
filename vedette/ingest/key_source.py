"""Where the door's keys come from: the metadata, read by plain SQL, and a copy beside it.

The tables belong to `vedette.projects` and `vedette.control`; a test compares what is read here
with their models.
The copy in the data folder lets a door start, and go on, while the database is away.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from vedette.config import Config
from vedette.ingest.keys import Key
from vedette.ingest.metadata import Rows, one_moment
from vedette.options import Level, groups
from vedette.options._resolving import resolve, values

log = logging.getLogger("vedette.ingest")

_SQL = """
SELECT k.public_key, k.id, k.project_id, k.is_active, k.works_until, k.former_project_id,
  p.organization_id
FROM projects_projectkey k JOIN projects_project p ON p.id = k.project_id
"""
_CHOICES = """
SELECT organization_id, project_id, key_id, chosen FROM control_choice WHERE "group" = 'intake'
"""
_decode_copy = msgspec.msgpack.Decoder(dict[str, Key]).decode


class KeySource:
    """Loads every key. `load` is called by one thread at a time."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._path = config.data / "keys.copy"
        self._copied: Mapping[str, Key] | None = None
        self._read_before: tuple[Rows, Rows] | None = None
        self._keys: Mapping[str, Key] = {}

    def load(self) -> Mapping[str, Key]:
        """The keys from the database, or at the first call from the copy if it is away.

        Raises what the database raises when there is no copy either, or once keys are known.
        """
        try:
            keys = self._read()
        except Exception:
            if self._copied is None and self._path.exists():
                log.exception("the database is away: the keys of the last run are used")
                self._copied = _decode_copy(self._path.read_bytes())
                return self._copied
            raise
        if keys != self._copied:
            try:
                self._write_copy(keys)
            except OSError:  # keys that were ended must not go on with the disk that is full
                log.exception("the copy of the keys cannot be written")
        return keys

    def _read(self) -> Mapping[str, Key]:
        with one_moment(self._config) as ask:
            found = ask(_SQL), ask(_CHOICES)
        if found != self._read_before:
            self._keys, self._read_before = self._made_of(*found), found
        return self._keys

    def _made_of(self, rows: Rows, choices: Rows) -> Mapping[str, Key]:
        intake = _Intake(choices, self._config.project_events_per_minute)
        return {
            str(public_key): intake.key(
                Key(
                    int(project_id),
                    bool(is_active),
                    works_until=float(works_until),
                    former_project_id=int(former),
                ),
                (int(organization), int(project_id), int(key_id)),
            )
            for public_key, key_id, project_id, is_active, works_until, former, organization in rows
        }

    def _write_copy(self, keys: Mapping[str, Key]) -> None:
        temporary = self._path.with_suffix(".new")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.msgpack.encode(keys))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self._path)
        self._copied = keys


class _Intake:
    """What the places of a key have chosen of the group `intake`, resolved; equal ones share."""

    def __init__(self, choices: Rows, per_minute: int) -> None:
        self._group = groups()["intake"]
        self._environment = {"events_per_minute": per_minute}
        self._chosen = {
            (organization or 0, project or 0, key or 0): _chosen(chosen)
            for organization, project, key, chosen in choices
        }
        self._made: dict[tuple[int, ...], Mapping[str, Any]] = {}

    def key(self, key: Key, place: tuple[int, int, int]) -> Key:
        """The key with what counts for it; `place` are organisation, project and key."""
        organization, project, number = place
        names = ((0, 0, 0), (organization, 0, 0), (0, project, 0), (0, 0, number))
        held = tuple(name for name in names if name in self._chosen)
        name = tuple(number for one in held for number in one)
        found = self._made.get(name)
        if found is None:
            chain: list[tuple[Level, Mapping[str, Any]]] = [(Level.ENVIRONMENT, self._environment)]
            chain += [(_LEVELS[names.index(one)], self._chosen[one]) for one in held]
            found = self._made[name] = dict(values(resolve(self._group, chain)))
        return replace(
            key,
            events_per_minute=int(found["events_per_minute"]),
            allowed_domains=tuple(str(one).lower() for one in found["origins"]),
            networks=tuple(found["networks"]),
            kinds=tuple(found["kinds"]),
        )


_LEVELS = (Level.INSTALLATION, Level.ORGANIZATION, Level.PROJECT, Level.KEY)


def _chosen(value: object) -> Mapping[str, Any]:
    """The object of a JSON column: SQLite gives text, PostgreSQL the value. Nothing if it is none,
    or one row that somebody wrote would keep every key from being read."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
