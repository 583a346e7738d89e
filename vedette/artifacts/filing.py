"""Files are put into a bundle: their bytes by content, their addresses and debug ids as rows."""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from vedette.artifacts.models import ArtifactFile, Bundle, FileType
from vedette.artifacts.storage import artifact_blobs
from vedette.sourcemaps import trial
from vedette.sourcemaps.addresses import inline_map, reference_of, url_key

_TYPES = frozenset(FileType.values)
_MOST_URL = 2000
_MOST_REFERENCE = 2000
_MOST_HEADERS = 50
_MOST_NAME = 100
# Scripts of uploads that are parsed at the same time; each takes its memory in a process apart.
_trying = threading.BoundedSemaphore(2)
INLINE = "#inline"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file as it was sent; `type` is guessed from name and content where it is not said."""

    url: str
    content: bytes
    type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def make_files(bundle: Bundle, sent: Iterable[SentFile]) -> list[ArtifactFile]:
    """The rows of these files, not yet written; their bytes are. Raises OSError.

    A map inside a script becomes a file of its own. A script that its parser cannot survive is
    noted as such.
    """
    made = [row for one in sent if len(one.url) <= _MOST_URL for row in _rows(bundle, one)]
    scripts = {row.blob for row in made if row.type == FileType.MINIFIED and row.size_bytes}
    known = set(
        ArtifactFile.objects.filter(blob__in=scripts, is_unsafe=False).values_list(
            "blob", flat=True
        )
    )
    with _trying:
        unsafe = trial.failing(artifact_blobs().folder, sorted(scripts - known))
    for row in made:
        row.is_unsafe = row.blob in unsafe
    return made


def _rows(bundle: Bundle, sent: SentFile) -> list[ArtifactFile]:
    url = _storable(sent.url)
    headers = {
        _storable(name)[:_MOST_NAME]: _storable(value)[:_MOST_REFERENCE]
        for name, value in islice(sent.headers.items(), _MOST_HEADERS)
    }
    type_ = sent.type if sent.type in _TYPES else _guess(sent)
    debug_id = _debug_id(headers)
    reference = reference_of(headers, sent.content) if type_ != FileType.SOURCE_MAP else ""
    inner = inline_map(reference)
    if inner is not None:
        reference = INLINE
    row = _row(bundle, url, type_, sent.content, debug_id)
    row.headers, row.sourcemap = headers, _storable(reference[:_MOST_REFERENCE])
    if inner is None:
        return [row]
    return [row, _row(bundle, url + INLINE, FileType.SOURCE_MAP, inner, debug_id)]


def _storable(text: str) -> str:
    """The text without what no database can hold."""
    return text.replace("\x00", "")


def _row(
    bundle: Bundle, url: str, type_: str, content: bytes, debug_id: uuid.UUID | None
) -> ArtifactFile:
    return ArtifactFile(
        bundle=bundle,
        type=type_,
        url=url,
        url_key=url_key(url),
        debug_id=debug_id,
        blob=artifact_blobs().put(content),
        checksum=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        size_bytes=len(content),
    )


def _guess(sent: SentFile) -> str:
    path = sent.url.partition("?")[0].lower()
    if path.endswith(".map"):
        return FileType.SOURCE_MAP
    is_script = path.endswith((".js", ".mjs", ".cjs", ".bundle", ".jsbundle"))
    return FileType.MINIFIED if is_script else FileType.SOURCE


def _debug_id(headers: Mapping[str, str]) -> uuid.UUID | None:
    for name, value in headers.items():
        if name.lower() == "debug-id":
            return read_debug_id(value)
    return None


def read_debug_id(text: str) -> uuid.UUID | None:
    """A debug id of a script or map; None for what is none."""
    try:
        return uuid.UUID(text.strip()[:36])
    except ValueError:
        return None
