"""A boundary that catches what a page throws, and tells nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Function
from vedette.audit.finding import Change, Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing import indent_of, line_at

ID = "boundary.not-reporting"
_FILE = re.compile(r"(?:^|/)(?:app|src/app)/(?:.*/)?(?:error|global-error)\.[jt]sx?$")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`error.tsx` and `componentDidCatch` without a report."""
    if _FILE.search(facts.path):
        if not _reports_anywhere(project, facts):
            yield _finding(facts, "", 1, facts.path.rpartition("/")[2], _effect(project, facts))
        return
    for place, function in enumerate(facts.functions):
        if not function.name.endswith(".componentDidCatch"):
            continue
        if not _reports_within(project, facts, place) and not _hands_on(facts, function):
            instead = _first(project, facts, function)
            yield _finding(facts, function.name, function.line, function.name, instead)


def _reports_anywhere(project: Project, facts: FileFacts) -> bool:
    return any(project.reports(facts, one.path, one.function) for one in facts.calls) or any(
        _is_reporting_part(project, facts, local) for one in facts.imports for _, local in one.names
    )


def _is_reporting_part(project: Project, facts: FileFacts, local: str) -> bool:
    """A component that the file shows, out of a file that reports."""
    target = project.target(facts, local)
    if target is None or not local[:1].isupper():
        return False
    other = project.facts(target[0])
    return any(project.reports(other, one.path, one.function) for one in other.calls)


def _reports_within(project: Project, facts: FileFacts, place: int) -> bool:
    return any(
        facts.inside(one.function, place) and project.reports(facts, one.path, one.function)
        for one in facts.calls
    )


def _hands_on(facts: FileFacts, function: Function) -> bool:
    """`this.props.onError(error)`: whoever uses the boundary decides."""
    return any(
        one.path.startswith(("this.props.", "this.onError")) and "rror" in one.path
        for one in facts.calls
        if function.line <= one.line <= function.last_line
    )


def _effect(project: Project, facts: FileFacts) -> Change | None:
    """The effect that React runs once an error is shown, as the first thing of the component."""
    lines = project.text(facts.path).splitlines()
    for number, line in enumerate(lines, 1):
        if re.match(r"export default function \w*\(.*\berror\b.*\{\s*$", line):
            effect = "  useEffect(() => {\n    Sentry.captureException(error);\n  }, [error]);"
            above = (
                []
                if any("useEffect" in one for one in lines)
                else ['import { useEffect } from "react";']
            )
            above.append('import * as Sentry from "@sentry/nextjs";')
            return Change(
                first=number,
                last=number,
                text=f"{line}\n{effect}",
                above="\n".join(above),
                is_safe=True,
            )
    return None


def _first(project: Project, facts: FileFacts, function: Function) -> Change | None:
    """The report as the first thing that `componentDidCatch` does."""
    head = line_at(project, facts, function.line)
    name = re.match(r"\w+", function.parameters[0]) if function.parameters else None
    if name is None or not head.rstrip().endswith("{"):
        return None
    added = f"{indent_of(head)}  Sentry.captureException({name[0]});"
    return Change(first=function.line, last=function.line, text=f"{head}\n{added}")


def _finding(
    facts: FileFacts, function: str, line: int, name: str, instead: Change | None
) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.URGENT,
        what=f"`{name}` shows a page in place of the error and reports nothing",
        path=facts.path,
        line=line,
        last_line=line,
        function=function,
        instead=instead,
    )


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="A boundary does not report",
    why="An error that a boundary takes reaches no global handler. If the boundary does not report "
    "it, the person sees a fallback page and nobody else sees anything.",
    advice="Capture the error in an effect of the boundary.",
    languages=ECMA,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="tsx",
            says="error.tsx of Next.js",
            files={
                "app/calls/error.tsx": """
                    'use client';
                    export default function Error({ error, reset }) {
                      return <button onClick={reset}>Again</button>;
                    }
                """
            },
            lines=(1,),
        ),
        Sample(
            language="javascript",
            says="a class",
            files={
                "src/boundary.jsx": """
                    class Boundary extends React.Component {
                      componentDidCatch(error, info) {
                        console.error(error);
                      }
                    }
                """
            },
            lines=(2,),
        ),
    ),
    good=(
        Sample(
            language="tsx",
            says="reported in an effect",
            files={
                "app/error.tsx": """
                    'use client';
                    import * as Sentry from '@sentry/nextjs';
                    export default function Error({ error }) {
                      useEffect(() => { Sentry.captureException(error) }, [error]);
                      return null;
                    }
                """
            },
        ),
        Sample(
            language="tsx",
            says="by a service or a component of the project's own",
            files={
                "lib/report.ts": """
                    import * as Sentry from '@sentry/nextjs';
                    export function reportError(error: Error) { Sentry.captureException(error) }
                """,
                "components/Fallback.tsx": """
                    import { reportError } from '../lib/report';
                    export function Fallback({ error }) { reportError(error); return null }
                """,
                "app/error.tsx": """
                    import { Fallback } from '../components/Fallback';
                    export default function Error({ error }) { return <Fallback error={error} /> }
                """,
                "app/a/error.tsx": """
                    import { reportError } from '../../lib/report';
                    export default function Error({ error }) { reportError(error); return null }
                """,
            },
        ),
        Sample(
            language="tsx",
            says="left to whoever uses it",
            files={
                "src/boundary.tsx": """
                    class Boundary extends React.Component {
                      componentDidCatch(error, info) {
                        this.props.onError(error);
                      }
                    }
                """
            },
        ),
    ),
)
