"""The recording of a mobile replay: msgpack with the event, the recording and a video, kept."""

from __future__ import annotations

from vedette.items import PayloadForm, Worth
from vedette.items._kept import bytes_sample, kept_kind

KIND = kept_kind(
    "replay_video",
    category="replay",
    worth=Worth.BULK,
    most_bytes=20 << 20,
    is_bulky=True,
    form=PayloadForm.BINARY,
    sample=bytes_sample("replay_video", b"\x80"),
)
