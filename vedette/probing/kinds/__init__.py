"""DRAWER: one file per kind of probe.

A kind is a module with one name, `PROBE`, a `ProbeKind`:

- `name`, `label`, `help`: how files and people call it, and what it looks at in one line;
- `fields`: what has to be filled in, in order: form, entry in a file and the protection of
  secrets are made of them;
- `reasons`: every `reason` that a result of it can have;
- `prepare`: a probe of the settings, or `BadSettings` with words by field. It costs nothing at
  each run: conditions are compiled, contexts of TLS are made here;
- `target`: what it looks at in a few words, for lists: no secret is in it;
- `hosts`: the names or addresses it talks to, for the guard that tells our own network's failure
  from everybody's;
- `sample`: settings of a probe, for the contract tests.

A probe is a coroutine function: it gets an `Around`, ends within its seconds, and gives a
`Result` whatever happens. It never raises but `CancelledError`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

from vedette.kinds import discover
from vedette.probing.around import Around
from vedette.probing.result import Result

Settings: TypeAlias = Mapping[str, Any]
Probe: TypeAlias = Callable[[Around], Awaitable[Result]]
Form: TypeAlias = Literal["text", "block", "lines", "number", "yes", "choice"]


class BadSettings(ValueError):  # noqa: N818 - what they are
    """Settings of which no probe can be made: `words` by the name of the field."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in words.items()))
        self.words = dict(words)


def whole(value: Any) -> Any:
    """All of a value; see `ProbeField.way`."""
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeField:
    """One thing to fill in; `lines` is a list of texts, `yes` a truth, `number` an int or float
    from `least` to `most`, `block` a text of several lines.

    `default` is what an absent one means; `is_rare` ones stand behind "More". `is_secret` is
    written and never read; it does not follow a change of a field that `is_address`, nor one of
    what `way` gives of a value: who besides may hear it on its way (`whole`, if all of it counts).
    """

    name: str
    label: str
    help: str = ""
    form: Form = "text"
    choices: tuple[str, ...] = ()
    default: Any = ""
    least: float = 0
    most: float = 1e9
    example: str = ""
    is_needed: bool = False
    is_secret: bool = False
    is_address: bool = False
    is_rare: bool = False
    way: Callable[[Any], Any] | None = None

    def leads(self, value: Any) -> Any:
        """What of this value decides where secrets come to; alike for all that does not."""
        if self.is_address:
            return value
        return None if self.way is None else self.way(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeKind:
    """The contract of a kind; see the module's docstring."""

    name: str
    label: str
    help: str
    fields: tuple[ProbeField, ...]
    reasons: frozenset[str]
    prepare: Callable[[Settings], Probe]
    target: Callable[[Settings], str]
    hosts: Callable[[Settings], frozenset[str]]
    sample: Callable[[], dict[str, Any]]


@cache
def probes() -> dict[str, ProbeKind]:
    """Every kind by its name."""
    return {module.PROBE.name: module.PROBE for module in discover(__name__)}
