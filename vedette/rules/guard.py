"""Statistics that keep a few samples from waking a person.

A share of a sample is an estimate of what is going on: the guard lets it count only if its
confidence interval lies beyond the threshold. Counts and rates are facts and need none.
"""

from __future__ import annotations

from math import exp, lgamma, log, sqrt
from typing import Annotated

import msgspec
from msgspec import Meta


class Guard(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`min_samples` below which nothing fires; the confidence of the interval, two-sided.

    A rule is looked at 8,640 times a day: an interval of 95 % is crossed by chance every day.
    The defaults are those with which thirty healthy days are quiet (`benchmarks.healthy`).
    """

    min_samples: Annotated[int, Meta(ge=0, le=10**9)] = 20
    wilson: Annotated[float, Meta(gt=0, lt=1)] = 0.9999


def wilson(part: int, whole: int, confidence: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of the share `part / whole`: (lower, upper), 0 to 1.

    Source: E. B. Wilson 1927; it keeps its promise for small samples and shares near 0 and 1.
    """
    if whole <= 0:
        return 0.0, 1.0
    z = normal_quantile(0.5 + confidence / 2)
    share, square = part / whole, z * z
    middle = share + square / (2 * whole)
    spread = z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def normal_quantile(share: float) -> float:
    """The value below which this share of the standard normal distribution lies."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)


def spike_tail(count: int, baseline: list[int]) -> float:
    """How likely a window has at least `count` events if it is like the windows before.

    A negative binomial is fitted to the baseline by its moments, with the mean and the spread
    taken a little too large for what so few windows cannot tell; 1.0 without a baseline.
    """
    if not baseline:
        return 1.0
    number = len(baseline)
    mean = (sum(baseline) + 1.0) / number
    variance = sum((one - mean) ** 2 for one in baseline) / max(number - 1, 1)
    variance = max(variance, mean * 1.05)
    size = mean * mean / (variance - mean)
    return _negative_binomial_tail(count, mean, size)


def _negative_binomial_tail(count: int, mean: float, size: float) -> float:
    """P(X >= count) for mean and size (variance = mean + mean² / size)."""
    if count <= 0:
        return 1.0
    success = log(size) - log(size + mean)
    failure = log(mean) - log(size + mean)

    def mass(number: int) -> float:
        return exp(
            lgamma(number + size)
            - lgamma(size)
            - lgamma(number + 1)
            + size * success
            + number * failure
        )

    if count <= mean:
        return max(0.0, 1.0 - sum(mass(number) for number in range(count)))
    term, total, number = mass(count), 0.0, count
    while term > total * 1e-12 and number < count + 1_000_000:
        total += term
        number += 1
        term *= (number - 1 + size) / number * (mean / (size + mean))
    return min(total, 1.0)
