"""A handler of uncaught exceptions that lets the process go on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_call

ID = "global.uncaught-no-exit"
_LISTENS = ("process.on", "process.once", "process.addListener")
_ENDS = re.compile(
    r"(?:^|\.)(?:exit|abort|kill|\w*[sS]hut_?[dD]own\w*|close\w*|stop\w*|terminate\w*|graceful\w*"
    r"|die|crash|quit|cleanup\w*|end)$"
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`process.on('uncaughtException', …)` with a function that nowhere ends the process."""
    for call in facts.calls:
        if call.path not in _LISTENS or len(call.arguments) < 2:
            continue
        if call.arguments[0].text == "uncaughtException" and _goes_on(project, facts, call):
            yield at_call(
                ID,
                Severity.IMPORTANT,
                facts,
                call,
                "The handler of `uncaughtException` lets the process go on in a state nobody knows",
            )


def _goes_on(project: Project, facts: FileFacts, call: Call) -> bool:
    given = call.arguments[1]
    place, source = given.function, facts
    if given.kind == "name":
        target = project.target(facts, given.text, call.function)
        if target is None or _ENDS.search(given.text):
            return False
        source = project.facts(target[0])
        names = [one.name for one in source.functions]
        place = names.index(target[1]) if target[1] in names else -1
    if place < 0:
        return False
    return not any(
        source.inside(one.function, place) and _ends(project, source, one) for one in source.calls
    ) and not any(source.inside(one.function, place) for one in source.throws)


def _ends(project: Project, facts: FileFacts, call: Call) -> bool:
    """Whether a call ends the process, or a function of ours that does so in its own body."""
    if _ENDS.search(call.path) or any(_ENDS.search(one.text) for one in call.arguments):
        return True
    target = project.target(facts, call.path, call.function)
    if target is None:
        return False
    other = project.facts(target[0])
    return any(
        _ENDS.search(one.path) and other.function_name(one.function) == target[1]
        for one in other.calls
    )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="The process goes on after an uncaught exception",
    why="Whatever threw was left in the middle, with locks held and data half written. Node would have "
    "ended the process, this handler keeps it alive.",
    advice="Report, flush, and exit with a code that is not 0.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="javascript",
            says="it only logs",
            files={
                "src/a.js": """
                    process.on('uncaughtException', (error) => {
                      console.error('uncaught', error);
                    });
                """
            },
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="an exit, a graceful shutdown, a function that ends it",
            files={
                "src/a.js": """
                    process.on('uncaughtException', (error) => {
                      report(error);
                      process.exit(1);
                    });
                    process.on('uncaughtException', () => gracefulShutdown('uncaught'));
                    process.on('uncaughtException', (error) => {
                      console.error(error);
                      finish();
                    });
                    function finish() { process.exit(1); }
                    process.on('unhandledRejection', (error) => console.error(error));
                """
            },
        ),
    ),
)
