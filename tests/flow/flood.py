"""A flood of recordings and events, and the bound that it must be held below."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid

from tests.flow.product import Product
from vedette.wire.envelope import build_envelope

_CHOOSE = """
import sys
from vedette import config, django_setup
django_setup.setup(config.load())
from vedette.control.choosing import choose
from vedette.control.places import Place
from vedette.options import groups
choose(Place(), groups()["disk"], {"most_gb": float(sys.argv[1])}, who="", via="test")
"""


def choose_bound(product: Product, most_bytes: int) -> None:
    """Bound the data folder, as the owner of the installation does."""
    environment = {**os.environ, "VEDETTE_DATA": str(product.folder)}
    arguments = [sys.executable, "-c", _CHOOSE, repr(most_bytes / (1 << 30))]
    subprocess.run(arguments, env=environment, check=True)


def recording(size: int = 200_000) -> bytes:
    """A part of a session replay, of bytes that do not compress."""
    body = b'{"segment_id":0}\n' + os.urandom(size)
    return build_envelope({"event_id": uuid.uuid4().hex}, [({"type": "replay_recording"}, body)])


def event(kind: str = "LampError") -> tuple[str, bytes]:
    """An error of about three kilobytes, and its id."""
    event_id = uuid.uuid4().hex
    body = {
        "event_id": event_id,
        "exception": {"values": [{"type": kind, "value": "out"}]},
        "extra": {"note": os.urandom(1500).hex()},
    }
    payload = json.dumps(body).encode()
    return event_id, build_envelope({"event_id": event_id}, [({"type": "event"}, payload)])
