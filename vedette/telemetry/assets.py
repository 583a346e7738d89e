"""What pages load: scripts, styles, images and fonts, by file, by kind, by page.

Source of the attributes: Resource Timing, as Sentry's SDKs for browsers send it.
"""

from __future__ import annotations

from vedette.store import query as q
from vedette.telemetry.spans import figure
from vedette.telemetry.work_kinds import WEIGHT, Kind, Way, amount, chosen, common, counted

_SIZE = amount("http.response_content_length")
_SENT = amount("http.response_transfer_size")
# A browser hides the sizes of files of other hosts by zeros: of these nothing is known.
_IS_TOLD = q.Either([q.Compare(_SIZE, ">", 0), q.Compare(_SENT, ">", 0)])
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
            "size": q.call("avg", chosen(q.Compare(_SIZE, ">", 0), _SIZE)),
            "sent": q.call("sum", chosen(_IS_TOLD, q.call("multiply", _SENT, WEIGHT))),
            "blocking": _share(q.Compare(_BLOCKS, "=", "blocking"), q.Present(_BLOCKS)),
            "cached": _share(
                q.All([_IS_TOLD, q.Compare(_SENT, "=", 0)]),
                q.All([_IS_TOLD, q.Compare(_SENT, ">=", 0)]),
            ),
            "p50": figure("p50()"),
        },
    )


def _share(some: q.Condition, all_: q.Condition) -> q.Expression:
    """The share of those that say anything about it."""
    return q.call("divide", counted(some), counted(all_))
