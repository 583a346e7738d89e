"""The list of rules: what each waits for, how it stands, how loud it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vedette import clock
from vedette.alerts.evaluation import MOST_ALERTS
from vedette.alerts.models import AlertRule
from vedette.alerts.noise import Noise, last_fired, noise_of
from vedette.alerts.wording import levels_of, when_of
from vedette.rules.written import RuleProblems, read_rule

_FULL = f"{MOST_ALERTS} fire, the most of one rule: nobody is told of further ones"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule. `state` is on, firing, off, snoozed or broken; `why` says more of it, `note` what
    it does not do."""

    rule: AlertRule
    when: str
    levels: list[tuple[str, str]]
    state: str
    tone: str
    why: str
    note: str
    fired_at: object
    noise: Noise


def make_rows(rules: Sequence[AlertRule]) -> list[RuleRow]:
    """The words of each rule."""
    ids = [rule.pk for rule in rules]
    noise, fired = noise_of(ids), last_fired(ids)
    return [_row(rule, noise[rule.pk], fired.get(rule.pk)) for rule in rules]


def _row(rule: AlertRule, noise: Noise, fired_at: object) -> RuleRow:
    when, levels, broken = "", [], rule.broken
    try:
        read = read_rule(rule.body)
        when, levels = when_of(read), levels_of(read)
    except RuleProblems as error:
        broken = str(error)
    state, tone = _state(rule, broken)
    return RuleRow(
        rule=rule,
        when=when,
        levels=levels,
        state=state,
        tone=tone,
        why=broken,
        note=_FULL if getattr(rule, "open_count", 0) >= MOST_ALERTS else "",
        fired_at=fired_at,
        noise=noise,
    )


def _state(rule: AlertRule, broken: str) -> tuple[str, str]:
    if broken:
        return "broken", "bad"
    if not rule.is_enabled:
        return "off", ""
    if is_snoozed(rule):
        return "snoozed", "warn"
    if getattr(rule, "open_count", 0):
        return "firing", "bad"
    return "on", "good"


def is_snoozed(rule: AlertRule) -> bool:
    """Whether it fires without a word for now."""
    return rule.snoozed_until is not None and rule.snoozed_until > clock.now()
