"""Events that do not say of which release they are."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import is_said, lacking, named
from vedette.audit.rules._making import at_call

ID = "init.no-release"
_PLUGINS = (
    *("@sentry/webpack-plugin", "@sentry/vite-plugin", "@sentry/rollup-plugin", "@sentry/nuxt"),
    *("@sentry/esbuild-plugin", "@sentry/sveltekit", "@sentry/astro", "@sentry/react-native"),
)


def find(project: Project) -> Iterator[Finding]:
    """Starts without a release, where neither the deployment nor the build gives one."""
    if is_said(project, "SENTRY_RELEASE", "sentry-cli releases", "action-release"):
        return
    for facts, call, package in lacking(project, "release"):
        if any(one in package.needs or one in package.develops for one in _PLUGINS):
            continue
        if _is_configured(project, package):
            continue
        what = f"Events of {named(package)} do not say of which release they are"
        yield at_call(ID, Severity.ROUTINE, facts, call, what[:240])


def _is_configured(project: Project, package: Package) -> bool:
    """`withSentryConfig` injects the commit; its file is no product code."""
    return any(
        name.endswith(".withSentryConfig") and project.package(path) is package
        for path, outline in project.outlines.items()
        for name, _ in outline.uses
    )


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="No release",
    why="Without it nobody can tell which deployment brought an error, and none can be closed for the next one. Source maps and suspect commits are found by it, too.",
    advice="Set `release` to the commit or the version, or `SENTRY_RELEASE` where it is built.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="nothing says it",
            files={"src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n"},
            lines=(2,),
        ),
        Sample(
            language="python",
            says="nothing says it",
            files={"app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN)\n"},
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="an option",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn, release: VERSION });\n"
            },
        ),
        Sample(
            language="typescript",
            says="the variable in an image",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
                "Dockerfile": "FROM node\nARG COMMIT\nENV SENTRY_RELEASE=$COMMIT\n",
            },
        ),
        Sample(
            language="typescript",
            says="a plugin of the build injects it",
            files={
                "package.json": '{"name": "a", "devDependencies": {"@sentry/vite-plugin": "3"}}',
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
                "web/package.json": '{"name": "web", "dependencies": {"@sentry/nextjs": "9"}}',
                "web/instrumentation-client.ts": "import * as Sentry from '@sentry/nextjs';\nSentry.init({ dsn });\n",
                "web/next.config.js": "const { withSentryConfig } = require('@sentry/nextjs');\nmodule.exports = withSentryConfig({}, {});\n",
            },
        ),
        Sample(
            language="python",
            says="an option",
            files={"app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, release=VERSION)\n"},
        ),
    ),
)
