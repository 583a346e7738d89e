"""How an event's JSON is stored: zstd with a dictionary that knows what events look like.

The dictionary's id lies in each frame, so old payloads stay readable when a new dictionary
is added beside the old one.
"""

from __future__ import annotations

from importlib import resources

import zstandard

LEVEL = 3
_MOST_BYTES = 256 << 20


class PayloadCodec:
    """Compresses and restores payloads. Not thread-safe for compressing."""

    def __init__(self) -> None:
        self._dictionaries = {item.dict_id(): item for item in _load_dictionaries()}
        newest = list(self._dictionaries.values())[-1] if self._dictionaries else None
        self._compressor = zstandard.ZstdCompressor(
            level=LEVEL, dict_data=newest, write_content_size=True, write_checksum=False
        )

    def compress(self, payload: bytes) -> bytes:
        """The stored form of a payload."""
        return self._compressor.compress(payload)

    def restore(self, stored: bytes) -> bytes:
        """The payload of a stored form. Raises zstandard.ZstdError for foreign bytes."""
        wanted = zstandard.get_frame_parameters(stored).dict_id
        decompressor = zstandard.ZstdDecompressor(dict_data=self._dictionaries.get(wanted))
        return decompressor.decompress(stored, max_output_size=_MOST_BYTES)


def _load_dictionaries() -> list[zstandard.ZstdCompressionDict]:
    folder = resources.files("vedette.pipeline") / "dictionaries"
    if not folder.is_dir():
        return []
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".zdict")),
        key=lambda file: file.name,
    )
    return [zstandard.ZstdCompressionDict(file.read_bytes()) for file in files]
