"""The issue page shows native frames: image, address, how each was found, what it lacks."""

from __future__ import annotations

import uuid

from django.test import Client

from tests.web.world import World
from vedette.issues.models import Issue


def _send(world: World, **frame: object) -> str:
    """The address of the issue of a crash with this frame."""
    event = {
        "event_id": uuid.uuid4().hex,
        "platform": "native",
        "exception": {
            "values": [
                {
                    "type": "SIGSEGV",
                    "stacktrace": {
                        "frames": [{"instruction_addr": "0x140002222", **frame}],
                        "registers": {"rip": "0x0000000140002222"},
                    },
                }
            ]
        },
        "debug_meta": {
            "images": [
                {
                    "type": "pe",
                    "code_file": "C:\\shop\\till.exe",
                    "debug_id": "3249d99d-0c40-4931-8610-f4e4fb0b6936-1",
                    "image_addr": "0x140000000",
                    "image_size": 65536,
                }
            ]
        },
    }
    world.stage.flow.digester._context.refresh()
    world.stage.send(world.shop, event)
    world.stage.work()
    return f"/issues/{Issue.objects.latest('pk').pk}/"


def test_a_frame_tells_its_image_and_what_to_upload(alice: Client, world: World) -> None:
    """The image by its short name, its ids, the address in it, and the command."""
    page = alice.get(_send(world, trust="scan")).content.decode()
    assert "till.exe" in page
    assert "3249d99d-0c40-4931-8610-f4e4fb0b6936-1" in page
    assert "0x2222" in page
    assert "sentry-cli debug-files upload" in page
    assert "by scan" in page
    assert "left over from an earlier call" in page
    assert "0x0000000140002222" in page


def test_words_of_an_event_stay_words(alice: Client, world: World) -> None:
    """A verdict or a trust that nobody knows is not shown, and markup is text."""
    page = alice.get(_send(world, trust="<b>x", package="<i>lib")).content.decode()
    assert "<b>x" not in page
    assert "<i>lib" not in page
