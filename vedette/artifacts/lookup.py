"""Which map belongs to a script: by debug id, else by release, build and address.

Asked by the pipeline through the owner. Of several that fit, the newest upload is taken.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from django.db.models import Q, QuerySet

from vedette.artifacts.filing import INLINE, read_debug_id
from vedette.artifacts.models import ArtifactFile, BundleKind, FileType, MapFetch
from vedette.sourcemaps.addresses import candidates, map_addresses, url_key
from vedette.sourcemaps.lookup import Found, Question, Wanted
from vedette.sourcemaps.verdicts import Verdict

_MOST_OF_ID = 20

ByUrl: TypeAlias = dict[str, ArtifactFile]


def find_maps(question: Question) -> list[Found]:
    """What there is for each file of the question, in order."""
    by_id = _of_debug_ids(question)
    rest = [file for file in question.files if not by_id.get(_key(file))]
    by_release = _of_release(question, rest) if rest else {}
    refused = _refused(question.project_id, rest) if rest else set()
    return [
        _by_debug_id(file, by_id[_key(file)])
        if by_id.get(_key(file))
        else _by_release(file, by_release, refused)
        for file in question.files
    ]


def _key(file: Wanted) -> uuid.UUID | None:
    return read_debug_id(file.debug_id) if file.debug_id else None


def _of_debug_ids(question: Question) -> dict[uuid.UUID | None, list[ArtifactFile]]:
    """The newest files of each debug id; a part that no build changes is in many bundles."""
    wanted = {key for file in question.files if (key := _key(file)) is not None}
    mine = _files(question.project_id).order_by("-pk").distinct()  # a bundle has many places
    # Asked for all at once first: an event may name hundreds that nobody has uploaded.
    known = ArtifactFile.objects.filter(
        debug_id__in=wanted, bundle__places__project_id=question.project_id
    )
    there = set(known.values_list("debug_id", flat=True).distinct()) if wanted else set()
    return {key: list(mine.filter(debug_id=key)[:_MOST_OF_ID]) for key in there}


def _by_debug_id(file: Wanted, files: list[ArtifactFile]) -> Found:
    """The map and the script with the same debug id, of one bundle if possible."""
    source_map = next((one for one in files if one.type == FileType.SOURCE_MAP), None)
    scripts = [one for one in files if one.type != FileType.SOURCE_MAP]
    names = candidates(file.url)
    # A script's source may lie beside it with the same debug id: the address tells them apart.
    scripts.sort(key=lambda one: one.url not in names)
    if source_map is None:
        return _without_map(scripts[0], "debug_id")
    beside = [one for one in scripts if one.bundle_id == source_map.bundle_id] or scripts
    return _found(beside[0] if beside else None, source_map, "debug_id")


def _of_release(question: Question, files: Iterable[Wanted]) -> ByUrl:
    """The files of the release under all addresses that may be meant, and of what was fetched."""
    keys = {url_key(name) for file in files for name in candidates(file.url)}
    scripts = _named(_of_build(question), keys)
    more = {
        url_key(name)
        for file in files
        for script in [_first(scripts, candidates(file.url))]
        for name in (_map_urls(script) if script is not None else map_addresses(file.url, ""))
    }
    return {**scripts, **_named(_of_build(question), more)}


def _of_build(question: Question) -> QuerySet[ArtifactFile]:
    """The files of the event's release and build, and those fetched for the project."""
    fetched = Q(bundle__kind=BundleKind.FETCHED)
    if not question.release:
        return _files(question.project_id).filter(fetched)
    own = Q(bundle__places__release=question.release, bundle__places__dist=question.dist)
    return ArtifactFile.objects.filter(
        own | fetched, bundle__places__project_id=question.project_id
    ).select_related("bundle")


def _files(project_id: int) -> QuerySet[ArtifactFile]:
    return ArtifactFile.objects.filter(bundle__places__project_id=project_id).select_related(
        "bundle"
    )


def _named(files: QuerySet[ArtifactFile], keys: set[int]) -> ByUrl:
    """The newest file of each address; what was uploaded comes before what was fetched."""
    found: ByUrl = {}
    for row in files.filter(url_key__in=keys).order_by("pk"):
        held = found.get(row.url)
        if held is None or _rank(row) >= _rank(held):
            found[row.url] = row
    return found


def _rank(row: ArtifactFile) -> bool:
    return row.bundle.kind != BundleKind.FETCHED


def _refused(project_id: int, files: Iterable[Wanted]) -> set[int]:
    """Of which of these scripts the map could not be fetched, by the key of the address."""
    keys = {_fetch_key(file) for file in files}
    failed = MapFetch.objects.filter(project_id=project_id, url_key__in=keys).exclude(fault="")
    return set(failed.values_list("url_key", flat=True))


def _fetch_key(file: Wanted) -> int:
    return url_key(file.url.partition("#")[0])


def _by_release(file: Wanted, known: ByUrl, refused: set[int]) -> Found:
    script = _first(known, candidates(file.url))
    names = _map_urls(script) if script is not None else list(map_addresses(file.url, ""))
    source_map = _first(known, names)
    if source_map is not None:
        is_fetched = source_map.bundle.kind == BundleKind.FETCHED
        return _found(script, source_map, "fetched" if is_fetched else "release")
    if script is not None and (script.sourcemap or script.type == FileType.MINIFIED):
        return _without_map(script, "release")
    if _fetch_key(file) in refused:
        return Found(verdict=Verdict.FETCH_REFUSED, by="fetched")
    return Found(verdict=Verdict.NO_ARTIFACT if file.debug_id else Verdict.NO_DEBUG_ID)


def _map_urls(script: ArtifactFile) -> list[str]:
    """Where the map of a filed script may be filed."""
    if script.sourcemap == INLINE:
        return [script.url + INLINE]
    return list(map_addresses(script.url, script.sourcemap))


def _first(known: ByUrl, names: Sequence[str]) -> ArtifactFile | None:
    return next((known[name] for name in names if name in known), None)


def _without_map(script: ArtifactFile, by: str) -> Found:
    return Found(verdict=Verdict.MAP_MISSING, by=by, file_id=script.pk, bundle_id=script.bundle_id)


def _found(script: ArtifactFile | None, source_map: ArtifactFile, by: str) -> Found:
    served = script or source_map
    return Found(
        map_blob=source_map.blob,
        script_blob=script.blob if script is not None and not script.is_unsafe else "",
        map_url=source_map.url,
        by=by,
        file_id=served.pk,
        bundle_id=served.bundle_id,
    )
