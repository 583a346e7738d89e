"""Which of two releases is the newer one."""

from __future__ import annotations

from collections.abc import Sequence

from vedette.releases.models import Release


def is_newer(release: Release, than: Release) -> bool:
    """By version where both are versions of one package, else by date."""
    if have_order((release, than)):
        return _version(release) > _version(than)
    return release.at > than.at


def have_order(releases: Sequence[Release]) -> bool:
    """Whether their versions put them in an order: semantic ones of one package."""
    packages = {release.package for release in releases}
    return len(packages) == 1 and all(release.version_order for release in releases)


def _version(release: Release) -> tuple[bytes, bytes]:
    return bytes(release.version_order or b""), bytes(release.build_order)
