"""What is asked of language models: calls, tokens, cost and latency, by model, agent and tool.

Source of the attributes: the GenAI conventions of OpenTelemetry, and what Sentry's SDKs add. A
cost is what the sender says it was; where none says it, it is unknown.
"""

from __future__ import annotations

from vedette.store import query as q
from vedette.telemetry.spans import figure
from vedette.telemetry.work_kinds import (
    TOOK,
    WEIGHT,
    Kind,
    Way,
    amount,
    chosen,
    counted,
    different,
)

_ACTION = q.Field("action")
_MODEL = q.Field("domain")
_AGENT = q.call("coalesce", q.Tag("gen_ai.agent.name"), q.Tag("ai.agent.name"))
_TOOL = q.call("coalesce", q.Tag("gen_ai.tool.name"), q.Tag("ai.toolCall.name"))
# What surrounds calls: its tokens are those of the calls within.
_AROUND = ("invoke_agent", "create_agent", "execute_tool", "handoff", "invoke_workflow")
_INPUT = ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "ai.prompt_tokens.used")
_OUTPUT = (
    *("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"),
    "ai.completion_tokens.used",
)
_CACHED = ("gen_ai.usage.input_tokens.cached", "gen_ai.usage.cache_read.input_tokens")
_REASONING = ("gen_ai.usage.output_tokens.reasoning", "gen_ai.usage.reasoning.output_tokens")
_COST = ("gen_ai.cost.total_tokens", "gen_ai.usage.total_cost")
_IS_TOOL = q.Compare(_ACTION, "=", "execute_tool")
_IS_CALL = q.All(
    [
        q.Present(_MODEL),
        q.Not(q.OneOf(_ACTION, list(_AROUND))),
        q.Not(q.Matches(_ACTION, "pipeline*")),
    ]
)
_IS_AGENT = q.Compare(_ACTION, "=", "invoke_agent")


def models_kind() -> Kind:
    """The figures are those of the calls in each group; of agents and tools, of their own spans."""
    return Kind(
        category="gen_ai",
        ways={
            "model": Way(by=_MODEL, where=(_IS_CALL,)),
            "operation": Way(by=_ACTION, figures=_of(q.Present(_ACTION))),
            "agent": Way(by=_AGENT, figures=_of(_IS_AGENT)),
            "tool": Way(by=_TOOL, where=(_IS_TOOL,), figures=_of(_IS_TOOL)),
        },
        figures={
            **_of(_IS_CALL),
            "input": _tokens(_INPUT),
            "cached": _tokens(_CACHED),
            "output": _tokens(_OUTPUT),
            "reasoning": _tokens(_REASONING),
            "cost": _tokens(_COST),
            "tools": counted(_IS_TOOL),
            "failures": figure("failure_rate()"),
            "callers": different("transaction"),
        },
    )


def _of(main: q.Condition) -> dict[str, q.Expression]:
    """Number and times of the spans that a group is about: a run of an agent holds its calls."""
    return {
        "total": q.call("sum", chosen(main, q.call("multiply", TOOK, WEIGHT))),
        "calls": counted(main),
        "p95": q.call("quantile", chosen(main, TOOK), 0.95),
    }


def _tokens(names: tuple[str, ...]) -> q.Expression:
    """The sum over calls, each for as many as it stands for; none where no call says it."""
    return q.call("sum", chosen(_IS_CALL, q.call("multiply", amount(*names), WEIGHT)))
