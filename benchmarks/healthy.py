"""Thirty healthy days: how often would rules wake a person for nothing, with and without guard?

Usage: python -m benchmarks.healthy [DAYS [SEED]]

Traffic with a daily and weekly course and overdispersed minutes; failures at a steady share;
durations log-normal; errors by type as negative binomial counts. Nothing is wrong at any moment,
so whatever fires is false. Prints, for each rule, how often it fires guarded and unguarded.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from math import cos, exp, pi
from random import Random

import msgspec

from vedette.rules.deciding import Decider
from vedette.rules.guard import Guard
from vedette.rules.machine import Change, Instance, State, step
from vedette.rules.rule import Rule
from vedette.rules.thresholds import threshold_of
from vedette.rules.windows import Sums
from vedette.rules.written import read_rule

_TICK = 10
_GUARDS = (None, Guard(10, 0.95), Guard(10, 0.999), Guard())
_DAY = 86_400


def main(days: int, seed: int) -> None:
    """Simulate and print."""
    began = time.process_time()
    print(f"{days} healthy days, ticks of {_TICK} s")
    heads = ("traffic", "unguarded", *(_named(guard) for guard in _GUARDS if guard))
    print(f"{'rule':<44}" + "".join(f"{one:>12}" for one in heads))
    for name, written, share, rates in _RULES:
        for per_minute in rates:
            found = [
                _fired(_rule(written, guard), share, per_minute, days, Random(seed))
                for guard in _GUARDS
            ]
            print(f"{name:<44}{per_minute:>8}/min" + "".join(f"{one:>12}" for one in found))
    _spikes(days, Random(seed))
    print(f"CPU {time.process_time() - began:.1f} s")


def _named(guard: Guard) -> str:
    return f"{guard.min_samples}, {guard.wilson * 100:g} %"


def _rule(written: Mapping[str, object], guard: Guard | None) -> Rule:
    return msgspec.structs.replace(read_rule({"name": "r", **written}), guard=guard)


def _fired(rule: Rule, share: float, per_minute: float, days: int, chance: Random) -> int:
    """How often a rule about a share begins to fire; `share` is the true one of its part."""
    decider = Decider(rule)
    width = rule.window // _TICK
    rows, parts = [0] * width, [0] * width
    total = part = 0
    held: Instance | None = None
    count = 0
    for tick in range(days * _DAY // _TICK):
        number = _poisson(_rate(tick * _TICK, per_minute, chance) * _TICK / 60, chance)
        bad = sum(chance.random() < share for _ in range(number))
        place = tick % width
        total += number - rows[place]
        part += bad - parts[place]
        rows[place], parts[place] = number, bad
        if tick < width:
            continue
        sums = Sums((total, *[part] * 2)) if total else Sums()
        after, change = step(rule, held, decider.decide(sums), tick * _TICK)
        held = None if after is None or after.state is State.OVER else after
        count += change is Change.FIRED
    return count


def _rate(seconds: int, per_minute: float, chance: Random) -> float:
    """Rows a minute: more by day than by night, less at weekends, and noisy."""
    day = 1 - 0.7 * cos(2 * pi * (seconds % _DAY) / _DAY)
    week = 0.5 if seconds // _DAY % 7 >= 5 else 1.0
    return per_minute * day * week * exp(chance.gauss(0, 0.2))


def _poisson(mean: float, chance: Random) -> int:
    if mean > 30:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    limit, number, product = exp(-mean), 0, chance.random()
    while product > limit:
        number += 1
        product *= chance.random()
    return number


def _spikes(days: int, chance: Random) -> None:
    """Twenty error types whose five-minute counts scatter more than by chance alone."""
    from vedette.rules.guard import spike_tail
    from vedette.rules.measures import Tally, Window, measures

    spike = measures()["spike"]
    assert spike.judge is not None
    options, threshold = spike.options(), threshold_of(">=3")
    plain = guarded = windows = 0
    for mean in (0.5, 2, 5, 10, 30):
        counts = [_scattered(mean, chance) for _ in range(7 * 12 + days * 288)]
        for at in range(84, len(counts)):
            baseline = tuple(counts[at - 84 : at])
            rows = counts[at]
            usual = sum(baseline) / len(baseline)
            plain += rows >= 10 and rows >= 3 * usual
            verdict = spike.judge(Tally(rows, 0, 0, baseline), options, threshold, Window(300))
            guarded += verdict.fires
            windows += 1
    assert spike_tail(0, [1]) == 1.0
    print(f"{'spike of a type, threefold':<44}{windows:>12}{plain:>12}{guarded:>12}")


def _scattered(mean: float, chance: Random) -> int:
    return _poisson(mean * chance.gammavariate(2.0, 0.5), chance)


def _share(window: str, limit: str) -> Mapping[str, object]:
    return {"measure": {"ratio": "level:fatal"}, "window": window, "levels": {"critical": limit}}


_RULES: tuple[tuple[str, Mapping[str, object], float, tuple[int, ...]], ...] = (
    ("failures over 5 %, truly 2 %", _share("10m", ">5%"), 0.02, (1, 10, 100)),
    ("failures over 2 %, truly 1 %", _share("10m", ">2%"), 0.01, (1, 10, 100)),
    ("failures over 5 %, truly 4 %", _share("10m", ">5%"), 0.04, (1, 10, 100)),
    ("P95 over 1 s, of which truly 3 % are", _share("5m", ">5%"), 0.03, (1, 10, 100)),
)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 30,
        int(sys.argv[2]) if len(sys.argv) > 2 else 7,
    )
