"""Every transaction of every environment is sent."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits, options_of
from vedette.audit.rules._making import at_call

ID = "init.traces-100"


def find(project: Project) -> Iterator[Finding]:
    """Inits whose rate of traces is a literal 1."""
    for facts, call, _ in inits(project):
        options = options_of(call)
        if options is None or not project.is_product(facts.path):
            continue
        given = options.get("tracesSampleRate") or options.get("traces_sample_rate")
        if (
            given is not None
            and given.kind == "number"
            and given.text.rstrip("0").rstrip(".") == "1"
        ):
            yield at_call(
                ID, Severity.ROUTINE, facts, call, "Every transaction is sent, in production, too"
            )


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="Every transaction is sent",
    why="A rate of 1 is right on a laptop and dear under load. Where a quota ends it, errors "
    "may be refused with the rest.",
    advice="Take the rate from the environment, or decide by a sampler.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="a literal",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn, tracesSampleRate: 1.0 });\n"
            },
            lines=(2,),
        ),
        Sample(
            language="python",
            says="a literal",
            files={
                "app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, traces_sample_rate=1.0)\n"
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="by the environment",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn, tracesSampleRate: process.env.NODE_ENV === 'production' ? 0.1 : 1.0 });\n"
            },
        ),
        Sample(
            language="typescript",
            says="a sampler, a smaller rate",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn, tracesSampler: decide, tracesSampleRate: 0.2 });\n"
            },
        ),
        Sample(
            language="python",
            says="from a setting",
            files={
                "app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, traces_sample_rate=RATE)\n"
            },
        ),
    ),
)
