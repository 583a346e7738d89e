"""The backups of a repository: found, kept and let go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from vedette.backups import pieces
from vedette.backups.errors import Damaged, NoBackup
from vedette.backups.manifest import Backup, decode, encode, moment_of
from vedette.backups.repository import Repository

_BACKUPS: Final = "backups"
_SUFFIX: Final = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Which backups stay: the last ones, the last of each of so many days and of weeks.

    The newest always stays, and with zeros all of them.
    """

    last: int = 0
    days: int = 0
    weeks: int = 0


def names(repository: Repository) -> list[str]:
    """The backups, the oldest first."""
    found = (key.rpartition("/")[2].removesuffix(_SUFFIX) for key in repository.keys(_BACKUPS))
    return sorted(name for name in found if _is_name(name))


def load(repository: Repository, name: str) -> Backup:
    """One backup. Raises NoBackup, Damaged."""
    held = repository.get(_key(name)) if _is_name(name) else None
    if held is None:
        raise NoBackup(f"there is no backup {name}; `vedette backup list` names those there are")
    return decode(name, held)


def newest(repository: Repository, *, at: float | None = None) -> str:
    """The last backup, or the last that is true of a moment up to `at`. Raises NoBackup."""
    for name in reversed(names(repository)):
        if at is None or _moment(repository, name) <= at:
            return name
    raise NoBackup("there is no backup" + (" yet" if at is None else " from before that time"))


def _moment(repository: Repository, name: str) -> float:
    """As its manifest says: a name may be later, where a clock was set back."""
    try:
        return load(repository, name).moment
    except Damaged:
        return moment_of(name)


def save(repository: Repository, backup: Backup) -> None:
    """From now on it is one."""
    repository.put(_key(backup.name), encode(backup))


def prune(repository: Repository, keeping: Keeping) -> list[str]:
    """Take away the backups that are not kept, and the pieces that none needs.

    Only within `owned`. A backup whose manifest is damaged takes nothing along: as long as one
    cannot be read, no piece is taken away, and none where a place says that it has no backup.
    Returns the names of the backups that went.
    """
    held = names(repository)
    if not held:
        return []
    gone = sorted(set(held) - kept(held, keeping))
    needed: set[str] = set()
    is_certain = True
    for name in (name for name in held if name not in gone):
        try:
            needed |= load(repository, name).pieces()
        except Damaged:
            is_certain = False
    for name in gone:
        repository.remove(_key(name))
    if is_certain:
        for piece in set(pieces.stored(repository)) - needed:
            repository.remove(pieces.key_of(piece))
    return gone


def kept(found: Iterable[str], keeping: Keeping) -> set[str]:
    """Those of the backups that stay."""
    newest_first = sorted(found, reverse=True)
    if keeping == Keeping():
        return set(newest_first)
    by_day: dict[date, str] = {}
    by_week: dict[tuple[int, int], str] = {}
    for name in newest_first:
        day = datetime.fromtimestamp(moment_of(name), UTC).date()
        by_day.setdefault(day, name)
        by_week.setdefault(day.isocalendar()[:2], name)
    return {
        *newest_first[: max(keeping.last, 1)],
        *list(by_day.values())[: keeping.days],
        *list(by_week.values())[: keeping.weeks],
    }


def _key(name: str) -> str:
    return f"{_BACKUPS}/{name}{_SUFFIX}"


def _is_name(name: str) -> bool:
    try:
        moment_of(name)
    except ValueError:
        return False
    return True
