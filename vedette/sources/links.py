"""Links from frames to lines of repositories, at the commit that the release was built from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Window
from django.db.models.functions import RowNumber

from vedette.projects.models import Project
from vedette.releases.models import Commit, ReleaseHead, Repository
from vedette.sources.addresses import quoted, web_address
from vedette.sources.models import CodeMapping
from vedette.sources.paths import FramePlace, below, is_outside, joined
from vedette.sources.providers import Home, Place, Provider, providers

MOST_MAPPINGS = 200
_COMMIT = re.compile(r"[0-9a-f]{7,64}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of a repository that a frame names."""

    mapping: CodeMapping
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLink:
    """Where a frame's line is shown. `words` say of which host it is, and which file."""

    url: str
    path: str
    words: str


@dataclass(frozen=True)
class SourceLinks:
    """The links of a project's frames in a release; two or three questions for any number."""

    mappings: Sequence[CodeMapping]
    version: str = ""

    def file(self, place: FramePlace) -> SourceFile | None:
        """The file by the mapping with the longest root that fits."""
        for mapping in self.mappings:
            for name in place.names:
                rest = below(mapping.stack_root, name)
                if rest:
                    return SourceFile(mapping=mapping, path=joined(mapping.source_root, rest))
        return None

    def link(self, place: FramePlace) -> SourceLink | None:
        """The link to the frame's line, if its repository has an address."""
        file = self.file(place)
        if file is None:
            return None
        repository = file.mapping.repository
        key = self._commits.get(repository.pk, "")
        url = file_address(
            repository, file.path, line=place.line, ref=key or file.mapping.default_branch
        )
        if not url:
            return None
        words = f"{file.path} on {provider_of(repository).label}"
        return SourceLink(url=url, path=file.path, words=words)

    @cached_property
    def _commits(self) -> dict[int, str]:
        """The release's commit of each repository: what it was built from, or else its newest."""
        repositories = {one.repository_id for one in self.mappings}
        if not self.version or not repositories:
            return {}
        of_release = {
            "release__version": self.version,
            "release__organization": self.mappings[0].repository.organization_id,
        }
        place = Window(RowNumber(), partition_by="repository", order_by="in_releases__order")
        mine = {f"in_releases__{name}": value for name, value in of_release.items()}
        newest = Commit.objects.filter(repository__in=repositories, **mine)
        newest = newest.annotate(place=place).filter(place=1)
        heads = ReleaseHead.objects.filter(repository__in=repositories, **of_release)
        return {
            **dict(newest.values_list("repository_id", "key")),
            **dict(heads.values_list("repository_id", "commit_key")),
        }


def source_links(project: Project, version: str = "") -> SourceLinks:
    """The links of a project's frames, at a release's commit."""
    return SourceLinks(mappings_of(project), version)


def mappings_of(project: Project) -> list[CodeMapping]:
    """The project's mappings, the longest root first."""
    held = CodeMapping.objects.filter(project=project).select_related("repository")
    found = list(held.order_by("pk")[:MOST_MAPPINGS])
    return sorted(found, key=lambda one: -len(one.stack_root))


def provider_of(repository: Repository) -> Provider:
    """How the repository's addresses look; as a template says where nothing is known."""
    known = providers()
    return known.get(repository.provider, known["template"])


def file_address(repository: Repository, path: str, *, line: int | None, ref: str) -> str:
    """The address of a file's line at a commit or on a branch; empty where it has none."""
    if is_outside(path) or not repository.url or not ref:
        return ""
    place = Place(path=quoted(path), line=line, ref=quoted(ref), is_commit=bool(_COMMIT.match(ref)))
    return web_address(provider_of(repository).file(_home(repository), place))


def commit_address(repository: Repository, key: str) -> str:
    """The address of a commit; empty where it has none."""
    if not repository.url or is_outside(key):
        return ""
    return web_address(provider_of(repository).commit(_home(repository), quoted(key)))


def commit_addresses(commits: Iterable[Commit]) -> dict[int, str]:
    """The addresses of commits with their repositories loaded, by their ids."""
    return {one.pk: commit_address(one.repository, one.key) for one in commits}


def _home(repository: Repository) -> Home:
    return Home(
        url=repository.url.rstrip("/"),
        template=repository.template,
        commit_template=repository.commit_template,
    )
