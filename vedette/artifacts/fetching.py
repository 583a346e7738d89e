"""Maps fetched from their public addresses, for projects that allow it; asked for by events.

Which scripts are wanted is written by the pipeline; they are fetched beside it, a few at a time,
by the one way in which the product makes requests.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from vedette import clock
from vedette.artifacts.bundles import note_change, place_bundle
from vedette.artifacts.filing import SentFile, make_files
from vedette.artifacts.models import ArtifactFile, Bundle, BundleKind, MapFetch
from vedette.artifacts.storage import NoRoom, check_room
from vedette.facts import Fact, MapWanted
from vedette.outgoing.errors import OutgoingError
from vedette.outgoing.fetcher import Answer, Fetcher, Request
from vedette.projects.models import Project
from vedette.sourcemaps.addresses import reference_of, resolve, url_key
from vedette.wire.encodings import EncodingError, inflate

_MOST_WAITING = 100  # of a project; what comes beyond is asked for again by later events
MOST_PER_HOUR = 100  # of a project: whoever has its key may name any address
MOST_BYTES = 1 << 30  # of all that was fetched for a project; the oldest goes
MOST_FILE_BYTES = 32 << 20
_AT_ONCE = 10
_SECONDS = 20.0
_TURN_SECONDS = 20.0  # of a project in a turn; then the others have theirs
_AGAIN = timedelta(days=1)
_MOST_URL = 1900
_MOST_NAMED = 500  # in one statement
_HOUR = 3600
# What was asked for in this hour by project; a restart begins anew.
_asked: Counter[tuple[int, int]] = Counter()


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
    urls = sorted({(one.project_id, one.url.partition("#")[0]) for one in wanted})
    new = [pair for pair in urls if pair[0] in allowed and _is_fetchable(pair[1])]
    known = set(
        MapFetch.objects.filter(
            project__in=allowed, url_key__in=[url_key(url) for _, url in new]
        ).values_list("project_id", "url_key")
    )
    rows = []
    for project_id, url in new:
        if (project_id, url_key(url)) in known or waiting[project_id] >= _MOST_WAITING:
            continue
        if _may_ask(project_id):
            waiting[project_id] += 1
            rows.append(MapFetch(project_id=project_id, url=url, url_key=url_key(url)))
    MapFetch.objects.bulk_create(rows, ignore_conflicts=True)
    return []


def forget_all() -> None:
    """Begin the hour anew."""
    _asked.clear()


def _is_fetchable(url: str) -> bool:
    is_public = url.startswith(("http://", "https://"))
    return is_public and len(url) <= _MOST_URL and "\x00" not in url


def _may_ask(project_id: int) -> bool:
    """Whether a script more may be fetched for a project in this hour; counts it if so."""
    hour = int(clock.timestamp()) // _HOUR
    for old in [held for held in _asked if held[0] < hour]:
        del _asked[old]
    if _asked[hour, project_id] >= MOST_PER_HOUR:
        return False
    _asked[hour, project_id] += 1
    return True


def fetch_wanted(fetcher: Fetcher) -> None:
    """Fetch the scripts that wait longest, of each project in turn.

    What was asked for a day ago may be asked for again: what failed, and what has changed.
    """
    MapFetch.objects.filter(done_at__lt=clock.now() - _AGAIN).delete()
    began: dict[int, float] = {}
    try:
        for one in _in_turn():
            now = time.monotonic()
            if now - began.setdefault(one.project_id, now) <= _TURN_SECONDS:
                _fetch(fetcher, one)
    finally:
        note_change(began)  # once, because all waiting events are read again


def _in_turn() -> Iterator[MapFetch]:
    """What waits, the first of each project, then the second, and so on."""
    waiting: dict[int, list[int]] = defaultdict(list)
    rows = MapFetch.objects.filter(done_at=None).order_by("pk")
    for pk, project_id in rows.values_list("pk", "project_id"):
        waiting[project_id].append(pk)
    turns = sorted(
        (place, pk) for held in waiting.values() for place, pk in enumerate(held[:_AT_ONCE])
    )
    for _, pk in turns[: max(_AT_ONCE, len(waiting))]:
        found = MapFetch.objects.filter(pk=pk).select_related("project").first()
        if found is not None:
            yield found


def _fetch(fetcher: Fetcher, one: MapFetch) -> None:
    """Fetch a script, and write down what came of it, also if it cannot be kept."""
    fault = "the files could not be kept"
    try:
        if not one.project.fetches_source_maps:
            raise NoMap("the project does not allow it any more")
        check_room()
        _keep(one.project, _fetched(fetcher, one.url))
        fault = ""
    except (OutgoingError, NoMap, NoRoom) as error:
        fault = str(error)
    finally:
        fault = fault[:300].replace("\x00", "")
        MapFetch.objects.filter(pk=one.pk).update(done_at=clock.now(), fault=fault)


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
    return replace(answer, body=_inflated(answer))


def _inflated(answer: Answer) -> bytes:
    """The body: some servers pack it though they are asked not to. Raises NoMap."""
    encoding = answer.headers.get("content-encoding", "").encode()
    try:
        return inflate(answer.body, encoding, MOST_FILE_BYTES)
    except EncodingError as error:
        raise NoMap(f"{answer.url[:200]} cannot be unpacked: {error}") from None


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
        _bound(bundle)


def _bound(bundle: Bundle) -> None:
    """Delete the oldest files beyond what a project may have."""
    rows = bundle.files.order_by("-pk").values_list("pk", "size_bytes")
    left, gone = MOST_BYTES, []
    for pk, size in rows:
        left -= size
        if left < 0:
            gone.append(pk)
    for start in range(0, len(gone), _MOST_NAMED):
        bundle.files.filter(pk__in=gone[start : start + _MOST_NAMED]).delete()
