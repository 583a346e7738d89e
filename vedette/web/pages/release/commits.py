"""Commits of a release, ready to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vedette.releases.commits import count_files, first_files
from vedette.releases.models import ChangeType, Commit, CommitFile

MOST_COMMITS = 100
_MOST_FILES = 50
_WORDS = {ChangeType.ADDED: "added", ChangeType.MODIFIED: "changed", ChangeType.DELETED: "deleted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file and what was done to it."""

    path: str
    letter: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitView:
    """A commit; `files` are the first of `file_count`."""

    commit: Commit
    author: str
    rest: str
    files: list[FileView]
    file_count: int


def make_commits(commits: Sequence[Commit]) -> list[CommitView]:
    """The commits in their order."""
    files, counts = first_files(commits, most=_MOST_FILES), count_files(commits)
    return [_make(commit, files.get(commit.pk, []), counts.get(commit.pk, 0)) for commit in commits]


def _make(commit: Commit, files: Sequence[CommitFile], file_count: int) -> CommitView:
    return CommitView(
        commit=commit,
        author=commit.author_name or commit.author_email,
        rest=commit.message.strip().partition("\n")[2].strip(),
        files=[_file(file) for file in files],
        file_count=file_count,
    )


def _file(file: CommitFile) -> FileView:
    return FileView(path=file.path, letter=file.type, words=_WORDS[ChangeType(file.type)])
