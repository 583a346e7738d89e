"""What identifies people is sent with every event."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits, options_of
from vedette.audit.rules._making import at_call

ID = "init.pii"


def find(project: Project) -> Iterator[Finding]:
    """Inits with `sendDefaultPii`."""
    for facts, call, _ in inits(project):
        options = options_of(call)
        if options is None or not project.is_product(facts.path):
            continue
        given = options.get("sendDefaultPii") or options.get("send_default_pii")
        if given is not None and given.text == "true":
            yield at_call(
                ID,
                Severity.IMPORTANT,
                facts,
                call,
                "Addresses, cookies and users are sent with every event",
            )


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="Personal data by default",
    why="With this option the SDK adds addresses, cookies and headers to what it sends. "
    "Whoever may read events reads who was where.",
    advice="Leave it off and set the user by an identifier.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="switched on",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn, sendDefaultPii: true });\n"
            },
            lines=(2,),
        ),
        Sample(
            language="python",
            says="switched on",
            files={
                "app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, send_default_pii=True)\n"
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="off",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn, sendDefaultPii: false });\n"
            },
        ),
        Sample(
            language="python",
            says="left out",
            files={"app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, debug=False)\n"},
        ),
    ),
)
