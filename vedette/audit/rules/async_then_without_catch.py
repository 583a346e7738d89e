"""A chain of promises that nobody ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Value
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_call

ID = "async.then-without-catch"
# What asks the person in front of it: a rejection is the answer no.
_ASKS = re.compile(
    r"(?:dialog|modal|toast|swal|alert|popup)\w*\.(?:show|open|fire|confirm)$|confirm$"
    r"|(?:^|[.#])\w*(?:dialog|modal|toast|snackbar)\w*$|requestPermission$",
    re.IGNORECASE,
)
_DONE = ("then", "finally", "done")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`f().then(g)` as a statement, without a catch and without a second function."""
    for call in facts.calls:
        if call.use != "statement" or call.name != "then":
            continue
        if any(step == "catch" for step in call.steps) or len(call.arguments) > 1:
            continue
        if any(step not in _DONE for step in call.steps) or _goes_on(facts, call.path):
            continue
        given = call.arguments[0] if call.arguments else None
        if given is not None and given.text in ("resolve", "res", "done"):
            continue
        if given is not None and _only_throws(facts, given):
            continue
        start = call.path.removesuffix(".then").split("().then")[0].removesuffix("()")
        if _ASKS.search(start) or start == "Promise.allSettled":
            continue
        if project.cannot_fail(facts, start, call.function) or ".catch()" in call.path:
            continue
        yield at_call(
            ID,
            Severity.ROUTINE,
            facts,
            call,
            f"A rejection of `{start}()` is handled by nobody",
        )


def _only_throws(facts: FileFacts, given: Value) -> bool:
    """A function that is there to throw where nobody catches, which is meant."""
    if given.function < 0:
        return False
    function = facts.functions[given.function]
    return (
        function.throws
        and function.last_line - function.line <= 2
        and not any(one.function == given.function and not one.is_new for one in facts.calls)
    )


def _goes_on(facts: FileFacts, path: str) -> bool:
    """An earlier link of a chain whose later one is looked at itself."""
    return any(one.use == "statement" and one.path == f"{path}().then" for one in facts.calls)


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A chain without an end",
    why="A statement with `then` and no `catch` leaves rejections to the global handler, if there is "
    "one. What should have followed does not, and whoever waits is not told.",
    advice="Await it within a try, or end the chain with a catch that reports.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="javascript",
            says="a statement",
            files={
                "src/a.js": """
                    function a() {
                      loadUsers().then(show);
                    }
                """
            },
            lines=(2,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="what asks the person, who may say no",
            files={
                "src/a.js": """
                    function remove(list) {
                      $mdDialog.show(question).then(() => list.drop());
                      Swal.fire(question).then(show);
                      Promise.allSettled(jobs).then((results) => results.forEach(tell));
                      this.showToast('Settings saved').then(() => this.close());
                      Notification.requestPermission().then((given) => allow(given));
                    }
                """
            },
        ),
        Sample(
            language="javascript",
            says="a function that is there to throw",
            files={
                "src/a.js": """
                    function fail(error) {
                      Promise.resolve().then(() => { throw error; });
                    }
                """
            },
        ),
        Sample(
            language="javascript",
            says="resolve, a second function, awaited, caught, returned",
            files={
                "src/a.js": """
                    async function a() {
                      load().then(resolve);
                      load().then(show, fail);
                      await load().then(show);
                      load().then(show).catch(fail);
                      load().then(show).then(more).catch(fail);
                      return load().then(show);
                    }
                """
            },
        ),
        Sample(
            language="javascript",
            says="what cannot reject",
            files={
                "src/a.js": """
                    async function load() { try { await go() } catch (e) { console.error(e) } }
                    function a() { load().then(show); }
                """
            },
        ),
    ),
)
