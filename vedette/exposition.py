"""Metrics in the Prometheus text format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vedette.http.lag import Lag

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


class Page:
    """Lines in the order in which they are written."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def gauge(self, name: str, text: str, value: float) -> None:
        """One value that rises and falls."""
        self._metric(name, "gauge", text, {"": value})

    def counter(self, name: str, text: str, value: float) -> None:
        """One value that only rises."""
        self._metric(name, "counter", text, {"": value})

    def counters(self, name: str, text: str, label: str, values: Mapping[Any, float]) -> None:
        """Values that only rise, by a label."""
        labelled = {f'{{{label}="{key}"}}': value for key, value in sorted(values.items())}
        self._metric(name, "counter", text, labelled)

    def histogram(self, name: str, text: str, lag: Lag) -> None:
        """How often an event loop was how late."""
        values: dict[str, float] = {
            f'_bucket{{le="{bound:g}"}}': count for bound, count in lag.cumulative()
        }
        values |= {'_bucket{le="+Inf"}': lag.count, "_sum": lag.total, "_count": lag.count}
        self._metric(name, "histogram", text, values)

    def text(self) -> str:
        """All of it."""
        return "\n".join(self._lines) + "\n"

    def _metric(self, name: str, kind: str, text: str, values: Mapping[str, float]) -> None:
        self._lines.append(f"# HELP vedette_{name} {text}")
        self._lines.append(f"# TYPE vedette_{name} {kind}")
        self._lines.extend(f"vedette_{name}{rest} {value}" for rest, value in values.items())
