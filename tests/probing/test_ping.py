"""Pings of loopback, where the system lets us."""

from __future__ import annotations

import pytest

from tests.probing.looking import look, said
from vedette.probing import icmp
from vedette.probing.result import Outcome
from vedette.probing.running import Failed


def _may(is_six: bool) -> bool:
    try:
        icmp._open(is_six)[0].close()
    except Failed:
        return False
    return True


def test_packets_come_back() -> None:
    """The mean time is a phase; loss and extremes are facts."""
    if not _may(False):
        pytest.skip("this system lets nobody ping")
    found = look("ping", host="127.0.0.1", count=4)
    assert said(found) == (Outcome.OK, "")
    assert found.facts["loss_pct"] == 0
    assert found.facts["least_ms"] <= found.phases["round_trip"] <= found.facts["most_ms"]


def test_packets_come_back_by_ipv6() -> None:
    """The other protocol has other numbers."""
    if not _may(True):
        pytest.skip("this system lets nobody ping")
    assert said(look("ping", host="::1", count=1)) == (Outcome.OK, "")


def test_lost_packets_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them is down, many of them is degraded."""
    if not _may(False):
        pytest.skip("this system lets nobody ping")
    send = icmp.Pinger.send

    def lossy(self: icmp.Pinger, number: int) -> None:
        if number in kept:
            send(self, number)

    monkeypatch.setattr(icmp.Pinger, "send", lossy)
    kept: set[int] = {0}
    found = look("ping", host="127.0.0.1", count=2, seconds=0.5)
    assert (said(found), found.facts["loss_pct"]) == ((Outcome.DEGRADED, "loss"), 50)
    kept.clear()
    assert said(look("ping", host="127.0.0.1", count=2, seconds=0.5)) == (Outcome.FAIL, "timeout")


def test_a_system_that_lets_nobody_ping_is_no_failure_of_the_target(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The words say what to do."""

    def refuse(*_: object) -> None:
        raise PermissionError("not permitted")

    monkeypatch.setattr(icmp.socket, "socket", refuse)
    with pytest.raises(Failed) as caught:
        icmp._open(False)
    assert (caught.value.outcome, caught.value.reason) == (Outcome.UNKNOWN, "config_error")
    assert "ping_group_range" in caught.value.text
