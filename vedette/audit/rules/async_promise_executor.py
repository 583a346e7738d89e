"""`new Promise(async …)`."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_function
from vedette.audit.rules._waiting import caller, unprotected

ID = "async.promise-executor"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Asynchronous executors that can reject."""
    for place, function in enumerate(facts.functions):
        call = caller(facts, function)
        if call is None or call.path != "Promise" or not call.is_new:
            continue
        first = unprotected(project, facts, place)
        if first is not None:
            yield at_function(
                ID,
                Severity.IMPORTANT,
                facts,
                function,
                f"If `{first.path}()` rejects, the promise that is made here never settles",
            )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="An asynchronous executor",
    why="What an asynchronous executor rejects with does not reach the promise that it makes. "
    "Whoever awaits that promise waits for ever.",
    advice="Make the function asynchronous itself, without `new Promise`.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="javascript",
            says="awaits without a try",
            files={
                "src/a.js": """
                    function a() {
                      return new Promise(async (resolve, reject) => {
                        resolve(await loadUsers());
                      });
                    }
                """
            },
            lines=(2,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="a whole try in it",
            files={
                "src/a.js": """
                    function a() {
                      return new Promise(async (resolve, reject) => {
                        try { resolve(await loadUsers()) } catch (e) { reject(e) }
                      });
                    }
                """
            },
        ),
    ),
)
