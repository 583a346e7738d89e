"""`forEach(async …)`."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_function
from vedette.audit.rules._waiting import caller, unprotected

ID = "async.foreach-async"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Asynchronous functions given to `forEach` that can reject."""
    for place, function in enumerate(facts.functions):
        call = caller(facts, function)
        if call is None or call.name != "forEach":
            continue
        first = unprotected(project, facts, place)
        if first is not None:
            yield at_function(
                ID,
                Severity.IMPORTANT,
                facts,
                function,
                f"`forEach` waits for nothing: a rejection of `{first.path}()` is handled by nobody",
            )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="forEach with an asynchronous function",
    why="`forEach` drops the promises that its function returns. What follows runs before the work "
    "is done, and no try around it takes a rejection.",
    advice="Use `for … of` with await, or `Promise.all` over `map`.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="javascript",
            says="awaits without a try",
            files={
                "src/a.js": """
                    async function a(users) {
                      users.forEach(async (user) => {
                        await mail(user);
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
            says="a whole try in it, map",
            files={
                "src/a.js": """
                    async function a(users) {
                      users.forEach(async (u) => { try { await mail(u) } catch (e) { report(e) } });
                      await Promise.all(users.map(async (u) => { await mail(u) }));
                    }
                """
            },
        ),
    ),
)
