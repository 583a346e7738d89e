"""Errors of which nobody knows whom they hit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import deployed, inits, named, options_of
from vedette.audit.rules._making import at_call
from vedette.audit.sdks import is_sdk

ID = "user.never-set"
_SETS = re.compile(r"\bset_?[uU]ser\b|initialScope|\buser\s*:\s*\{\s*id\b|\bscope\.user\s*=")


def find(project: Project) -> Iterator[Finding]:
    """Deployed packages with an SDK in whose code no user is ever set, nor in what they share."""
    if any(_SETS.search(project.text(path)) for path in _reporting(project)):
        return
    told: set[str] = set()
    packages = list(deployed(project))
    for facts, call, _ in inits(project):
        package = project.package(facts.path)
        options = options_of(call)
        if package not in packages or package.folder in told or options is None:
            continue
        told.add(package.folder)
        given = options.get("send_default_pii")
        if given is None or given.text.lower() == "false":  # Django's integration then sets it
            what = f"Events of {named(package)} never say whom they hit"
            yield at_call(ID, Severity.ROUTINE, facts, call, what)


def _reporting(project: Project) -> Iterator[str]:
    """The files that use an SDK."""
    for path, outline in project.outlines.items():
        if any(map(is_sdk, outline.modules)) or "setUser" in outline.functions:
            yield path


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="No user is ever set",
    why="An error that hits one person looks like one that hits all. Nobody can be told that it is solved.",
    advice="Call `setUser` (`set_user`) with an id after the sign-in.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="never",
            files={
                "package.json": '{"name": "a", "scripts": {"start": "x"}, "dependencies": {"express": "5"}}',
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
            },
            lines=(2,),
        ),
        Sample(
            language="python",
            says="never",
            files={
                "requirements.txt": "flask\nsentry-sdk\n",
                "app.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN)\n",
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="set on the scope",
            files={
                "requirements.txt": "flask\nsentry-sdk\n",
                "app.py": """
                    import sentry_sdk

                    sentry_sdk.init(dsn=DSN)
                    scope = sentry_sdk.get_global_scope()
                    scope.user = {"id": installation}
                """,
            },
        ),
        Sample(
            language="typescript",
            says="after the sign-in",
            files={
                "package.json": '{"name": "a", "scripts": {"start": "x"}, "dependencies": {"express": "5"}}',
                "src/a.ts": "import * as Sentry from '@sentry/node';\nSentry.init({ dsn });\n",
                "src/b.ts": "import * as Sentry from '@sentry/node';\nexport const known = (id) => Sentry.getCurrentScope().setUser({ id });\n",
            },
        ),
        Sample(
            language="python",
            says="set, or by the integration of Django",
            files={
                "requirements.txt": "flask\nsentry-sdk\n",
                "app.py": 'import sentry_sdk\n\nsentry_sdk.init(dsn=DSN)\nsentry_sdk.set_user({"id": 1})\n',
            },
        ),
        Sample(
            language="python",
            says="the integration of Django sets it",
            files={
                "requirements.txt": "django\nsentry-sdk\n",
                "settings.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=DSN, send_default_pii=True)\n",
                "manage.py": "go()\n",
            },
        ),
    ),
)
