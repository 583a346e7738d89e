"""An SDK that is installed and never started."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import deployed, inits, named
from vedette.audit.sdks import SENTRY

ID = "sdk.dep-without-init"
_PARTS = ("@sentry/core", "@sentry/profiling-node", "@sentry/opentelemetry", "@sentry/node-core")


def find(project: Project) -> Iterator[Finding]:
    """Deployed packages that need an SDK and start none, nor does a package that they use."""
    started = {project.package(facts.path).folder for facts, _, _ in inits(project)}
    names = {one.name: one.folder for one in project.packages if one.name}
    for package in deployed(project):
        needs = [one for one in package.needs if SENTRY.fullmatch(one) and one not in _PARTS]
        if needs and not _is_started(package, started, names):
            yield Finding(
                rule=ID,
                severity=Severity.URGENT,
                what=f"{named(package)} needs `{needs[0]}` and never calls its `init`",
                path=package.manifest,
                line=1,
                subject=package.folder,
            )


def _is_started(package: Package, started: set[str], names: dict[str, str]) -> bool:
    """By itself, by a package around it, or by one of the checkout that it uses."""
    around = any(not one or f"{package.folder}/".startswith(f"{one}/") for one in started)
    return around or any(names.get(need) in started for need in package.needs)


_NEXT = '{"name": "web", "private": true, "scripts": {"dev": "next"}, "dependencies": {"next": "15", %s}}'

RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="An SDK that is never started",
    why="Without `init` every capture of an SDK does nothing, and says so to nobody. The code looks "
    "as if errors were reported.",
    advice="Call `init` with the DSN before anything else is imported.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="captures without init",
            files={
                "package.json": _NEXT % '"@sentry/nextjs": "9"',
                "lib/a.ts": """
                    import * as Sentry from '@sentry/nextjs';
                    export const report = (error) => Sentry.captureException(error);
                """,
            },
            lines=(1,),
        ),
        Sample(
            language="python",
            says="captures without init",
            files={
                "requirements.txt": "flask==3.0\nsentry-sdk==2.0\n",
                "app.py": "import sentry_sdk\n\nsentry_sdk.capture_message('up')\n",
            },
            lines=(1,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="started",
            files={
                "package.json": _NEXT % '"@sentry/nextjs": "9"',
                "instrumentation-client.ts": """
                    import * as Sentry from '@sentry/nextjs';
                    Sentry.init({ dsn: process.env.DSN });
                """,
            },
        ),
        Sample(
            language="typescript",
            says="started by a package of the checkout",
            files={
                "apps/web/package.json": _NEXT % '"@sentry/nextjs": "9", "@x/watch": "*"',
                "apps/web/lib/a.ts": "import { start } from '@x/watch';\nstart();\n",
                "packages/watch/package.json": '{"name": "@x/watch", "dependencies": {"@sentry/nextjs": "9"}}',
                "packages/watch/src/index.ts": """
                    import { init } from '@sentry/nextjs';
                    export const start = () => init({ dsn: process.env.DSN });
                """,
            },
        ),
    ),
)
