"""Reports of browsers that filters of their users stop."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import has_unseen, inits, is_in_browser, named, options_of
from vedette.audit.rules._making import at_call

ID = "init.no-tunnel"


def find(project: Project) -> Iterator[Finding]:
    """Starts in browsers that send straight to another host."""
    told: set[str] = set()
    for facts, call, module in inits(project):
        options, package = options_of(call), project.package(facts.path)
        if options is None or has_unseen(options) or package.folder in told:
            continue
        if not is_in_browser(facts, module) or options.get("tunnel") is not None:
            continue
        if _has_tunnel_route(project):
            return
        told.add(package.folder)
        what = f"Reports of {named(package)} go to another host, which blockers stop"
        yield at_call(ID, Severity.INFO, facts, call, what[:240])


def _has_tunnel_route(project: Project) -> bool:
    """What `withSentryConfig` sets for browsers."""
    return any(
        "tunnelRoute" in project.text(path)
        for path, outline in project.outlines.items()
        if any(name.endswith(".withSentryConfig") for name, _ in outline.uses)
    )


RULE = Rule(
    id=ID,
    severity=Severity.INFO,
    title="No tunnel",
    why="Blockers in browsers know the hosts of services that collect errors. What happens to the people who use one is never heard of.",
    advice="Set `tunnel` to a route of your own that passes envelopes on.",
    languages=ECMA,
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="a start in browsers",
            files={"src/a.ts": "import * as Sentry from '@sentry/react';\nSentry.init({ dsn });\n"},
            lines=(2,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="an option, and a server",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/react';\nSentry.init({ dsn, tunnel: '/errors' });\n",
                "src/server.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
            },
        ),
        Sample(
            language="typescript",
            says="set by the build",
            files={
                "sentry.client.config.ts": "import * as Sentry from '@sentry/nextjs';\nSentry.init({ dsn });\n",
                "next.config.js": "const { withSentryConfig } = require('@sentry/nextjs');\nmodule.exports = withSentryConfig({}, { tunnelRoute: '/m' });\n",
            },
        ),
    ),
)
