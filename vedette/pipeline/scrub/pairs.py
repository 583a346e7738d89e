"""Names and values written as a list of two-element lists: `[["Cookie", "a=b"], …]`.

Works on the mask of a JSON text (see `structure`). A pair is a list in a list, of a string
and one more value.
"""

from __future__ import annotations

from vedette.pipeline.scrub.structure import decoded, following, previous, string_end, value_end

# A longer container is no value of a pair: looking for its end again and again, in a nest
# of such lists, would not be linear.
_CONTAINER_BYTES = 256


def value_of(mask: bytes, start: int, end: int) -> int | None:
    """Where the value of a pair begins, if the string from `start` to `end` is its name."""
    comma = following(mask, end)
    if mask[comma : comma + 1] != b"," or not _opens_inner_list(mask, previous(mask, start)):
        return None
    value = following(mask, comma + 1)
    if mask[value : value + 1] in (b"{", b"["):
        nearby = mask[value : value + _CONTAINER_BYTES]
        close = following(mask, value + value_end(nearby, 0))
    else:
        close = following(mask, value_end(mask, value))
    return value if mask[close : close + 1] == b"]" else None


def name_of(payload: bytes, mask: bytes, start: int) -> bytes | None:
    """The decoded name of a pair, if the string at `start` is its value."""
    after = following(mask, string_end(mask, start)) if mask[start : start + 1] == b'"' else -1
    if mask[after : after + 1] == b",":
        return None  # a longer list
    comma = previous(mask, start)
    if comma < 0 or mask[comma : comma + 1] != b",":
        return None
    close = previous(mask, comma)
    if close < 0 or mask[close : close + 1] != b'"':
        return None
    opening = mask.rfind(b'"', 0, close)
    if not _opens_inner_list(mask, previous(mask, opening)):
        return None
    return decoded(payload[opening + 1 : close])


def _opens_inner_list(mask: bytes, position: int) -> bool:
    if position < 0 or mask[position : position + 1] != b"[":
        return False
    before = previous(mask, position)
    return before >= 0 and mask[before : before + 1] in (b"[", b",")
