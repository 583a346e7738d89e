"""Names without what a deployment changes; see `vedette.pipeline.grouping.naming`."""

from __future__ import annotations

import re
from typing import Final

_HASHED: Final = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?=[a-f]*[0-9])[0-9a-f]{8,64}|[0-9]{4,})(?![0-9a-zA-Z])"
)
_VERSION_SEGMENT: Final = re.compile(r"^v?\d+\.\d+[\w.+-]*$|^r?\d+$")
_PACKAGE_VERSION: Final = re.compile(r"(?<=[a-zA-Z])[-@]v?\d+(?:\.\w+)+(?=/|$)")


def without_hashes(name: str) -> str:
    """`name` with hexadecimal ids, uuids and long numbers replaced by `<hash>`."""
    return _HASHED.sub("<hash>", name)


def stable_path(path: str) -> str:
    """`path` without what changes from one deployment to the next.

    Release folders, versions of packages and hashes are taken out; a file that is only
    reachable by an absolute path is known by its last two parts.
    """
    path = _PACKAGE_VERSION.sub("", path)
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    parts = [part for part in parts[:-1] if not _VERSION_SEGMENT.match(part)] + parts[-1:]
    if path.startswith("/") or (len(path) > 1 and path[1] == ":"):
        parts = parts[-2:]
    return without_hashes("/".join(parts))
