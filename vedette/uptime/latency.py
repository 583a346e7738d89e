"""How long answers took, as counts in buckets: small, and added up without loss.

Bucket n holds what took from 1.2^n ms up to 1.2^(n+1), so its middle is never more than a tenth
off. There are buckets up to 30 s, the most that a probe may take.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

FACTOR: Final = 1.2
LEAST_MS: Final = 1.0
MOST_MS: Final = 30_000.0
_LOG: Final = math.log(FACTOR)
LAST: Final = math.floor(math.log(MOST_MS / LEAST_MS) / _LOG)
Buckets: TypeAlias = dict[int, int]


def bucket_of(ms: float) -> int:
    """Where it is counted; what is below the first or above the last is in that one."""
    if ms <= LEAST_MS:
        return 0
    return min(math.floor(math.log(ms / LEAST_MS) / _LOG), LAST)


def middle_of(bucket: int) -> float:
    """The milliseconds that stand for a bucket."""
    return LEAST_MS * math.pow(FACTOR, bucket + 0.5)


def merge(parts: Iterable[Mapping[int, int]]) -> Buckets:
    """All together."""
    made: Buckets = {}
    for part in parts:
        for bucket, count in part.items():
            made[bucket] = made.get(bucket, 0) + count
    return made


def percentile(buckets: Mapping[int, int], share: float) -> float | None:
    """The milliseconds that this share (0 to 1) of the answers did not exceed; None of none."""
    total = sum(buckets.values())
    if not total:
        return None
    wanted = max(math.ceil(share * total), 1)
    seen = 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= wanted:
            return middle_of(bucket)
    return middle_of(max(buckets))
