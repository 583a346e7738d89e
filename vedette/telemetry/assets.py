"""What pages load: scripts, styles, images and fonts, by file, by kind, by page.

Source of the attributes: Resource Timing, as Sentry's SDKs for browsers send it.
"""

from __future__ import annotations

from vedette.store import query as q
from vedette.telemetry.spans import figure
from vedette.telemetry.work_kinds import Kind, Way, common, counted

_SIZE = q.Tag("http.response_content_length", is_number=True)
_SENT = q.Tag("http.response_transfer_size", is_number=True)
_BLOCKS = q.Tag("resource.render_blocking_status")


def assets_kind() -> Kind:
    """Files without the hash of their build."""
    return Kind(
        category="resource",
        ways={
            "file": Way(by=q.Field("subject")),
            "type": Way(by=q.Field("action")),
            "page": Way(by=q.Field("transaction")),
        },
        under=q.Field("action"),
        figures={
            **{name: one for name, one in common().items() if name != "failures"},
            "size": q.call("avg", _SIZE),
            "sent": q.call("sum", _SENT),
            "blocking": _share(q.Compare(_BLOCKS, "=", "blocking"), q.Present(_BLOCKS)),
            "cached": _share(q.Compare(_SENT, "=", 0), q.Compare(_SENT, ">=", 0)),
            "p50": figure("p50()"),
        },
    )


def _share(some: q.Condition, all_: q.Condition) -> q.Expression:
    """The share of those that say anything about it."""
    return q.call("divide", counted(some), counted(all_))
