"""An application of React or Preact without a boundary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import named

ID = "react.no-boundary"
_MOUNTS = (
    r"react-dom(?:/client)?\.(?:createRoot|hydrateRoot|render|hydrate)|preact\.(?:render|hydrate)"
    r"|react-native\.AppRegistry\.registerComponent"
)
_BOUNDARY = re.compile(
    r"ErrorBoundary|withErrorBoundary|useErrorBoundary|reactErrorHandler|errorElement", re.I
)
_METHODS = ("componentDidCatch", "getDerivedStateFromError")


def find(project: Project) -> Iterator[Finding]:
    """Packages that mount a tree where no boundary is written or imported."""
    told: set[str] = set()
    for facts, call in project.uses(_MOUNTS):
        package = project.package(facts.path)
        if package.folder in told or package.has("next", "@remix-run/react"):
            continue
        told.add(package.folder)
        if not _has_boundary(project, package) and not _is_given(project.text(facts.path)):
            yield Finding(
                rule=ID,
                severity=Severity.URGENT,
                what=f"{named(package)} shows its tree without a boundary: one error leaves it blank",
                path=facts.path,
                line=call.line,
                last_line=call.last_line,
                function=facts.function_name(call.function),
                subject=package.folder,
            )


def _has_boundary(project: Project, package: Package) -> bool:
    """A boundary of the package, or one that it imports from wherever."""
    return any(
        project.package(path) is package
        and (
            any(_BOUNDARY.search(name) for _, name in outline.imports.values())
            or any(one.rpartition(".")[2] in _METHODS for one in outline.functions)
            or any(_BOUNDARY.search(one) for one in (*outline.functions, *outline.modules))
            or (_routes(outline.modules) and "errorElement" in project.text(path))
        )
        for path, outline in project.outlines.items()
    )


def _routes(modules: Iterable[str]) -> bool:
    return any(one.startswith("react-router") for one in modules)


def _is_given(text: str) -> bool:
    """Whether the file that mounts names a boundary: `Sentry.ErrorBoundary`, `onUncaughtError`."""
    return _BOUNDARY.search(text) is not None or "onUncaughtError" in text


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="An application without a boundary",
    why="An error while a component is shown takes the whole tree away. The person sees a blank page "
    "until it is loaded again.",
    advice="Put `Sentry.ErrorBoundary`, or a boundary that captures, around the root.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="tsx",
            says="React and Preact",
            files={
                "apps/a/package.json": '{"name": "a", "dependencies": {"react-dom": "19"}}',
                "apps/a/src/main.tsx": """
                    import { createRoot } from 'react-dom/client';
                    createRoot(document.getElementById('root')).render(<App />);
                """,
                "apps/b/package.json": '{"name": "b", "dependencies": {"preact": "10"}}',
                "apps/b/src/main.tsx": """
                    import { render } from 'preact';

                    render(<App />, document.body);
                """,
            },
            lines=(2, 3),
        ),
    ),
    good=(
        Sample(
            language="tsx",
            says="an element for errors among the routes",
            files={
                "package.json": '{"name": "a", "dependencies": {"react-dom": "19"}}',
                "src/main.tsx": """
                    import { createRoot } from 'react-dom/client';
                    import { router } from './router';
                    createRoot(document.body).render(<RouterProvider router={router} />);
                """,
                "src/router.tsx": """
                    import { createBrowserRouter } from 'react-router-dom';
                    export const router = createBrowserRouter([{ path: '/', errorElement: <Sorry /> }]);
                """,
            },
        ),
        Sample(
            language="tsx",
            says="a boundary of the SDK, a class of its own",
            files={
                "apps/a/package.json": '{"name": "a", "dependencies": {"react-dom": "19"}}',
                "apps/a/src/main.tsx": """
                    import * as Sentry from '@sentry/react';
                    import { createRoot } from 'react-dom/client';
                    createRoot(root).render(<Sentry.ErrorBoundary><App /></Sentry.ErrorBoundary>);
                """,
                "apps/b/package.json": '{"name": "b", "dependencies": {"preact": "10"}}',
                "apps/b/src/main.tsx": "import { render } from 'preact';\nrender(<Safe />, root);\n",
                "apps/b/src/safe.tsx": """
                    export class Safe extends Component {
                      componentDidCatch(error) { report(error); }
                    }
                """,
            },
        ),
        Sample(
            language="tsx",
            says="a component library",
            files={
                "package.json": '{"name": "ui", "main": "a.js", "dependencies": {"react-dom": "19"}}',
                "src/button.tsx": "export function Button() { return <button />; }\n",
            },
        ),
    ),
)
