"""Events that nothing looks at before they leave."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import lacking, named
from vedette.audit.rules._making import at_call

ID = "init.no-beforesend"
_SCRUBS = r"(?:@sentry/[\w/-]+|sentry_sdk)(?:\.\w+(?:\(\))?)*\.(?:addEventProcessor|add_global_event_processor|addGlobalEventProcessor|add_event_processor|EventScrubber)"


def find(project: Project) -> Iterator[Finding]:
    """Starts without a hook, a processor or a scrubber."""
    if any(True for _ in project.uses(_SCRUBS)):
        return
    names = ("beforeSend", "before_send", "event_scrubber", "dataCollection")
    for facts, call, package in lacking(project, *names):
        what = f"Nothing takes personal data out of the events of {named(package)}"
        yield at_call(ID, Severity.ROUTINE, facts, call, what[:240])


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="No beforeSend",
    why="Messages, addresses and local variables hold what people typed. Nothing of the program takes it out before it leaves.",
    advice="Add `beforeSend` (`before_send`), or a scrubber; where the server scrubs, switch this rule off in `audit.toml`.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="no hook",
            files={"src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n"},
            lines=(2,),
        ),
        Sample(
            language="python",
            says="no hook",
            files={"app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN)\n"},
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a hook, or a processor",
            files={
                "a/package.json": '{"name": "a"}',
                "a/src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn, beforeSend: scrub });\n",
            },
        ),
        Sample(
            language="typescript",
            says="a processor",
            files={
                "src/b.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\nSentry.addEventProcessor(scrub);\n"
            },
        ),
        Sample(
            language="python",
            says="a hook, a scrubber",
            files={
                "app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, before_send=scrub)\n",
                "b/requirements.txt": "sentry-sdk\n",
                "b/app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, event_scrubber=EventScrubber())\n",
            },
        ),
    ),
)
