"""The words that SDKs and relays have for what they threw away; any others become `other`.

Anybody who has a DSN can send any words. Each distinct one is a group of its own in every
later count, so only these are kept.
"""

from __future__ import annotations

OTHER = "other"
_CATEGORIES = frozenset(
    {
        "attachment", "attachment_item", "default", "error", "feedback", "internal", "log_byte",
        "log_item", "metric_bucket", "metric_second", "monitor", "monitor_seat", "nel", "profile",
        "profile_chunk", "profile_chunk_ui", "profile_duration", "profile_duration_ui",
        "profile_indexed", "raw_security", "replay", "replay_video", "security", "session", "span",
        "span_indexed", "statsd", "trace_metric", "trace_metric_byte", "transaction",
        "transaction_indexed", "transaction_processed", "unknown", "user_report",
        "user_report_v2",
    }
)  # fmt: skip
_REASONS = frozenset(
    {
        # SDKs: the protocol's list, and what single SDKs add to it.
        "backpressure", "before_send", "before_send_feedback", "before_send_log",
        "before_send_metric", "before_send_session", "before_send_span", "before_send_transaction",
        "buffer_overflow", "cache_overflow", "event_processor", "feature_disabled", "ignored",
        "insufficient_data", "internal_sdk_error", "invalid", "network_error", "no_data",
        "no_parent_span", "queue_overflow", "ratelimit_backoff", "sample_rate", "send_error",
        "serialization_failure", "too_many_metrics", "too_large",
        # Relays: filters, sampling and limits.
        "Sampled", "browser-extensions", "chunk-load-error", "cors", "denied-name",
        "disabled-namespace", "error-message", "filtered-log", "filtered-trace-metric",
        "filtered-transaction", "health-checks", "invalid-csp", "ip-address", "key_quota",
        "legacy-browsers", "localhost", "log-message", "quota", "rate_limited",
        "react-hydration-errors", "release-version", "web-crawlers",
        # The product itself.
        "without_errors",
    }
)  # fmt: skip


def known_category(word: str) -> str:
    """The category, or `other`."""
    return word if word in _CATEGORIES else OTHER


def known_reason(word: str) -> str:
    """The reason without its details (`Sampled:12,34`), or `other`."""
    word = word.partition(":")[0]
    return word if word in _REASONS else OTHER
