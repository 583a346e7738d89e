"""Which digester takes what: known to the door, which writes, and to those who read."""

from __future__ import annotations

from zlib import crc32


def share_of(tie: str, count: int) -> int:
    """Which of so many digesters takes records with this tie."""
    return crc32(tie.encode()) % count
