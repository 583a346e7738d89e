"""The conditions of one monitor: what has to hold, what makes it degraded, what is kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from vedette.probing.conditions import (
    BadCondition,
    Condition,
    Measure,
    Mismatch,
    Seen,
    Verdict,
    compile_condition,
    compile_measure,
)
from vedette.probing.kinds import ProbeField
from vedette.probing.result import Outcome
from vedette.probing.running import Failed, Run, misconfigured
from vedette.probing.settings import Reading

REASONS = frozenset({"status", "assertion", "degraded_if", "body_too_large"})
_BODY = frozenset({"body", "document"})
_AT_ONCE_STEPS = 1_000_000  # a hundredth of a second at worst; more is taken beside the loop
_threads = ThreadPoolExecutor(2, "patterns")  # RE2 lets the loop run meanwhile
_CAPTURE = re.compile(r"([A-Za-z_][\w.-]{0,63})\s*[:=]\s*(\S.*)")


def fields(
    conditions: tuple[str, ...] = (),
    degraded_if: tuple[str, ...] = (),
    example: str = '$.status == "ok"',
) -> tuple[ProbeField, ...]:
    """The fields of conditions with their defaults."""
    return (
        ProbeField(
            name="conditions",
            label="Conditions",
            help="One a line; all have to hold.",
            form="lines",
            default=conditions,
            example=example,
        ),
        ProbeField(
            name="degraded_if",
            label="Degraded if",
            help="One a line; it is degraded if one holds and nothing else is wrong.",
            form="lines",
            default=degraded_if,
            example="time > 1000ms",
        ),
        ProbeField(
            name="capture",
            label="Keep figures",
            help="One a line, a name and where it is: sessions = $.sessions.",
            form="lines",
            example="sessions = $.sessions",
        ),
    )


@dataclass(frozen=True, slots=True)
class Checks:
    """All of them, compiled."""

    conditions: tuple[Condition, ...]
    degraded_if: tuple[Condition, ...]
    captures: tuple[tuple[str, Measure], ...]

    @property
    def needs(self) -> frozenset[str]:
        """The parts of an answer that are looked at."""
        every = [one.needs for one in (*self.conditions, *self.degraded_if)]
        return frozenset().union(*every, *(one.needs for _, one in self.captures))

    @property
    def needs_body(self) -> bool:
        """Whether the body matters."""
        return bool(self.needs & _BODY)

    async def judge_beside(self, run: Run, seen: Seen, *, is_cut: bool = False) -> None:
        """Judge without holding up the loop, however long patterns take over a long text."""
        every = (*self.conditions, *self.degraded_if)
        steps = sum(one.pattern_size for one in every) * (len(seen.body) + _size(seen.headers))
        if steps <= _AT_ONCE_STEPS:
            self.judge(run, seen, is_cut=is_cut)
            return
        apart = Run(run.around)  # a thread that is waited for no longer must not touch the result
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(_threads, lambda: self.judge(apart, seen, is_cut=is_cut))
        finally:
            run.captured |= apart.captured
            run.facts |= apart.facts

    def judge(self, run: Run, seen: Seen, *, is_cut: bool = False) -> None:
        """Keep the figures; raise Failed with the clause that decided if not all is well.

        A condition that does not hold is excused by a `degraded_if` that holds of the same thing:
        `$.status == "ok"` and `$.status == "degraded"` go together.
        """
        try:
            self._judge(run, seen, is_cut)
        except Mismatch as mismatch:
            raise misconfigured(
                f"a condition compares what cannot be compared: {mismatch}"
            ) from None

    def _judge(self, run: Run, seen: Seen, is_cut: bool) -> None:
        self._capture(run, seen, is_cut)
        degraded = self._degraded(seen, is_cut)
        for condition in self.conditions:
            _refuse_cut(condition, is_cut)
            verdict = condition.judge(seen)
            if not verdict.holds and verdict.subject not in {one.subject for one in degraded}:
                reason = "status" if verdict.subject == "status" else "assertion"
                raise Failed(reason, verdict.text, clause=verdict.text, condition=condition.written)
        for condition in self.degraded_if:
            _refuse_cut(condition, is_cut)
        if degraded:
            text = degraded[0].text
            raise Failed("degraded_if", text, outcome=Outcome.DEGRADED, clause=text)

    def _degraded(self, seen: Seen, is_cut: bool) -> list[Verdict]:
        judged = [
            condition.judge(seen)
            for condition in self.degraded_if
            if not (is_cut and condition.needs & _BODY)
        ]
        return [verdict for verdict in judged if verdict.holds]

    def _capture(self, run: Run, seen: Seen, is_cut: bool) -> None:
        for name, measure in self.captures:
            value = None if is_cut and measure.needs & _BODY else measure.of(seen)
            if value is None:
                run.facts.setdefault("not_captured", []).append(name)
            else:
                run.captured[name] = value


def _size(headers: Mapping[str, str]) -> int:
    return sum(map(len, headers.values()))


def _refuse_cut(condition: Condition, is_cut: bool) -> None:
    if is_cut and condition.needs & _BODY:
        raise Failed(
            "body_too_large",
            f"the body is larger than 1 MiB, and {condition.written} has to see all of it",
        )


def read_checks(reading: Reading, knows: frozenset[str], always: str = "") -> Checks:
    """What is filled in. `always` has to hold unless a condition looks at the same."""
    conditions = _conditions(reading, "conditions", knows)
    if always:
        implied = compile_condition(always)
        if not any(one.needs & implied.needs for one in conditions):
            conditions = (implied, *conditions)
    return Checks(conditions, _conditions(reading, "degraded_if", knows), _captures(reading, knows))


def _conditions(reading: Reading, name: str, knows: frozenset[str]) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for number, line in enumerate(reading.lines(name), 1):
        try:
            found.append(compile_condition(line, knows))
        except BadCondition as error:
            reading.wrong(name, f"line {number}: {error}")
    return tuple(found)


def _captures(reading: Reading, knows: frozenset[str]) -> tuple[tuple[str, Measure], ...]:
    found: dict[str, Measure] = {}
    for number, line in enumerate(reading.lines("capture"), 1):
        match = _CAPTURE.fullmatch(line)
        if match is None or match[1] in found:
            words = "written as name = $.path" if match is None else "this name is there already"
            reading.wrong("capture", f"line {number}: {words}")
            continue
        try:
            found[match[1]] = compile_measure(match[2], knows)
        except BadCondition as error:
            reading.wrong("capture", f"line {number}: {error}")
    return tuple(found.items())
