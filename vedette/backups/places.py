"""Where backups go, as people write it: a folder, or `s3://…`."""

from __future__ import annotations

from pathlib import Path

from vedette.backups.errors import BackupError
from vedette.backups.repository import FolderRepository, Repository
from vedette.backups.s3 import S3Repository, read_place
from vedette.config import Config
from vedette.outgoing.addresses import read_networks
from vedette.outgoing.fetcher import Fetcher


def open_repository(config: Config, place: str) -> Repository:
    """The repository at a place. Raises BackupError if the place cannot be meant."""
    if place.startswith("s3:"):
        where = read_place(place, key_id=config.backup_s3_key_id, secret=config.backup_s3_secret)
        return S3Repository(where, Fetcher(read_networks(config.outgoing_networks)))
    path = folder_of(place)
    if path is None or path.resolve() == config.data.resolve():
        raise BackupError(f"{place!r} is no place for backups: name a folder, or s3://…")
    return FolderRepository(path)


def folder_of(place: str) -> Path | None:
    """The folder that a place names; None for S3 and for nothing."""
    return Path(place).absolute() if place.strip() and "://" not in place else None
