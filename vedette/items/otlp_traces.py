"""Traces of OpenTelemetry exporters, kept until they have their home."""

from __future__ import annotations

from vedette.items._otlp import otlp_kind

KIND = otlp_kind("traces", category="span", resource="resourceSpans")
