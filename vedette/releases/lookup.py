"""What searches ask of releases: the latest, and those whose version stands so to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from vedette.releases.adoption import Stage, in_stage
from vedette.releases.latest import Latest, latest_releases
from vedette.releases.models import Release, ReleaseEnvironment, ReleaseProject
from vedette.releases.names import InvalidRelease, parse_release, parse_version
from vedette.releases.ordering import build_order, version_order
from vedette.search.errors import BadValue
from vedette.search.releases import PlacedRelease
from vedette.store.query import Comparison
from vedette.store.visible import VisibleProjects

_LOOKUPS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte", "=": "exact"}
_MOST = 5000


def releases_of(visible: VisibleProjects) -> QuerySet[Release]:
    """The releases of the projects that may be seen, which are looked through once."""
    mine = ReleaseProject.objects.all()
    if not visible.is_everything:
        mine = mine.filter(project__in=list(visible))
    return Release.objects.filter(pk__in=mine.values("release"))


@dataclass(frozen=True, slots=True)
class KnownReleases:
    """The releases of a scope; implements `vedette.search.releases.Releases`."""

    visible: VisibleProjects
    environments: tuple[str, ...] = ()

    def latest(self) -> list[PlacedRelease]:
        """See `Releases`."""
        found: Sequence[Latest] = latest_releases(self.visible, self.environments)
        return [
            PlacedRelease(one.project_id, one.environment, one.release.version) for one in found
        ]

    def by_version(self, comparison: Comparison, text: str) -> list[str]:
        """See `Releases`."""
        package, version = _read(text)
        found = releases_of(self.visible).filter(
            **{f"version_order__{_LOOKUPS[comparison]}": version}
        )
        return self._names(found.filter(package=package) if package else found)

    def by_build(self, comparison: Comparison, text: str) -> list[str]:
        """See `Releases`."""
        if not (text.isascii() and text.isdigit()):
            raise BadValue(f"{text!r} is not a number; only the numbers of builds have an order")
        wanted = build_order(parse_version(f"1+{text}"))
        numeric = releases_of(self.visible).filter(build_order__gte=b"0", build_order__lt=b"1")
        return self._names(numeric.filter(**{f"build_order__{_LOOKUPS[comparison]}": wanted}))

    def in_stage(self, stage: str) -> list[PlacedRelease]:
        """See `Releases`."""
        rows = ReleaseEnvironment.objects.filter(in_stage(_STAGES[stage]))
        if not self.visible.is_everything:
            rows = rows.filter(project__in=list(self.visible))
        if self.environments:
            rows = rows.filter(environment__in=self.environments)
        names = ("project_id", "environment", "release__version")
        found = [PlacedRelease(*row) for row in rows.values_list(*names)[: _MOST + 1]]
        if len(found) > _MOST:
            raise BadValue(
                f"more than {_MOST:,} releases are {stage}: choose projects or environments"
            )
        return found

    def _names(self, found: QuerySet[Release]) -> list[str]:
        names = list(found.values_list("version", flat=True).distinct()[: _MOST + 1])
        if len(names) > _MOST:
            raise BadValue(
                f"more than {_MOST:,} releases fit; name a package (release.package:…), choose "
                "projects or compare with another version"
            )
        return names


_STAGES: Mapping[str, Stage] = {
    "adopted": "adopted",
    "low_adoption": "low",
    "replaced": "replaced",
}


def _read(text: str) -> tuple[str, bytes]:
    """Package, if one is written, and the key of the version. Raises BadValue."""
    try:
        parts = parse_release(text)
    except InvalidRelease as error:
        raise BadValue(str(error).rstrip(".")) from None
    key = version_order(parts.version or parse_version(text))
    if key is None:
        raise BadValue(f"{text!r} is not a version such as 1.2.3 or 2.0.0-rc.1")
    return parts.package or "", key
