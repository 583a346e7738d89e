"""Where the frames of a native stack are: in which image, and at which address of it."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from vedette.symbols.images import Image, Images, read_address
from vedette.symbols.portable import method_of

Tree: TypeAlias = dict[str, Any]


class Located(NamedTuple):
    """A frame with an address: the image it is in, and where in it, counted from its start.

    With `method`, the number of a .NET method, the address counts from that method's start.
    """

    image: Image | None
    address: int
    method: int = 0


def locate(frames: list[Any], at: int, images: Images) -> Located | None:
    """Where a frame is; None for one without an address, or that the SDK has read itself.

    A caller's address is the one after its call: the call is looked up. The offsets of .NET
    are those of the calls themselves.
    """
    frame = frames[at]
    if not isinstance(frame, dict) or (frame.get("function") and frame.get("lineno")):
        return None
    address = read_address(frame.get("instruction_addr"))
    if address is None:
        return None
    wish = frame.get("adjust_instruction_addr")
    is_exact = wish is False if isinstance(wish, bool) else at == len(frames) - 1
    mode = frame.get("addr_mode")
    if isinstance(mode, str) and mode.startswith("rel:"):
        image, start = images.by_index(_index(mode[4:])), 0
        if token := read_address(frame.get("function_id")):
            return Located(image, address, method_of(token))
    else:
        image = images.at(address)
        start = image.start if image is not None else 0
    return Located(image, max(address - start - (0 if is_exact else 1), 0))


def _index(text: str) -> int:
    """The number of an image; -1 for what is none."""
    is_one = text.isascii() and text.isdigit() and len(text) <= 6
    return int(text) if is_one else -1


def in_image(frame: Tree, image: Image) -> Tree:
    """The frame as it was sent, with the name of its image."""
    made = dict(frame)
    if not made.get("package") and image.name:
        made["package"] = image.name
    if image.is_system and made.get("in_app") is None:
        made["in_app"] = False
    return made


def frames_of(holder: Tree) -> list[Any]:
    """The frames of what has a stack."""
    frames = holder["stacktrace"].get("frames")
    return frames if isinstance(frames, list) else []
