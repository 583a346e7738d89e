"""An SDK that is started later, while the program already runs."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits
from vedette.audit.rules._making import at_call
from vedette.audit.sdks import is_sdk

ID = "init.async"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`import()` of what starts an SDK, for which nobody waits."""
    for call in facts.calls:
        if call.path != "import" or call.use not in ("statement", "voided"):
            continue
        if _starts(project, facts, call):
            yield at_call(
                ID,
                Severity.IMPORTANT,
                facts,
                call,
                f"Nobody waits for `import('{call.arguments[0].text[:60]}')`, which starts the SDK",
            )


def _starts(project: Project, facts: FileFacts, call: Call) -> bool:
    module = call.arguments[0].text if call.arguments else ""
    if is_sdk(module):
        lines = project.text(facts.path).splitlines()[call.line - 1 : call.line + 12]
        return "then" in call.steps and ".init(" in "\n".join(lines)
    target = project.resolver.file(facts.path, module)
    return bool(target) and any(one.path == target for one, _, _ in inits(project))


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="An SDK that starts too late",
    why="A module that is imported without waiting runs after everything that is loaded with the "
    "program. What fails until then is not reported, and what was loaded is not instrumented.",
    advice="Import it statically and first, or wait for it.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="typescript",
            says="a file that starts it, and the SDK itself",
            files={
                "src/sentry.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
                "src/main.ts": "import('./sentry');\nserve();\n",
                "src/web.ts": """
                    import('@sentry/browser').then((Sentry) => {
                      Sentry.init({ dsn });
                    });
                """,
            },
            lines=(1, 1),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="waited for, static, or of something else",
            files={
                "src/sentry.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
                "instrumentation.ts": """
                    export async function register() { await import('./src/sentry'); }
                """,
                "src/main.ts": "import './sentry';\nimport('./routes');\n",
                "src/routes.ts": "export const a = 1;\n",
                "src/feedback.ts": "import('@sentry/browser').then((it) => it.showReportDialog());\n",
            },
        ),
    ),
)
