"""Making releases, in one statement for many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TypeAlias

from vedette.releases.models import Release
from vedette.releases.names import parse_release
from vedette.releases.ordering import build_order, version_order

# An organisation and a version.
ReleaseKey: TypeAlias = tuple[int, str]
_AT_ONCE = 400


def make_releases(wanted: Mapping[ReleaseKey, datetime]) -> dict[ReleaseKey, int]:
    """The ids of releases; those that are not there are made, as of the given times.

    Names are valid. Within a transaction.
    """
    found = known_releases(wanted)
    new = sorted(key for key in wanted if key not in found)
    if new:
        Release.objects.bulk_create(
            [_release(key, wanted[key]) for key in new], ignore_conflicts=True
        )
        found |= known_releases(new)
    return found


def known_releases(wanted: Collection[ReleaseKey]) -> dict[ReleaseKey, int]:
    """The ids of those of these releases that are there."""
    versions = sorted({version for _, version in wanted})
    organizations = {organization for organization, _ in wanted}
    found: dict[ReleaseKey, int] = {}
    for start in range(0, len(versions), _AT_ONCE):
        rows = Release.objects.filter(
            organization__in=organizations, version__in=versions[start : start + _AT_ONCE]
        )
        for organization, version, pk in rows.values_list("organization_id", "version", "pk"):
            if (organization, version) in wanted:
                found[organization, version] = pk
    return found


def _release(key: ReleaseKey, created_at: datetime) -> Release:
    organization, version = key
    parts = parse_release(version)
    return Release(
        organization_id=organization,
        version=version,
        package=parts.package or "",
        version_order=version_order(parts.version),
        build_order=build_order(parts.version),
        created_at=created_at,
    )
