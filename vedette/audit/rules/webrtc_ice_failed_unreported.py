"""A connection of WebRTC that fails, and nobody hears of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_function
from vedette.audit.rules._source import text_of_function

ID = "webrtc.ice-failed-unreported"
_EVENTS = ("iceconnectionstatechange", "connectionstatechange")
_FAILS = re.compile(r"""(?:onnectionState\b[^;]*|case\s+)["'](?:failed|disconnected)["']""")
_SENDS = re.compile(r"(?:^|\.)(?:emit|send|sendBeacon|publish|postMessage)$")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Listeners that ask for the failed state, and neither report it nor send it on."""
    for place, function in enumerate(facts.functions):
        if not _listens(facts, place):
            continue
        if not _FAILS.search(text_of_function(project, facts, place)):
            continue
        inner = [one for one in facts.calls if facts.inside(one.function, place)]
        if any(
            _SENDS.search(one.path) or project.reports(facts, one.path, one.function)
            for one in inner
        ) or any(facts.inside(one.function, place) for one in facts.throws):
            continue
        yield at_function(
            ID,
            Severity.ROUTINE,
            facts,
            function,
            "A connection that failed is handled here and reported to nobody",
        )


def _listens(facts: FileFacts, place: int) -> bool:
    function = facts.functions[place]
    if function.name.rpartition(".")[2] in [f"on{one}" for one in _EVENTS]:
        return True
    call = facts.calls[function.given_to] if function.given_to >= 0 else None
    return call is not None and bool(call.arguments) and call.arguments[0].text in _EVENTS


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A failed connection is not reported",
    why="A call that does not connect throws nothing: it only changes a state. Without a report nobody "
    "learns how many calls end so.",
    advice="Capture a message in the branch of the failed state, with the kind of the candidates.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="typescript",
            says="a restart and nothing else",
            files={
                "src/a.ts": """
                    pc.oniceconnectionstatechange = () => {
                      if (pc.iceConnectionState === 'failed') { pc.restartIce(); }
                    };
                    pc.addEventListener('connectionstatechange', () => {
                      switch (pc.connectionState) { case 'failed': hangUp(); }
                    });
                """
            },
            lines=(1, 4),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="captured, or sent to a server that captures",
            files={
                "src/a.ts": """
                    import * as Sentry from '@sentry/browser';
                    pc.oniceconnectionstatechange = () => {
                      if (pc.iceConnectionState === 'failed') Sentry.captureMessage('ICE failed');
                    };
                    other.oniceconnectionstatechange = () => {
                      if (other.iceConnectionState === 'failed') socket.emit('ice-failed', id);
                    };
                    third.onconnectionstatechange = () => {
                      if (third.connectionState === 'connected') show();
                    };
                """
            },
        ),
    ),
)
