"""Stacks of browsers that nobody can read."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits, is_in_browser, is_said, named
from vedette.audit.rules._making import at_call

ID = "sourcemaps.not-uploaded"
_TOOLS = (
    *("@sentry/webpack-plugin", "@sentry/vite-plugin", "@sentry/rollup-plugin", "@sentry/cli"),
    *("@sentry/esbuild-plugin", "@sentry/nuxt", "@sentry/sveltekit", "@sentry/astro"),
    *("@sentry/remix", "@sentry/react-native", "@sentry/gatsby", "sentry-expo"),
)
_WORDS = (
    "sentry-cli",
    "sourcemaps upload",
    "upload-sourcemaps",
    "action-release",
    "sourcemaps inject",
)


def find(project: Project) -> Iterator[Finding]:
    """Packages that are built for browsers and report, where nothing uploads their maps."""
    if is_said(project, *_WORDS):
        return
    told: set[str] = set()
    for facts, call, module in inits(project):
        package = project.package(facts.path)
        if package.folder in told or not is_in_browser(facts, module):
            continue
        if "build" in package.scripts and not _uploads(project, package):
            told.add(package.folder)
            what = f"Nothing uploads the source maps of {named(package)}"
            yield at_call(ID, Severity.IMPORTANT, facts, call, what)


def _uploads(project: Project, package: Package) -> bool:
    """By a plugin of its build, wherever in a monorepo that is needed, or by `withSentryConfig`."""
    if any(
        one in each.needs or one in each.develops for each in project.packages for one in _TOOLS
    ):
        return True
    return any(
        name.endswith((".withSentryConfig", ".sentryVitePlugin"))
        for path, outline in project.outlines.items()
        if project.package(path) is package
        for name, _ in outline.uses
    )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Source maps are not uploaded",
    why="What browsers report names columns of minified files. Nobody can read the stack, and errors of different places look like one.",
    advice="Add the plugin of the SDK to the build, with its token in CI.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="tsx",
            says="a build without a plugin",
            files={
                "package.json": '{"name": "web", "scripts": {"build": "vite build"}, "dependencies": {"@sentry/react": "9"}}',
                "src/a.tsx": "import * as Sentry from '@sentry/react';\nSentry.init({ dsn });\n",
            },
            lines=(2,),
        ),
    ),
    good=(
        Sample(
            language="tsx",
            says="a plugin",
            files={
                "package.json": '{"name": "web", "scripts": {"build": "vite build"}, "dependencies": {"@sentry/react": "9"}, "devDependencies": {"@sentry/vite-plugin": "3"}}',
                "src/a.tsx": "import * as Sentry from '@sentry/react';\nSentry.init({ dsn });\n",
            },
        ),
        Sample(
            language="tsx",
            says="the command, in a workflow",
            files={
                "package.json": '{"name": "web", "scripts": {"build": "vite build"}}',
                ".github/workflows/a.yml": "- run: npx sentry-cli sourcemaps upload dist\n",
                "src/a.tsx": "import * as Sentry from '@sentry/react';\nSentry.init({ dsn });\n",
            },
        ),
        Sample(
            language="tsx",
            says="withSentryConfig, or a server",
            files={
                "package.json": '{"name": "web", "scripts": {"build": "next build"}}',
                "next.config.ts": "import { withSentryConfig } from '@sentry/nextjs';\nexport default withSentryConfig({}, {});\n",
                "instrumentation-client.ts": "import * as Sentry from '@sentry/nextjs';\nSentry.init({ dsn });\n",
                "api/package.json": '{"name": "api", "scripts": {"build": "tsc"}}',
                "api/src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
            },
        ),
    ),
)
