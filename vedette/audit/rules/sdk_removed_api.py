"""A call of an SDK that its version does not have any more."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_call

ID = "sdk.removed-api"
_REMOVED = re.compile(
    r"(@sentry/[\w-]+)\.(Handlers\.\w+|startTransaction|configureScope|Integrations\.\w+)"
)
_SINCE = 8


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`Sentry.Handlers.*` and others of version 7, where the manifest says 8 or later."""
    for call in facts.calls:
        found = _REMOVED.match(project.outside(facts, call.path))
        if found and project.package(facts.path).version(found[1]) >= _SINCE:
            yield at_call(
                ID,
                Severity.URGENT,
                facts,
                call,
                f"`{found[2]}` is not part of `{found[1]}` from version {_SINCE} on",
            )


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="A call that the SDK does not have",
    why="The name was removed in version 8, so the call throws while the server starts, or is "
    "skipped by an optional chain. The errors it was to report are reported by nobody.",
    advice="Use what replaced it: `setupExpressErrorHandler`, `startSpan`, `getCurrentScope`.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="javascript",
            says="the handlers of Express with version 9",
            files={
                "package.json": '{"name": "a", "dependencies": {"@sentry/node": "^9.1.0"}}',
                "src/a.js": """
                    const Sentry = require('@sentry/node');
                    app.use(Sentry.Handlers.requestHandler());
                    app.use(Sentry.Handlers.errorHandler());
                """,
            },
            lines=(2, 3),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="version 7",
            files={
                "package.json": '{"name": "a", "dependencies": {"@sentry/node": "^7.100.0"}}',
                "src/a.js": """
                    const Sentry = require('@sentry/node');
                    app.use(Sentry.Handlers.errorHandler());
                """,
            },
        ),
        Sample(
            language="javascript",
            says="what replaced them",
            files={
                "package.json": '{"name": "a", "dependencies": {"@sentry/node": "^9.1.0"}}',
                "src/a.js": """
                    const Sentry = require('@sentry/node');
                    Sentry.setupExpressErrorHandler(app);
                """,
            },
        ),
    ),
)
