"""Which canaries have answered, kept over a start: one in a dead network must not forget them."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from vedette.config import Config

_NOTE = "canaries.json"


def read(config: Config, canaries: Collection[str]) -> frozenset[str]:
    """Those of the canaries that are known to answer; all that a person has chosen."""
    if config.canaries.strip():
        return frozenset(canaries)
    try:
        kept = msgspec.json.decode((config.data / _NOTE).read_bytes(), type=list[str])
    except (OSError, msgspec.MsgspecError):
        return frozenset()
    return frozenset(kept).intersection(canaries)


def write(config: Config, proven: Collection[str]) -> None:
    """Keep them. Raises OSError."""
    path = config.data / _NOTE
    temporary = path.with_suffix(".new")
    temporary.write_bytes(msgspec.json.encode(sorted(proven)))
    temporary.replace(path)
