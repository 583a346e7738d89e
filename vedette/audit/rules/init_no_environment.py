"""Events that do not say where they come from."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import is_said, lacking, named
from vedette.audit.rules._making import at_call

ID = "init.no-environment"


def find(project: Project) -> Iterator[Finding]:
    """Starts without an environment, where no setting of the deployment gives one."""
    if is_said(project, "SENTRY_ENVIRONMENT"):
        return
    for facts, call, package in lacking(project, "environment"):
        what = f"Events of {named(package)} do not say of which environment they are"
        yield at_call(ID, Severity.ROUTINE, facts, call, what[:240])


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="No environment",
    why="Without it everything is called production, what somebody tries out included. Alerts then wake people for errors of a laptop.",
    advice="Set `environment`, or `SENTRY_ENVIRONMENT` where it is deployed.",
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
            says="an option, or options from elsewhere",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn, environment: process.env.APP_ENV });\n",
                "src/b.ts": "import * as Sentry from '@sentry/node';\nSentry.init(options);\nSentry.init({ ...shared });\n",
            },
        ),
        Sample(
            language="typescript",
            says="the variable in an image or a workflow",
            files={
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
                ".github/workflows/deploy.yml": "env:\n  SENTRY_ENVIRONMENT: production\n",
            },
        ),
        Sample(
            language="python",
            says="an option",
            files={"app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, environment=ENV)\n"},
        ),
    ),
)
