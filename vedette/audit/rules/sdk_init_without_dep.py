"""An SDK that is started and stands in no manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.packages import Package
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits
from vedette.audit.rules._making import at_call

ID = "sdk.init-without-dep"
# Used where it is installed, and not needed.
_WISHED = re.compile(r"^\s*try:\s*\n(?:\s*#[^\n]*\n)*\s*(?:import|from) sentry_sdk\b", re.MULTILINE)


def find(project: Project) -> Iterator[Finding]:
    """Inits of modules that neither the package nor one around it needs."""
    for facts, call, module in inits(project):
        package = project.package(facts.path)
        need = "sentry-sdk" if module == "sentry_sdk" else "/".join(module.split("/")[:2])
        if not package.manifest or not (package.needs or package.develops):
            continue
        if module == "sentry_sdk" and _WISHED.search(project.text(facts.path)):
            continue
        if not any(_needs(one, need) for one in project.packages if _is_around(one, package)):
            yield at_call(
                ID,
                Severity.URGENT,
                facts,
                call,
                f"`{need}` is started here and is not among what `{package.manifest}` needs",
            )


def _needs(package: Package, need: str) -> bool:
    return need in package.needs or need in package.develops


def _is_around(one: Package, package: Package) -> bool:
    return one.ecosystem == package.ecosystem and (
        not one.folder or f"{package.folder}/".startswith(f"{one.folder}/")
    )


RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="An SDK that is not in the manifest",
    why="It is there only as long as another package happens to bring it. After the next clean install "
    "the import fails, or a second copy is started that nobody else uses.",
    advice="Add the SDK to the dependencies of the package.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="not needed",
            files={
                "package.json": '{"name": "a", "dependencies": {"express": "5"}}',
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
            },
            lines=(2,),
        ),
        Sample(
            language="python",
            says="not needed",
            files={
                "requirements.txt": "flask==3.0\n",
                "app.py": "import sentry_sdk\n\nsentry_sdk.init(DSN)\n",
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="used where it is installed",
            files={
                "requirements.txt": "django==5\n",
                "settings.py": """
                    try:
                        import sentry_sdk

                        sentry_sdk.init()
                    except ImportError:
                        pass
                """,
            },
        ),
        Sample(
            language="typescript",
            says="needed, also by the package around it",
            files={
                "package.json": '{"name": "all", "dependencies": {"@sentry/node": "9"}}',
                "apps/a/package.json": '{"name": "a", "dependencies": {"express": "5"}}',
                "apps/a/src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
            },
        ),
        Sample(
            language="python",
            says="needed, with extras",
            files={
                "requirements.txt": "flask==3.0\nsentry-sdk[flask]==2.0\n",
                "app.py": "import sentry_sdk\n\nsentry_sdk.init(DSN)\n",
            },
        ),
    ),
)
