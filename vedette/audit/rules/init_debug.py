"""The SDK tells a console what it does."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits, options_of
from vedette.audit.rules._making import at_call

ID = "init.debug"


def find(project: Project) -> Iterator[Finding]:
    """Inits with `debug`."""
    for facts, call, _ in inits(project):
        options = options_of(call)
        if options is None or not project.is_product(facts.path):
            continue
        given = options.get("debug")
        if given is not None and given.text == "true":
            yield at_call(
                ID,
                Severity.ROUTINE,
                facts,
                call,
                "The SDK writes all that it does to the console, in production, too",
            )


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="An SDK in debug mode",
    why="The SDK logs every event that it sends, into logs that others read. What matters "
    "there is lost among it.",
    advice="Remove the option, or take it from the environment.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="switched on",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn, debug: true });\n"
            },
            lines=(2,),
        ),
        Sample(
            language="python",
            says="switched on",
            files={"app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, debug=True)\n"},
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="by the environment",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn, debug: process.env.SENTRY_DEBUG === '1' });\n"
            },
        ),
        Sample(
            language="python",
            says="from a setting",
            files={
                "app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, debug=settings.DEBUG)\n"
            },
        ),
    ),
)
