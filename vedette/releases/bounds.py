"""How many releases and environments events can make: a name in every event is no release.

Whoever has a project's public key may send any name; without a bound each would be a row for
good. What a build reports is not bounded: it has a token.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Literal, TypeAlias

from vedette import clock
from vedette.releases.models import ReleaseEnvironment

log = logging.getLogger(__name__)

Kind: TypeAlias = Literal["release", "environment"]  # of a release beyond its first
MOST_NEW_PER_HOUR = 500  # of either
MOST_ENVIRONMENTS = 100
_HOUR = 3600
# What is new in this hour by project and kind; a restart begins anew.
_made: Counter[tuple[int, int, Kind]] = Counter()


def may_make(project_id: int, kind: Kind) -> bool:
    """Whether a project may have one more in this hour; counts it if so."""
    key = (int(clock.timestamp()) // _HOUR, project_id, kind)
    if _made[key] >= MOST_NEW_PER_HOUR:
        return False
    for old in [held for held in _made if held[0] < key[0]]:
        del _made[old]
    _made[key] += 1
    if _made[key] == MOST_NEW_PER_HOUR:
        log.warning("project %d made %d %ss in an hour: no more", project_id, _made[key], kind)
    return True


def known_environments(
    release_ids: Iterable[int], project_ids: Iterable[int]
) -> dict[tuple[int, int], set[str]]:
    """The environments of releases, by release and project."""
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    rows = ReleaseEnvironment.objects.filter(
        release__in=list(release_ids), project__in=list(project_ids)
    )
    for release, project, name in rows.values_list("release_id", "project_id", "environment"):
        found[release, project].add(name)
    return found


def forget_all() -> None:
    """Begin the hour anew."""
    _made.clear()
