"""What can go wrong with a backup.

BackupError
├── NoBackup       there is none of that name, or before that time
├── Damaged        what is kept is not what was written
└── InUse          somebody else works with the repository, or with the folder
"""


class BackupError(Exception):
    """A backup cannot be taken or used; the text says what to do."""


class NoBackup(BackupError):
    """There is no such backup."""


class Damaged(BackupError):
    """An object or a manifest is missing or is not what was written."""


class InUse(BackupError):
    """Another process has it."""
