"""Configuration that somebody writes to break the installation: refused in words, at once."""

from __future__ import annotations

from typing import Any

import pytest

RULE = "name: a, project: shop, measure: {edge: any}, levels: critical"
LONG = 200_000
HOSTILE = {
    "a cycle of aliases": "rules: [&a {x: *a}]",
    "aliases that multiply": "rules:\n- &a0 {x: [1, 1]}\n"
    + "".join(f"- &a{n + 1} {{x: [{', '.join([f'*a{n}'] * 10)}]}}\n" for n in range(12)),
    "merges that multiply": "rules:\n- &a0 {x: 1}\n"
    + "".join(f"- &a{n + 1} {{<<: [{', '.join([f'*a{n}'] * 10)}]}}\n" for n in range(12)),
    "millions of values": f"rules: [{'a,' * 2_000_000}]",
    "a date": "channels: [{id: a, kind: ntfy, url: 2024-01-01, topic: x}]",
    "bytes": "channels: [{id: a, kind: email, to: !!binary aEBleGFtcGxlLmNvbQ==}]",
    "a set": "channels: [{id: a, kind: ntfy, topic: !!set {a, b}}]",
    "no number": "channels: [{id: a, kind: ntfy, topic: .nan}]",
    "a list for a text": "channels: [{id: a, kind: telegram, token: x, chat: [1]}]",
    "a list for a channel": f"rules: [{{{RULE}, notify: [[]]}}]",
    "a mapping for a channel": f"rules: [{{{RULE}, notify: [{{a: b}}]}}]",
    "a date for a label's name": f"rules: [{{{RULE}, labels: {{2024-01-01: x}}}}]",
    "a long label": f"rules: [{{{RULE}, labels: {{x: {'y' * LONG}}}}}]",
    "a deep label": f"rules: [{{{RULE}, labels: {'{a: ' * 40}x{'}' * 40}}}]",
    "NUL": f'rules: [{{{RULE}, runbook: "a\\0b"}}]',
    "a long matcher": f"routes: [{{id: a, channels: [a], match: ['a=x{' ' * LONG}y']}}]",
    "a long threshold": "rules: [{name: a, project: shop, measure: count, window: 1m, "
    f"levels: {{critical: '>1{' ' * LONG}!'}}}}]",
    "a threshold without end": "rules: [{name: a, project: shop, measure: count, window: 1m, "
    f"levels: {{critical: '>{'9' * 50}'}}}}]",
    "a long address": f"channels: [{{id: a, kind: email, to: 'a@{'b' * LONG}@'}}]",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_is_a_mistake_in_words(make: Any, text: str) -> None:
    """Neither an error of ours nor work without end, and nothing is kept of it."""
    from vedette.alerts.models import AlertRoute, AlertRule, Channel
    from vedette.configuration._files import FileMistakes

    with pytest.raises(FileMistakes):
        make(text)
    assert not AlertRule.objects.exists()
    assert not AlertRoute.objects.exists()
    assert not Channel.objects.exists()


def test_a_list_of_addresses_is_checked_in_one_go() -> None:
    """What a channel accepts at most, a thousand times: trying every cut would never end."""
    from vedette.channels.email import check

    for _ in range(1000):
        assert check({"to": f"a@{'b' * 20_000}@"})


def test_aliases_are_written_out(make: Any) -> None:
    """What they are for still works."""
    steps = make("routes:\n- {id: a, channels: &c [b]}\n- {id: c, channels: *c}\n"
                 "channels: [{id: b, kind: ntfy, topic: x}]\n")  # fmt: skip
    assert [step.identity for step in steps] == ["b", "a", "c"]


def test_a_file_of_many_entries_is_compared_in_one_go(make: Any) -> None:
    """Applied again, each entry costs the same few statements, not a look at all the others."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    lines = "".join(f"- {{id: r{n}, channels: [b]}}\n" for n in range(100))
    text = f"channels: [{{id: b, kind: ntfy, topic: x}}]\nroutes:\n{lines}"
    make(text)
    with CaptureQueriesContext(connection) as asked:
        assert make(text) == []
    looks = [one for one in asked if one["sql"].startswith("SELECT") and "ORDER BY" in one["sql"]]
    assert len(looks) < 50
