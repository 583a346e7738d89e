"""A DSN that is read from a variable of which nobody tells."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits, is_said
from vedette.audit.rules._making import at_call

ID = "env.dsn-undocumented"


def find(project: Project) -> Iterator[Finding]:
    """Variables of a DSN, read where the SDK is started, that stand in no text for people."""
    told: set[str] = set()
    for facts, call, _ in inits(project):
        for one in facts.reads:
            if "DSN" not in one.name.upper() or one.name in told or is_said(project, one.name):
                continue
            told.add(one.name)
            what = f"`{one.name[:80]}` stands in no example of an environment and in no README"
            yield at_call(ID, Severity.ROUTINE, facts, call, what, subject=one.name)


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="An undocumented DSN",
    why="Without this variable the SDK starts and sends nothing, and says so to nobody. Whoever deploys the program cannot know that it is needed.",
    advice="Name it in `.env.example` or in the README.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="it stands nowhere else",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn: process.env.SENTRY_DSN });\n",
                "README.md": "Run it.\n",
            },
            lines=(2,),
        ),
        Sample(
            language="python",
            says="it stands nowhere else",
            files={
                "app.py": 'import os\nimport sentry_sdk\n\nsentry_sdk.init(dsn=os.environ["APP_SENTRY_DSN"])\n'
            },
            lines=(4,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="an example, a README, a composition",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn: process.env.SENTRY_DSN });\n",
                ".env.example": "SENTRY_DSN=\n",
                "b/src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn: process.env.B_DSN });\n",
                "b/docker-compose.yml": "services:\n  b:\n    environment:\n      - B_DSN\n",
            },
        ),
        Sample(
            language="python",
            says="a README",
            files={
                "app.py": 'import os\nimport sentry_sdk\n\nsentry_sdk.init(dsn=os.getenv("SENTRY_DSN"))\n',
                "README.md": "Set `SENTRY_DSN`.\n",
            },
        ),
    ),
)
