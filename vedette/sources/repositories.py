"""An organisation's repositories: seen, named and given an address."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from vedette.accounts.models import Organization
from vedette.releases.models import Commit, Release, ReleaseCommit, ReleaseHead, Repository
from vedette.sources.addresses import NotAnAddress, repository_address
from vedette.sources.links import commit_address, file_address
from vedette.sources.models import CodeMapping
from vedette.sources.providers import guess_provider, providers
from vedette.store.visible import VisibleProjects

MOST = 1000  # that somebody has named; commits may make more


class InvalidRepository(ValueError):
    """What was said of a repository cannot be used; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryWish:
    """What is said of a repository. Without a provider the address tells it."""

    name: str
    url: str = ""
    provider: str = ""
    template: str = ""
    commit_template: str = ""


def repositories_of(organization: Organization) -> QuerySet[Repository]:
    """All of them, by name."""
    return Repository.objects.filter(organization=organization).order_by("name", "pk")


def repositories_seen(organization: Organization, visible: VisibleProjects) -> QuerySet[Repository]:
    """All for who sees every project; for others those that these projects have to do with."""
    held = repositories_of(organization)
    if not organization.projects.exclude(pk__in=list(visible)).exists():
        return held
    mine = Release.objects.filter(in_projects__project__in=list(visible)).values("pk")
    commits = ReleaseCommit.objects.filter(commit__repository=OuterRef("pk"), release__in=mine)
    heads = ReleaseHead.objects.filter(repository=OuterRef("pk"), release__in=mine)
    mappings = CodeMapping.objects.filter(repository=OuterRef("pk"), project__in=list(visible))
    return held.filter(Q(Exists(commits)) | Q(Exists(heads)) | Q(Exists(mappings)))


def commits_seen(repository: Repository, visible: VisibleProjects) -> QuerySet[Commit]:
    """The repository's commits that releases of these projects hold, the newest first."""
    mine = Release.objects.filter(in_projects__project__in=list(visible)).values("pk")
    held = ReleaseCommit.objects.filter(commit=OuterRef("pk"), release__in=mine)
    found = Commit.objects.filter(Exists(held), repository=repository)
    return found.select_related("repository").order_by("-committed_at", "-pk")


def add_repository(organization: Organization, wish: RepositoryWish) -> Repository:
    """A new repository. Raises InvalidRepository, also for a name that is taken."""
    if Repository.objects.filter(organization=organization).count() >= MOST:
        raise InvalidRepository(f"An organisation has at most {MOST:,} repositories.")
    return _write(Repository(organization=organization), wish)


def change_repository(repository: Repository, wish: RepositoryWish) -> Repository:
    """Say something else of it. Raises InvalidRepository."""
    return _write(repository, wish)


def _write(repository: Repository, wish: RepositoryWish) -> Repository:
    try:
        url = repository_address(wish.url)
    except NotAnAddress as error:
        raise InvalidRepository(str(error)) from None
    name = wish.name.strip()
    if not name or len(name) > 200 or not name.isprintable():
        raise InvalidRepository("A name has between 1 and 200 characters, such as owner/name.")
    repository.name, repository.url = name, url
    repository.provider = wish.provider or guess_provider(url)
    repository.template = wish.template.strip()
    repository.commit_template = wish.commit_template.strip()
    _check_addresses(repository)
    try:
        with transaction.atomic():
            repository.save()
    except IntegrityError:
        raise InvalidRepository(f"There is a repository {name!r} already.") from None
    return repository


def _check_addresses(repository: Repository) -> None:
    if repository.provider not in ("", *providers()):
        raise InvalidRepository(f"{repository.provider[:50]!r} is no provider.")
    if not repository.url:
        return
    if not repository.provider:
        raise InvalidRepository("Choose what the repository's host is: its address does not tell.")
    if not file_address(repository, "a/b.py", line=1, ref="0" * 40):
        raise InvalidRepository(
            "The template of files has to make a web address, "
            "such as {url}/tree/{path}?id={ref}#n{line}."
        )
    if repository.commit_template and not commit_address(repository, "0" * 40):
        raise InvalidRepository(
            "The template of commits has to make a web address, such as {url}/commit/?id={ref}."
        )
