"""The columns of each insight: what they are called and how their values are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from vedette.web.pages.performance.wording import per_minute
from vedette.web.wording import milliseconds, share, short_number, size


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One insight. `about` is the head of the first column, `thing` what is missed when empty.

    `columns` are label, title and writing by the names of figures; `hint` says what SDKs must
    send for there to be any; `ways` are the labels of the ways to count, where there are several.
    """

    label: str
    about: str
    thing: str
    columns: dict[str, tuple[str, str, Callable[[float], str]]]
    hint: str
    ways: dict[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, tuple[str, str]]:
        """Label and title of every column."""
        first = {"about": (self.about, "")}
        return first | {name: (label, title) for name, (label, title, _) in self.columns.items()}

    def labels_by(self, way: str) -> dict[str, tuple[str, str]]:
        """The same, with the first column called by what is counted together."""
        return self.labels | {"about": (self.ways.get(way, self.about), "")}

    def cells(self, figures: dict[str, float | None]) -> list[tuple[str, str]]:
        """The name of each column with its value, "–" where there is none."""
        made = []
        for name, (_, _, write) in self.columns.items():
            value = figures[name]
            none = "unknown" if name == "cost" else "–"
            made.append((name, none if value is None else write(value)))
        return made


def _cost(dollars: float) -> str:
    return f"${dollars:,.2f}" if dollars >= 1 else f"${dollars:.2g}"


_TOTAL = ("Time", "how long all of them took together", milliseconds)
_RATE = ("Per min", "how many there were a minute", per_minute)
_P95 = ("P95", "95 % were quicker", milliseconds)
_FAILED = ("Failed", "the share that did not end with ok, cancelled or unknown", share)
_CALLERS = ("Callers", "in about how many different transactions they are", short_number)

VIEWS = {
    "queries": View(
        label="Queries",
        about="Query",
        thing="query",
        columns={
            "total": _TOTAL,
            "rate": _RATE,
            "p95": _P95,
            "each": (
                "In each",
                "how often a transaction asks that asks at all",
                short_number,
            ),
            "failures": _FAILED,
            "callers": _CALLERS,
        },
        hint="Queries come from spans with an op that begins with db, which the SDKs' "
        "integrations of databases send.",
    ),
    "http": View(
        label="HTTP",
        about="Host",
        thing="request",
        columns={
            "total": _TOTAL,
            "rate": _RATE,
            "p95": _P95,
            "refused": ("4xx", "the share of answers with a status from 400 to 499", share),
            "broken": ("5xx", "the share of answers with a status from 500 on", share),
            "failures": _FAILED,
            "callers": _CALLERS,
        },
        hint="Requests come from spans with the op http.client, which the SDKs' integrations of "
        "HTTP clients send.",
    ),
    "caches": View(
        label="Caches",
        about="Key",
        thing="cache",
        columns={
            "total": _TOTAL,
            "rate": _RATE,
            "p95": _P95,
            "hits": ("Hits", "the share of look-ups that found something", share),
            "failures": _FAILED,
            "callers": _CALLERS,
        },
        hint="Caches come from spans with the ops cache.get and cache.put; their attribute "
        "cache.hit says whether something was found.",
    ),
    "queues": View(
        label="Queues",
        about="Queue",
        thing="queue",
        columns={
            "total": _TOTAL,
            "sent": ("Sent", "how many messages were put in", short_number),
            "done": ("Done", "how many messages were worked on", short_number),
            "p50": ("P50", "half of the work was done quicker", milliseconds),
            "p95": ("P95", "95 % of the work was done quicker", milliseconds),
            "lag": ("Waited", "half of the messages waited less", milliseconds),
            "lag95": ("P95 waited", "95 % of the messages waited less", milliseconds),
            "failures": _FAILED,
        },
        hint="Queues come from spans with the ops queue.publish and queue.process and the "
        "attribute messaging.destination.name.",
    ),
    "assets": View(
        label="Assets",
        about="File",
        thing="asset",
        columns={
            "total": _TOTAL,
            "rate": _RATE,
            "p50": ("P50", "half were quicker", milliseconds),
            "p95": _P95,
            "size": ("Size", "the mean size of the file as it is sent", size),
            "sent": ("Sent", "how much went over the network together", size),
            "blocking": ("Blocks", "the share that a page could not be shown without", share),
            "cached": ("Cached", "the share that came from the browser's cache", share),
            "callers": ("Pages", "on about how many different pages", short_number),
        },
        hint="Assets come from spans with an op that begins with resource, which the SDKs for "
        "browsers send with the load of a page.",
        ways={"file": "File", "type": "Type", "page": "Page"},
    ),
    "models": View(
        label="AI",
        about="Model",
        thing="call of a model",
        columns={
            "total": _TOTAL,
            "calls": ("Calls", "how many there were", short_number),
            "p95": _P95,
            "input": ("In", "tokens that were sent", short_number),
            "cached": ("Cached", "tokens of those that were sent which were cached", short_number),
            "output": ("Out", "tokens that came back", short_number),
            "reasoning": (
                "Reasoning",
                "tokens of those that came back for reasoning",
                short_number,
            ),
            "cost": ("Cost", "in US dollars, as senders say it; unknown where none does", _cost),
            "tools": ("Tools", "how many calls of tools", short_number),
            "failures": _FAILED,
        },
        hint="Calls of models come from spans with an op that begins with gen_ai, which the SDKs' "
        "integrations of OpenAI, Anthropic, LangChain and others send, and from OpenTelemetry's "
        "attributes gen_ai.",
        ways={"model": "Model", "agent": "Agent", "operation": "Operation", "tool": "Tool"},
    ),
}
