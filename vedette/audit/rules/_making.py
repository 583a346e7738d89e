"""Findings as most rules make them."""

from __future__ import annotations

from typing import Any

from vedette.audit.facts import Call, FileFacts, Function, Handler
from vedette.audit.finding import Finding, Severity


def at_handler(
    rule: str, severity: Severity, facts: FileFacts, handler: Handler, what: str, **more: Any
) -> Finding:
    """A finding where an error is caught."""
    return Finding(
        rule=rule,
        severity=severity,
        what=what,
        path=facts.path,
        line=handler.line,
        last_line=handler.last_line,
        column=handler.column,
        function=facts.function_name(handler.function),
        **more,
    )


def at_call(
    rule: str, severity: Severity, facts: FileFacts, call: Call, what: str, **more: Any
) -> Finding:
    """A finding where something is called."""
    return Finding(
        rule=rule,
        severity=severity,
        what=what,
        path=facts.path,
        line=call.line,
        last_line=call.last_line,
        column=call.column,
        function=facts.function_name(call.function),
        **more,
    )


def at_function(
    rule: str, severity: Severity, facts: FileFacts, function: Function, what: str, **more: Any
) -> Finding:
    """A finding where a function begins."""
    return Finding(
        rule=rule,
        severity=severity,
        what=what,
        path=facts.path,
        line=function.line,
        last_line=function.last_line,
        function=function.name or facts.function_name(function.parent),
        **more,
    )
