"""How much of a project's frames is readable, by release and by bundle."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from vedette.artifacts.models import ArtifactFile, Bundle, BundlePlace, FileType, FrameTally
from vedette.projects.models import Project
from vedette.sourcemaps.verdicts import LABELS, READABLE, Verdict

_KNOWN = frozenset(Verdict)
_MOST_RELEASES = 50


@dataclass(frozen=True, slots=True)
class Share:
    """Frames by what came of them."""

    counts: Counter[Verdict] = field(default_factory=Counter)

    @property
    def frames(self) -> int:
        """All frames in scripts."""
        return self.counts.total()

    @property
    def readable(self) -> int:
        """Those with their original names and lines."""
        return sum(self.counts[verdict] for verdict in READABLE)

    @property
    def percent(self) -> float:
        """The share of readable frames, 0 to 100."""
        return 100 * self.readable / self.frames if self.frames else 0.0

    @property
    def problems(self) -> list[tuple[str, int]]:
        """What went wrong, the most frequent first, in the words of the issue page."""
        wrong = ((one, n) for one, n in self.counts.most_common() if one != Verdict.APPLIED)
        return [(LABELS[verdict], frames) for verdict, frames in wrong if frames]


@dataclass(frozen=True, slots=True)
class BundleRow:
    """A bundle as the list shows it: what it is for, what it holds, which frames it served."""

    bundle: Bundle
    places: list[BundlePlace]
    scripts: int
    maps: int
    size_bytes: int
    share: Share


def share_of(project: Project, since: date) -> Share:
    """Of all frames since that day."""
    rows = _tallies(project).filter(day__gte=since)
    return _shares(rows, "project_id").get(project.pk, Share())


def shares_by_release(project: Project, since: date) -> list[tuple[str, Share]]:
    """By release, those with the most frames first."""
    found = _shares(_tallies(project).filter(day__gte=since), "release")
    rows = sorted(found.items(), key=lambda row: (-row[1].frames, row[0]))
    return rows[:_MOST_RELEASES]


def list_bundles(project: Project, *, before: int, most: int) -> list[BundleRow]:
    """The project's bundles older than the one of id `before` (0: all), the newest first."""
    found = Bundle.objects.filter(places__project=project).distinct().order_by("-pk")
    bundles = list((found.filter(pk__lt=before) if before else found)[:most])
    ids = [bundle.pk for bundle in bundles]
    places: dict[int, list[BundlePlace]] = defaultdict(list)
    for place in BundlePlace.objects.filter(bundle__in=ids, project=project).order_by("pk"):
        places[place.bundle_id].append(place)
    is_map = Q(type=FileType.SOURCE_MAP)
    files = ArtifactFile.objects.filter(bundle__in=ids).values("bundle_id")
    counts = files.annotate(
        scripts=Count("pk", filter=~is_map),
        maps=Count("pk", filter=is_map),
        size=Sum("size_bytes"),
    ).values_list("bundle_id", "scripts", "maps", "size")
    held = {pk: (scripts, maps, size or 0) for pk, scripts, maps, size in counts}
    shares = _shares(_tallies(project).filter(bundle_id__in=ids), "bundle_id")
    return [
        BundleRow(
            bundle,
            places[bundle.pk],
            *held.get(bundle.pk, (0, 0, 0)),
            shares.get(bundle.pk, Share()),
        )
        for bundle in bundles
    ]


def files_of(
    bundle: Bundle, project: Project, *, after: int, most: int
) -> list[tuple[ArtifactFile, Share]]:
    """A bundle's files from the one after id `after`, each with the frames that it served."""
    files = list(bundle.files.filter(pk__gt=after).order_by("pk")[:most])
    ids = [file.pk for file in files]
    shares = _shares(_tallies(project).filter(file_id__in=ids), "file_id")
    return [(file, shares.get(file.pk, Share())) for file in files]


def _tallies(project: Project) -> QuerySet[FrameTally]:
    return FrameTally.objects.filter(project=project)


def _shares(rows: QuerySet[FrameTally], key: str) -> dict[Any, Share]:
    """The shares by a column of the tallies."""
    found: dict[Any, Share] = defaultdict(Share)
    summed = rows.values(key, "verdict").annotate(n=Sum("frames"))
    for value, verdict, frames in summed.values_list(key, "verdict", "n"):
        if verdict in _KNOWN:
            found[value].counts[Verdict(verdict)] += frames
    return dict(found)
