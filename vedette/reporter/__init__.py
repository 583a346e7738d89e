"""`vedette.js`, the small reporter for pages of others, as it is served and copied.

`vedette.source.js` is what people read and change; `tools/reporter` makes the minified
`vedette.js` of it, which is kept beside it: nothing is built where Vedette runs.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

SCRIPT = Path(__file__).parent / "vedette.js"
TYPES = SCRIPT.with_suffix(".d.ts")
SOURCE = SCRIPT.with_name("vedette.source.js")
MOST_PACKED_BYTES = 1536


@cache
def script() -> bytes:
    """The minified reporter."""
    return SCRIPT.read_bytes()
