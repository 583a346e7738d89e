"""What clients send of releases, read into the words of `vedette.releases`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, field

from vedette.projects.models import Project
from vedette.releases.changes import Wish
from vedette.releases.commits import SentCommit, SentHead
from vedette.releases.models import ChangeType, ReleaseStatus
from vedette.web.api.access import Caller
from vedette.web.api.errors import ApiError
from vedette.web.api.parameters import Name, Names
from vedette.web.api.typed import Parameters
from vedette.wire.scalars import parse_timestamp

_MOST_COMMITS = 20_000
_MOST_FILES = 10_000
_MOST_PATH = 1024
_MOST_PATH_BYTES = 2000  # PostgreSQL refuses an entry of an index beyond 2,700
Link = Annotated[str, Meta(max_length=2000)]
Version = Annotated[str, Meta(max_length=1000)]
Key = Annotated[str, Meta(min_length=1, max_length=64)]


class PatchBody(Parameters):
    """What a commit did to a file."""

    path: str
    type: Literal["A", "M", "D"]


class CommitBody(Parameters):
    """A commit, as git tells it."""

    id: Key
    repository: Name | None = None
    message: str | None = None
    author_name: str | None = field(default=None, name="author_name")
    author_email: str | None = field(default=None, name="author_email")
    timestamp: str | None = None
    patch_set: Annotated[list[PatchBody], Meta(max_length=_MOST_FILES)] | None = field(
        default=None, name="patch_set"
    )


class RefBody(Parameters):
    """The commit that a release was built from."""

    repository: Name
    commit: Key
    previous_commit: Annotated[str, Meta(max_length=64)] | None = None


class ChangeBody(Parameters):
    """What is said of a release; what is left out stays as it is."""

    cleans_text: ClassVar[bool] = True
    projects: Names | None = None
    ref: Annotated[str, Meta(max_length=250)] | None = None
    url: Link | None = None
    date_started: Name | None = None
    date_released: Name | None = None
    status: Literal["open", "archived"] | None = None
    commits: Annotated[list[CommitBody], Meta(max_length=_MOST_COMMITS)] | None = None
    refs: Annotated[list[RefBody], Meta(max_length=100)] | None = None

    def wish(self) -> Wish:
        """The changes of the release's own row. Raises ApiError 400."""
        return Wish(
            ref=_clean(self.ref),
            url=_clean(self.url),
            started_at=read_time(self.date_started, "dateStarted"),
            released_at=read_time(self.date_released, "dateReleased"),
            status=ReleaseStatus(self.status) if self.status else None,
        )

    def sent_commits(self, organization: str) -> list[SentCommit] | None:
        """The commits, those without a repository under one of the organisation's name."""
        if self.commits is None:
            return None
        return [_commit(one, f"organization-{organization}") for one in self.commits]

    def sent_heads(self) -> list[SentHead]:
        """The commits that the release was built from."""
        return [
            SentHead(
                repository=clean_text(one.repository, 200),
                key=clean_text(one.commit, 64),
                previous_key=clean_text(one.previous_commit, 64),
            )
            for one in self.refs or ()
        ]


class NewBody(ChangeBody, kw_only=True):
    """A release by its version. Without projects it must be there already."""

    version: Version


class DeployBody(Parameters):
    """A release was brought to an environment."""

    cleans_text: ClassVar[bool] = True
    environment: Annotated[str, Meta(min_length=1, max_length=64)]
    name: Annotated[str, Meta(max_length=250)] | None = None
    url: Link | None = None
    date_started: Name | None = None
    date_finished: Name | None = None
    projects: Names | None = None


def named_projects(caller: Caller, organization: str, names: Sequence[str] | None) -> list[Project]:
    """The caller's projects with these slugs or ids. Raises ApiError 400 for any other."""
    known = caller.projects(organization)
    found = []
    for name in names or ():
        project = next((one for one in known if name in (one.slug, str(one.pk))), None)
        if project is None:
            raise ApiError(400, f"Invalid project slug or id: {name[:50]!r}")
        found.append(project)
    return found


def read_time(text: str | None, name: str) -> datetime | None:
    """A time in UTC; None for none. Raises ApiError 400."""
    if not text:
        return None
    seconds = parse_timestamp(text)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError):
        pass  # said below
    raise ApiError(400, f"{name} must be a time in ISO 8601")


def clean_text(text: str | None, most: int) -> str:
    """A text that any database can hold, cut to its most characters."""
    return (text or "").replace("\x00", "")[:most]


def _path(text: str) -> str:
    return clean_text(text, _MOST_PATH).encode()[:_MOST_PATH_BYTES].decode(errors="ignore")


def _clean(text: str | None) -> str | None:
    return None if text is None else text.replace("\x00", "")


def _commit(sent: CommitBody, repository: str) -> SentCommit:
    return SentCommit(
        repository=clean_text(sent.repository, 200) or repository,
        key=clean_text(sent.id, 64),
        message=clean_text(sent.message, 10_000),
        author_name=clean_text(sent.author_name, 128),
        author_email=clean_text(sent.author_email, 254),
        committed_at=read_time(sent.timestamp, "timestamp"),
        files={_path(patch.path): ChangeType(patch.type) for patch in sent.patch_set or ()},
    )
