"""A DSN that is written into the code."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits, options_of
from vedette.audit.rules._making import at_call

ID = "init.dsn-hardcoded"


def find(project: Project) -> Iterator[Finding]:
    """Inits whose DSN is a literal."""
    for facts, call, _ in inits(project):
        options = options_of(call)
        if options is None or not project.is_product(facts.path):
            continue
        given = options.get("dsn")
        if given is not None and given.kind == "text" and "://" in given.text:
            yield at_call(
                ID,
                Severity.INFO,
                facts,
                call,
                "The DSN is a literal, so every environment reports to one project",
            )


RULE = Rule(
    id=ID,
    severity=Severity.INFO,
    title="A DSN in the code",
    why="A DSN is public and no secret. As a literal it sends the errors of every laptop and "
    "every fork to the same project.",
    advice="Take it from the environment.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="a literal",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn: 'https://abc@errors.example.com/1' });\n"
            },
            lines=(2,),
        ),
        Sample(
            language="python",
            says="a literal",
            files={
                "app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn='https://abc@errors.example.com/1')\n"
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="from the environment",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn: process.env.SENTRY_DSN });\n"
            },
        ),
        Sample(
            language="python",
            says="from a setting",
            files={"app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, debug=False)\n"},
        ),
    ),
)
