"""Code mappings that follow from frames and the files of commits, where only one is possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vedette.projects.models import Project
from vedette.releases.models import RELEASED, Release, ReleaseCommit, Repository
from vedette.sources.changed import changed_files
from vedette.sources.paths import FramePlace, is_same_file, shared_tail, without_tail

_RELEASES = 5  # the newest that have commits


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A mapping that is offered, and an example of what it does."""

    repository: Repository
    stack_root: str
    source_root: str
    frame_path: str
    file_path: str


def guess_mapping(project: Project, places: Sequence[FramePlace]) -> Guess | None:
    """The one mapping under which these places are files of commits; None for none or several."""
    if not places:
        return None
    found: dict[tuple[int, str, str], tuple[str, str]] = {}
    for file in changed_files(_releases(project), places):
        for place in places:
            name = next((one for one in place.names if is_same_file(one, file.path)), None)
            if name is None:
                continue
            count = shared_tail(name, file.path)
            roots = (without_tail(name, count), without_tail(file.path, count))
            found.setdefault((file.repository_id, *roots), (name, file.path))
    if len(found) != 1:
        return None
    ((repository, stack_root, source_root), (name, path)) = next(iter(found.items()))
    return Guess(
        repository=Repository.objects.get(pk=repository),
        stack_root=stack_root,
        source_root=source_root,
        frame_path=name,
        file_path=path,
    )


def _releases(project: Project) -> list[int]:
    mine = ReleaseCommit.objects.filter(release__in_projects__project=project, order=0)
    newest = Release.objects.filter(pk__in=mine.values("release")).order_by(RELEASED.desc(), "-pk")
    return list(newest.values_list("pk", flat=True)[:_RELEASES])
