"""A package that is deployed and has no SDK at all."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import deployed, named

ID = "sdk.missing"


def find(project: Project) -> Iterator[Finding]:
    """One finding per deployed package without an SDK of its own or around it."""
    for package in deployed(project):
        folder = f"{package.folder}/" if package.folder else ""
        inside = [
            path
            for path in project.outlines
            if path.startswith(folder) and project.package(path) is package
        ]
        if inside and not project.has_sdk(inside[0]):
            yield Finding(
                rule=ID,
                severity=Severity.URGENT,
                what=f"{named(package)} is deployed without anything that reports its errors",
                path=package.manifest,
                line=1,
                subject=package.folder,
            )


_EXPRESS = '{"name": "a", "scripts": {"start": "node a.js"}, "dependencies": {"express": "5"%s}}'

RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="No SDK",
    why="Nothing of this package sends an error anywhere. What fails there is known only to the "
    "people for whom it fails.",
    advice="Add the SDK of its framework and start it before anything else.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="javascript",
            says="an application of Express",
            files={"package.json": _EXPRESS % "", "src/a.js": "express().listen(80);\n"},
            lines=(1,),
        ),
        Sample(
            language="python",
            says="an application of Flask",
            files={
                "requirements.txt": "flask==3.0\n",
                "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
            },
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="with an SDK",
            files={
                "package.json": _EXPRESS % ', "@sentry/node": "9"',
                "src/a.js": "express().listen(80);\n",
            },
        ),
        Sample(
            language="typescript",
            says="a library, a design system, a mock, an example",
            files={
                "packages/lib/package.json": '{"name": "lib", "main": "a.js", "scripts": {"dev": "x"}, "dependencies": {"preact": "10"}}',
                "packages/lib/src/a.ts": "export const a = go();\n",
                "packages/ui/package.json": '{"name": "@x/ui", "private": true, "scripts": {"dev": "x"}, "dependencies": {"react-dom": "19"}}',
                "packages/ui/src/a.ts": "export const a = go();\n",
                "apps/mock-server/package.json": '{"name": "mock-server", "private": true, "scripts": {"start": "x"}, "dependencies": {"express": "5"}}',
                "apps/mock-server/src/a.ts": "export const a = go();\n",
                "examples/one/package.json": '{"name": "one", "private": true, "scripts": {"start": "x"}, "dependencies": {"express": "5"}}',
                "examples/one/src/a.ts": "export const a = go();\n",
            },
        ),
    ),
)
