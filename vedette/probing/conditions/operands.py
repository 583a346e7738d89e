"""What stands at either side of a comparison: something that was seen, or a value."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from vedette.probing.conditions.errors import Mismatch
from vedette.probing.conditions.seen import PATH_MISSING, Json, Missing, Seen

NUMBER, TEXT, TRUTH, NOTHING, LIST, OBJECT, ANYTHING = (
    *("number", "text", "truth", "null", "list", "object", "anything"),
)


def kind_of(value: Json) -> str:
    """What sort of value this is, in words of conditions."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return TRUTH
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, str):
        return TEXT
    return LIST if isinstance(value, list) else OBJECT


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """`subject` names what is looked at, empty for a value that is written; `needs` is the part
    of an answer that it is read from; `kind` is what it always is, or `ANYTHING`.
    """

    subject: str
    kind: str
    value: Callable[[Seen], Json | Missing]
    needs: str = ""
    gas: int = 0
    operations: int = 0
    options: tuple[Json, ...] | None = None


def literal(value: Json) -> Operand:
    """A value as it is written."""
    return Operand(subject="", kind=kind_of(value), value=lambda _: value)


def options(values: tuple[Json, ...]) -> Operand:
    """`any(…)`: one of these values."""
    kinds = {kind_of(value) for value in values}
    kind = kinds.pop() if len(kinds) == 1 else ANYTHING
    return Operand(subject="", kind=kind, value=lambda _: None, gas=len(values), options=values)


def status() -> Operand:
    """The status of the answer."""
    return Operand(subject="status", kind=NUMBER, needs="status", value=_status)


def _status(seen: Seen) -> Json | Missing:
    return Missing("no status") if seen.status is None else seen.status


def time() -> Operand:
    """How long it took, in milliseconds."""
    return Operand(subject="time", kind=NUMBER, needs="time", value=lambda seen: seen.time_ms)


def cert_days() -> Operand:
    """How many days the certificate is still good for."""
    return Operand(subject="cert.days", kind=NUMBER, needs="cert", value=_days)


def _days(seen: Seen) -> Json | Missing:
    return Missing("no certificate") if seen.cert_days is None else seen.cert_days


def body() -> Operand:
    """The body as text."""
    return Operand(subject="body", kind=TEXT, needs="body", value=lambda seen: seen.text)


def header(name: str) -> Operand:
    """A header of the answer."""
    missing = Missing("header missing")

    def value(seen: Seen) -> Json | Missing:
        return seen.headers.get(name.lower(), missing)

    return Operand(subject=f'header["{name.lower()}"]', kind=TEXT, needs="header", value=value)


def path(steps: tuple[str | int, ...]) -> Operand:
    """A place in the document: names and indexes from its root."""
    subject = "$" + "".join(f"[{json.dumps(step)}]" for step in steps)

    def value(seen: Seen) -> Json | Missing:
        found = seen.json
        for step in steps:
            found = _step(found, step)
        return found

    return Operand(
        subject=subject, kind=ANYTHING, needs="document", value=value, gas=1 + len(steps)
    )


def _step(found: Json | Missing, step: str | int) -> Json | Missing:
    if isinstance(found, Missing):
        return found
    if isinstance(step, str):
        return found.get(step, PATH_MISSING) if isinstance(found, dict) else PATH_MISSING
    if isinstance(found, list) and -len(found) <= step < len(found):
        return found[step]
    return PATH_MISSING


def length(of: Operand) -> Operand:
    """`len(…)`: how many entries or characters it has."""
    subject = f"len({of.subject})"

    def value(seen: Seen) -> Json | Missing:
        found = of.value(seen)
        if isinstance(found, Missing):
            return found
        if found is None:
            return Missing("found null")
        if isinstance(found, list | dict | str):
            return len(found)
        raise Mismatch(f"{subject}: a {kind_of(found)} has no length")

    return Operand(
        subject=subject, kind=NUMBER, needs=of.needs, value=value, gas=1 + of.gas, operations=1
    )


def presence(of: Operand) -> Operand:
    """`has(…)`: whether it is there; a body that is no JSON says nothing of its paths."""

    def value(seen: Seen) -> Json | Missing:
        found = of.value(seen)
        if not isinstance(found, Missing):
            return True
        return found if of.needs == "document" and isinstance(seen.json, Missing) else False

    return Operand(
        subject=f"has({of.subject})",
        kind=TRUTH,
        needs=of.needs,
        value=value,
        gas=1 + of.gas,
        operations=1,
    )
