"""Maps fetched from their public addresses, for projects that allow it; asked for by events.

Which scripts are wanted is written by the pipeline; they are fetched beside it, a few at a time,
by the one way in which the product makes requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from vedette import clock
from vedette.artifacts.archive import MOST_FILE_BYTES
from vedette.artifacts.bundles import note_change, place_bundle
from vedette.artifacts.filing import SentFile, make_files
from vedette.artifacts.models import ArtifactFile, Bundle, BundleKind, MapFetch
from vedette.facts import Fact, MapWanted
from vedette.outgoing.errors import OutgoingError
from vedette.outgoing.fetcher import Answer, Fetcher, Request
from vedette.projects.models import Project
from vedette.sourcemaps.addresses import reference_of, resolve, url_key

_MOST_WAITING = 100  # of a project; what comes beyond is asked for again by later events
_AT_ONCE = 10
_SECONDS = 20.0
_AGAIN = timedelta(days=1)
_MOST_URL = 1900


class NoMap(Exception):  # noqa: N818 - the address answers, but not with a map
    """There is no map at the address; the text says why."""


def note_wanted(wanted: Sequence[MapWanted]) -> list[Fact]:
    """Write down which scripts are wanted; within a batch's transaction."""
    allowed = set(
        Project.objects.filter(
            pk__in={one.project_id for one in wanted}, fetches_source_maps=True
        ).values_list("pk", flat=True)
    )
    waiting = {pk: MapFetch.objects.filter(project_id=pk, done_at=None).count() for pk in allowed}
    rows = []
    for one in wanted:
        url = one.url.partition("#")[0]
        is_public = url.startswith(("http://", "https://")) and len(url) <= _MOST_URL
        if one.project_id in allowed and is_public and waiting[one.project_id] < _MOST_WAITING:
            waiting[one.project_id] += 1
            rows.append(MapFetch(project_id=one.project_id, url=url, url_key=url_key(url)))
    MapFetch.objects.bulk_create(rows, ignore_conflicts=True)
    return []


def fetch_wanted(fetcher: Fetcher) -> None:
    """Fetch the scripts that wait longest; what failed a day ago may be asked for again."""
    MapFetch.objects.filter(done_at__lt=clock.now() - _AGAIN).exclude(fault="").delete()
    waiting = MapFetch.objects.filter(done_at=None).order_by("pk").select_related("project")
    for one in list(waiting[:_AT_ONCE]):
        try:
            if not one.project.fetches_source_maps:
                raise NoMap("the project does not allow it any more")
            _keep(one.project, _fetched(fetcher, one.url))
            fault = ""
        except (OutgoingError, NoMap) as error:
            fault = str(error)
        MapFetch.objects.filter(pk=one.pk).update(done_at=clock.now(), fault=fault[:300])
        note_change([one.project_id])


def _fetched(fetcher: Fetcher, url: str) -> list[SentFile]:
    """The script and, unless it is inside, its map. Raises NoMap and OutgoingError."""
    script = _get(fetcher, url)
    reference = reference_of(script.headers, script.body)
    if not reference:
        raise NoMap("the script names no source map")
    if reference.startswith("data:"):
        return [SentFile(url=url, content=script.body, type="minified_source")]
    address = resolve(reference, script.url)
    source_map = _get(fetcher, address)
    about = {"Sourcemap": address}
    return [
        SentFile(url=url, content=script.body, type="minified_source", headers=about),
        SentFile(url=address, content=source_map.body, type="source_map"),
    ]


def _get(fetcher: Fetcher, url: str) -> Answer:
    answer = fetcher.fetch(Request(url=url, most_bytes=MOST_FILE_BYTES, seconds=_SECONDS))
    if answer.status != 200:
        raise NoMap(f"{url[:200]} answered {answer.status}")
    if answer.is_cut:
        raise NoMap(f"{url[:200]} is larger than {MOST_FILE_BYTES >> 20} MB")
    if "html" in answer.headers.get("content-type", ""):
        raise NoMap(f"{url[:200]} answered with a page")
    return answer


def _keep(project: Project, sent: list[SentFile]) -> None:
    """Put them among the project's fetched files, in the place of older ones."""
    with transaction.atomic():
        bundle, _ = Bundle.objects.get_or_create(
            organization=project.organization,
            checksum=f"fetched:{project.pk}",
            defaults={"kind": BundleKind.FETCHED},
        )
        place_bundle(bundle, [project], "", "")
    files = make_files(bundle, sent)
    with transaction.atomic():
        bundle.files.filter(url_key__in=[file.url_key for file in files]).delete()
        ArtifactFile.objects.bulk_create(files, ignore_conflicts=True)
