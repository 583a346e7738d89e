"""An asynchronous listener that nobody waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import wrapped
from vedette.audit.rules._making import at_function
from vedette.audit.rules._waiting import caller, severity_of, unprotected

ID = "async.listener-unprotected"
_LISTENS = ("on", "once", "addListener", "addEventListener", "prependListener", "subscribe")
# What is subscribed to by its class is sent by a bus, which waits for those who hear of it.
_CLASS = re.compile(r"(?:\w+\.)*[A-Z]+[a-z]\w*")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Functions given to `on` and the like that await something outside of a try."""
    for place, function in enumerate(facts.functions):
        call = caller(facts, function)
        if call is None or call.name not in _LISTENS or not call.arguments:
            continue
        if call.arguments[0].kind not in ("text", "name", "template"):
            continue
        if call.name == "subscribe" and _CLASS.fullmatch(call.arguments[0].text):
            continue
        first = unprotected(project, facts, place)
        if first is None:
            continue
        event = call.arguments[0].text[:40]
        yield at_function(
            ID,
            severity_of(project, facts, Severity.IMPORTANT),
            facts,
            function,
            f"A rejection of `{first.path}()` in the listener of `{event}` is handled by nobody",
            instead=wrapped(project, facts, function),
        )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="An asynchronous listener without a try",
    why="An emitter calls its listeners and looks at nothing that they return, so the rejection has "
    "nobody to go to. Whoever sent the event waits for an answer that does not come.",
    advice="Wrap the listener in a function that catches and reports.",
    languages=ECMA,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="typescript",
            says="a message of a socket",
            files={
                "src/a.ts": """
                    io.on('connection', (socket) => {
                      socket.on('call', async (message) => {
                        await startCall(message);
                      });
                    });
                """
            },
            lines=(2,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a bus that sends by class, and waits for those who subscribe",
            files={
                "src/a.ts": """
                    DomainEvents.subscribe(MemberCreated, async (event) => { await welcome(event.member); });
                """
            },
        ),
        Sample(
            language="typescript",
            says="tried, cannot reject, allSettled",
            files={
                "src/a.ts": """
                    async function safe(m) { try { await go(m) } catch (e) { report(e) } }
                    socket.on('a', async (m) => { try { await go(m) } catch (e) { report(e) } });
                    socket.on('b', async (m) => { await safe(m) });
                    socket.on('c', async (m) => { await Promise.allSettled([go(m)]) });
                    socket.on('d', (m) => { go(m).catch(report) });
                """
            },
        ),
    ),
)
