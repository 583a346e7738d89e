"""An asynchronous function that a timer calls."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import wrapped
from vedette.audit.rules._making import at_call
from vedette.audit.rules._waiting import can_fail, severity_of, unprotected

ID = "async.timer-unprotected"
_TIMERS = ("setInterval", "setTimeout", "setImmediate")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Asynchronous functions given to a timer that can reject."""
    for call in facts.calls:
        if call.name not in _TIMERS or not call.arguments:
            continue
        what = _risk(project, facts, call)
        if what:
            yield at_call(
                ID,
                severity_of(project, facts, Severity.IMPORTANT),
                facts,
                call,
                f"A rejection of `{what}()` in `{call.name}` is handled by nobody",
                instead=_instead(project, facts, call),
            )


def _instead(project: Project, facts: FileFacts, call: Call) -> Change | None:
    given = call.arguments[0]
    if given.kind == "function" and given.function >= 0:
        return wrapped(project, facts, facts.functions[given.function])
    return None


def _risk(project: Project, facts: FileFacts, call: Call) -> str:
    given = call.arguments[0]
    if given.kind == "function" and given.function >= 0:
        first = unprotected(project, facts, given.function)
        return first.path if first is not None else ""
    if given.kind == "name" and project.is_async(facts, given.text, call.function):
        return given.text if can_fail(project, facts, given.text, call.function) else ""
    return ""


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="An asynchronous timer without a try",
    why="A timer looks at nothing that its function returns, so a rejection has nobody to go to. In "
    "Node.js it ends the process, in a browser the work is silently not done.",
    advice="Catch and report within the function.",
    languages=ECMA,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="javascript",
            says="written there, by name",
            files={
                "src/a.js": """
                    setInterval(async () => {
                      await cleanRooms();
                    }, 1000);
                    async function tick() { await poll() }
                    setTimeout(tick, 10);
                """
            },
            lines=(1, 5),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="cannot reject",
            files={
                "src/a.js": """
                    setInterval(async () => { try { await cleanRooms() } catch (e) { report(e) } }, 1000);
                    async function tick() { try { await poll() } catch (e) { report(e) } }
                    setTimeout(tick, 10);
                    setTimeout(() => done(), 10);
                """
            },
        ),
    ),
)
