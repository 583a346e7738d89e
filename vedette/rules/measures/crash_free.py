"""The share of sessions, or of users, without a crash: release health as a rule."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from vedette.rules.measures import Form, Measure, Tally, Verdict, Window
from vedette.rules.measures.ratio import judge_share
from vedette.rules.thresholds import Threshold
from vedette.store import query as q

_CRASHED = q.Compare(q.Field("state"), "=", "crashed")
_QUANTITY = q.Field("quantity")
_USER = q.Field("user_number")


class CrashFree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of what: an aggregate of a server stands for many sessions, mostly of no user."""

    of: Literal["sessions", "users"] = "sessions"


def part(options: CrashFree, threshold: Threshold) -> q.Condition:
    """Those that crashed."""
    return _CRASHED


def figures(options: CrashFree) -> tuple[q.Expression, q.Expression]:
    """All of them, and those that crashed."""
    if options.of == "users":
        crashed = q.call("choose", _CRASHED, _USER, None)
        return q.call("distinct", _USER), q.call("distinct", crashed)
    return q.call("sum", _QUANTITY), q.call("sum", q.call("choose", _CRASHED, _QUANTITY, 0))


def judge(tally: Tally, options: Any, threshold: Threshold, window: Window) -> Verdict:
    """The share without a crash; with a guard its interval must lie beyond the threshold."""
    return judge_share(tally.rows - tally.part, tally.rows, threshold, window)


MEASURE = Measure(
    name="crash_free",
    help="the share without a crash",
    form=Form.WINDOW,
    main="of",
    options=CrashFree,
    part=part,
    figures=figures,
    judge=judge,
    is_share=True,
    needs_guard=True,
)
