"""The algorithm `vedette:2026-11-22`, frozen: keys it gave lead to issues still.

Nothing here is changed: a rule that is mended is mended in the current algorithm. What it
shares with that one are values and what has not changed since.
"""

from vedette.pipeline.grouping.past.v2026_11_22.algorithm import decide

VERSION = "vedette:2026-11-22"

__all__ = ["VERSION", "decide"]
