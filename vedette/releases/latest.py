"""Which release is the latest of a project: of thousands of projects in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from django.db.models import F, QuerySet, Value, Window
from django.db.models.functions import Coalesce, RowNumber

from vedette.releases.models import Release, ReleaseEnvironment, ReleaseProject, ReleaseStatus

_LOOKED_AT = 10  # of a project's newest releases, to tell whether their versions have an order
_AT_ONCE = 500  # projects or releases
_CAME = Coalesce("release__released_at", "release__created_at")
_BY_DATE = (_CAME.desc(), F("release").desc())
_BY_VERSION = tuple(
    F(name).desc() for name in ("release__version_order", "release__build_order", "release")
)

# A project, and one of its environments or the empty text for all of them.
Place: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The latest release of a project, or of one of its environments (else empty)."""

    project_id: int
    environment: str
    release: Release


class _Candidate(NamedTuple):
    project_id: int
    environment: str
    release_id: int
    package: str
    order: bytes | None

    @property
    def place(self) -> Place:
        return self.project_id, self.environment


def latest_releases(projects: Iterable[int], environments: Sequence[str] = ()) -> list[Latest]:
    """The latest release of each project, or of each of these environments of it.

    By version where the newest releases are versions of one package, else by date. Archived
    ones are none.
    """
    found: dict[Place, int] = {}
    for part in _parts(list(projects)):
        newest = _newest(_open(part, environments))
        found |= {place: held[0].release_id for place, held in newest.items()}
        ordered = {place: held[0].package for place, held in newest.items() if _in_order(held)}
        found |= _greatest(_open([pk for pk, _ in ordered], environments), ordered)
    releases = _releases(set(found.values()))
    return [
        Latest(project_id=project, environment=environment, release=releases[pk])
        for (project, environment), pk in sorted(found.items())
        if pk in releases
    ]


def latest_release(project_id: int) -> Release | None:
    """The latest release of a project."""
    return next((one.release for one in latest_releases([project_id])), None)


def _open(projects: Sequence[int], environments: Sequence[str]) -> QuerySet[Any]:
    """Where releases that are not archived were seen: projects, or environments of them."""
    held: QuerySet[Any] = ReleaseProject.objects.annotate(where=Value(""))
    if environments:
        held = ReleaseEnvironment.objects.filter(environment__in=environments)
        held = held.annotate(where=F("environment"))
    return held.filter(project__in=projects, release__status=ReleaseStatus.OPEN)


def _newest(held: QuerySet[Any]) -> dict[Place, list[_Candidate]]:
    """Some of the newest releases of each place."""
    found: dict[Place, list[_Candidate]] = defaultdict(list)
    number = Window(RowNumber(), partition_by=["project", "where"], order_by=_BY_DATE)
    ranked = held.annotate(number=number).filter(number__lte=_LOOKED_AT)
    for one in _candidates(ranked.order_by("number")):
        found[one.place].append(one)
    return found


def _greatest(held: QuerySet[Any], packages: Mapping[Place, str]) -> dict[Place, int]:
    """The greatest version of a package in each of these places."""
    places = ["project", "where", "release__package"]
    versions = held.filter(
        release__version_order__isnull=False, release__package__in=set(packages.values())
    )
    number = Window(RowNumber(), partition_by=places, order_by=_BY_VERSION)
    return {
        one.place: one.release_id
        for one in _candidates(versions.annotate(number=number).filter(number=1))
        if packages.get(one.place) == one.package
    }


def _candidates(held: QuerySet[Any]) -> Iterator[_Candidate]:
    names = ("project", "where", "release", "release__package", "release__version_order")
    return (_Candidate(*row) for row in held.values_list(*names))


def _in_order(held: Sequence[_Candidate]) -> bool:
    """See `vedette.releases.comparing.have_order`."""
    return len({one.package for one in held}) == 1 and all(one.order for one in held)


def _releases(ids: Iterable[int]) -> dict[int, Release]:
    found: dict[int, Release] = {}
    for part in _parts(sorted(ids)):
        found |= Release.objects.in_bulk(part)
    return found


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
