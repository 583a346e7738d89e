"""What the demo's search asks of language models: an agent that rewrites what was typed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Span = Callable[..., dict[str, Any]]
# Model, provider, milliseconds a call, dollars a million tokens in and out; None: not said.
_MODELS: tuple[tuple[str, str, float, float | None, float], ...] = (
    ("gpt-4o-mini", "openai", 420, 0.15, 0.6),
    ("claude-3-5-haiku", "anthropic", 560, None, 0.0),
)


def talk(rng: random.Random, span: Span, at: float) -> tuple[list[dict[str, Any]], float]:
    """The spans of an agent with its calls and its tool, and when it has ended, in seconds."""
    model, system, middle, price, price_out = rng.choices(_MODELS, (4, 1))[0]
    named = {"gen_ai.agent.name": "query rewriter", "gen_ai.system": system,
             "gen_ai.request.model": model}  # fmt: skip
    agent_id = f"{rng.getrandbits(64):016x}"
    start, made = at, []
    for turn in range(rng.choice((1, 1, 2))):
        took = middle / 1000 * rng.lognormvariate(0, 0.4)
        sent, back = rng.randrange(200, 900) + turn * 300, rng.randrange(20, 120)
        usage: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.usage.input_tokens": sent,
            "gen_ai.usage.input_tokens.cached": sent // 3 if rng.random() < 0.6 else 0,
            "gen_ai.usage.output_tokens": back,
        }
        if price is not None:
            usage["gen_ai.cost.total_tokens"] = (sent * price + back * price_out) / 1e6
        failed = {"status": "deadline_exceeded"} if rng.random() < 0.02 else {}
        made.append(span("gen_ai.chat", f"chat {model}", at, took, above=agent_id,
                         **failed, **named, **usage))  # fmt: skip
        at += took
        if turn == 0:
            looked = 0.03 * rng.lognormvariate(0, 0.4)
            tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "synonyms",
                    "gen_ai.agent.name": "query rewriter"}  # fmt: skip
            made.append(span("gen_ai.execute_tool", "execute_tool synonyms", at, looked,
                             above=agent_id, **tool))  # fmt: skip
            at += looked
    run = {**named, "gen_ai.operation.name": "invoke_agent"}
    words = "invoke_agent query rewriter"
    made.insert(0, span("gen_ai.invoke_agent", words, start, at - start, span_id=agent_id, **run))
    return made, at
