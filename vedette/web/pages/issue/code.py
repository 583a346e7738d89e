"""What the code says of an event: suspect commits, owners, and links from its frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from vedette.access.actions import Action
from vedette.accounts.models import User
from vedette.issues.models import Issue
from vedette.issues.reading import StoredEvent
from vedette.releases.models import Repository
from vedette.sources.decisive import decisive_places
from vedette.sources.editors import LocalFiles, local_files
from vedette.sources.guessing import Guess, guess_mapping
from vedette.sources.links import SourceLinks, commit_address, source_links
from vedette.sources.owners import Owners, owners_of
from vedette.sources.paths import frame_place
from vedette.sources.suspects import Suspect, suspects_of
from vedette.web.access import Viewer
from vedette.web.pages.issue.event import EventView
from vedette.web.pages.issue.frames import Frame, frame_line
from vedette.web.pages.issue.payload import text
from vedette.web.pages.issue.reframing import reframed


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectView:
    """A suspect commit; `member` is its author if that is a member who sees the project."""

    suspect: Suspect
    author: str
    member: User | None
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """What the page shows of it; `guess` is a mapping that may be offered to the viewer."""

    suspects: list[SuspectView]
    owners: Owners
    guess: Guess | None
    nameless: Repository | None
    links: SourceLinks
    files: LocalFiles | None


def make_code(viewer: Viewer, issue: Issue, stored: StoredEvent) -> CodeView:
    """Ask for it: a few questions, however many frames and commits there are."""
    payload: Mapping[str, Any] = stored.payload
    links = source_links(issue.project, text(payload.get("release")))
    suspects = suspects_of(issue, payload, links)
    owners = owners_of(issue.project, payload, suspects, links)
    views = [_suspect(one, owners) for one in suspects]
    may_change = viewer.may(Action.ADMINISTER_PROJECT, issue.project)
    return CodeView(
        suspects=views,
        owners=owners,
        guess=_guess(issue, payload, links) if may_change else None,
        nameless=_nameless(suspects, links) if may_change else None,
        links=links,
        files=local_files(viewer.user, issue.project),
    )


def with_links(event: EventView, code: CodeView) -> EventView:
    """The event with links at the frames of the application."""
    if not code.links.mappings and code.files is None:
        return event
    return reframed(event, lambda frame: _link(frame, code))


def _link(frame: Frame, code: CodeView) -> Frame:
    place = frame_place(frame.file, frame.path, frame.module, frame_line(frame))
    if not frame.in_app or place is None:
        return frame
    link = code.links.link(place)
    file = code.links.file(place)
    path = file.path if file else place.name
    return replace(
        frame,
        code_link=link.url if link else "",
        code_words=f"Open {link.words}" if link else "",
        editor_link=code.files.link(path, place.line) if code.files else "",
        editor_words=f"Open in {code.files.label}" if code.files else "",
    )


def _suspect(suspect: Suspect, owners: Owners) -> SuspectView:
    commit = suspect.commit
    return SuspectView(
        suspect=suspect,
        author=commit.author_name or commit.author_email or "unknown author",
        member=owners.authors.get(commit.author_email.strip().lower()),
        link=commit_address(commit.repository, commit.key),
    )


def _guess(issue: Issue, payload: Mapping[str, Any], links: SourceLinks) -> Guess | None:
    """A mapping for frames that none leads to a file."""
    places = decisive_places(payload)
    if any(links.file(place) for place in places):
        return None
    return guess_mapping(issue.project, places)


def _nameless(suspects: list[Suspect], links: SourceLinks) -> Repository | None:
    """A repository of what is shown here that has no address, so nothing leads there."""
    shown = [one.commit.repository for one in suspects]
    shown += [one.repository for one in links.mappings]
    return next((one for one in shown if not one.url), None)
