"""Rendered pages in rows: written by a loop where something changed, read by every visit."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import F

from vedette import clock
from vedette.sealing.sealer import CannotOpen
from vedette.statuspages.models import StatusFile, StatusPage
from vedette.statuspages.reading import picture_of
from vedette.statuspages.rendering import File, files_of
from vedette.statuspages.shapes import Pace

_LEVEL: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row, and whether everybody may have it. `body` is compressed."""

    page: int
    is_public: bool
    content_type: str
    etag: str
    body: bytes


def touch(page: StatusPage) -> None:
    """What the page says has changed: it is rendered again at once, by the loop."""
    StatusPage.objects.filter(pk=page.pk).update(revision=F("revision") + 1)


def renew(page: StatusPage, paces: Mapping[int, Pace] | None = None) -> dict[str, File]:
    """Render it now and keep what is new; returns all of it.

    It does not overwrite what another has rendered meanwhile. Which is the newer one is not asked
    of the clock, which may be set back.
    """
    page = StatusPage.objects.get(pk=page.pk)
    began = clock.now()
    files = files_of(picture_of(page, paces))
    with transaction.atomic():
        held = StatusPage.objects.select_for_update().filter(pk=page.pk).first()
        if held is None or held.rendered_at != page.rendered_at:
            return files
        _write(page, files)
        StatusPage.objects.filter(pk=page.pk).update(
            rendered_revision=page.revision, rendered_at=began
        )
    return files


def kept_at(slug: str, path: str) -> Kept | None:
    """What an address answers: one row."""
    row = (
        StatusFile.objects.filter(page__slug=slug, path=path)
        .values_list(
            *("page_id", "page__is_public", "content_type", "etag", "body"),
        )
        .first()
    )
    if row is None:
        return None
    page, is_public, content_type, etag, body = row
    return Kept(
        page=page,
        is_public=is_public,
        content_type=content_type,
        etag=etag,
        body=bytes(body),
    )


def token_of(page: int) -> str:
    """What opens a page; empty where it cannot be read any more, and then nothing opens it. Read
    for private ones alone: a secret that is lost closes no public page."""
    try:
        token: str = StatusPage.objects.only("token").get(pk=page).token
    except CannotOpen:
        return ""
    return token


def etag_of(body: bytes) -> str:
    """The name of a content."""
    return hashlib.sha256(body).hexdigest()[:32]


def _write(page: StatusPage, files: Mapping[str, File]) -> None:
    known = dict(StatusFile.objects.filter(page=page).values_list("path", "etag"))
    gone = known.keys() - files.keys()
    if gone:
        StatusFile.objects.filter(page=page, path__in=gone).delete()
    rows = [
        StatusFile(
            page=page,
            path=path,
            content_type=file.content_type,
            etag=etag,
            body=gzip.compress(file.body, _LEVEL, mtime=0),
        )
        for path, file in files.items()
        if known.get(path) != (etag := etag_of(file.body))
    ]
    StatusFile.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["page", "path"],
        update_fields=["content_type", "etag", "body"],
    )
