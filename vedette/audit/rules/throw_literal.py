"""`throw "x"`."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts, Throw
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing_calls import swapped
from vedette.audit.rules._making import at_call

ID = "throw.literal"
_TEXT = r"'[^']*'|\"[^\"]*\"|`[^`]*`"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Texts and numbers that are thrown or rejected with."""
    for thrown in facts.throws:
        if thrown.value.kind in ("text", "template", "number"):
            yield _finding(project, facts, thrown)
    for call in facts.calls:
        if _rejects(call) and call.arguments and call.arguments[0].kind in ("text", "template"):
            instead = swapped(
                project, facts, call.line, rf"\breject\(({_TEXT})\)", r"reject(new Error(\1))"
            )
            what = "A promise is rejected with a text"
            yield at_call(ID, Severity.ROUTINE, facts, call, what, instead=instead)


def _rejects(call: Call) -> bool:
    return call.path in ("reject", "Promise.reject")


def _finding(project: Project, facts: FileFacts, thrown: Throw) -> Finding:
    kind = "number" if thrown.value.kind == "number" else "text"
    return Finding(
        rule=ID,
        severity=Severity.ROUTINE,
        what=f"A {kind} is thrown in place of an error",
        path=facts.path,
        line=thrown.line,
        last_line=thrown.line,
        function=facts.function_name(thrown.function),
        instead=swapped(
            project, facts, thrown.line, rf"\bthrow ({_TEXT}|\d+)", r"throw new Error(\1)"
        ),
    )


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A text is thrown",
    why="A text has no stack, so nobody can tell where it came from. Reports of it fall into one "
    "group with every other text.",
    advice="Throw an `Error`.",
    languages=ECMA,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="javascript",
            says="thrown, rejected",
            files={
                "src/a.js": """
                    function a(x) {
                      if (!x) throw 'no x';
                      return new Promise((resolve, reject) => reject(`no ${x}`));
                    }
                """
            },
            lines=(2, 3),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="errors, and what frameworks throw",
            files={
                "src/a.ts": """
                    export function a(x) {
                      if (!x) throw new Error('no x');
                      if (x === 1) throw redirect('/login');
                      throw json({}, { status: 404 });
                    }
                """
            },
        ),
    ),
)
