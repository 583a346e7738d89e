"""The recording of a session replay, kept (protocol, 3.11): a line of JSON, then zlib."""

from __future__ import annotations

from vedette.items import PayloadForm, Worth
from vedette.items._kept import bytes_sample, kept_kind

KIND = kept_kind(
    "replay_recording",
    category="replay",
    worth=Worth.BULK,
    most_bytes=10 << 20,
    is_bulky=True,
    form=PayloadForm.BINARY,
    sample=bytes_sample("replay_recording", b'{"segment_id":0}\n[]'),
)
