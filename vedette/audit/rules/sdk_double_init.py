"""An SDK that is started twice in one runtime."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.reach import modules_of
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._instrumenting import inits, is_in_browser, options_of
from vedette.audit.rules._making import at_call

ID = "sdk.double-init"
_EDGE = re.compile(r"(?:^|/)(?:[\w.-]*edge[\w.-]*|middleware)\.\w+$")
_BRANCH = re.compile(r"\belse\b|\bif\b|\bcase\b|\belif\b|\?")


def find(project: Project) -> Iterator[Finding]:
    """Two inits of one file, or of two files that some third one loads."""
    runs = [
        (facts, call, _runtime(facts, module))
        for facts, call, module in inits(project)
        if project.is_product(facts.path)
    ]
    reaching = {facts.path: _reaching(project, facts.path) for facts, _, _ in runs}
    told: set[str] = set()
    for (first, one, runtime), (second, other, its) in combinations(runs, 2):
        if runtime != its or f"{second.path}:{other.line}" in told:
            continue
        if first.path == second.path:
            is_double = _follows(project, first, one, other)
        else:
            is_double = bool(reaching[first.path] & reaching[second.path])
        if is_double:
            told.add(f"{second.path}:{other.line}")
            what = f"The SDK is started here and in `{first.path}`, line {one.line}"
            yield at_call(
                ID, Severity.URGENT, second, other, (what + _differences(one, other))[:240]
            )


def _runtime(facts: FileFacts, module: str) -> str:
    if is_in_browser(facts, module):
        return "browser"
    return "edge" if _EDGE.search(facts.path) else "server"


def _follows(project: Project, facts: FileFacts, one: Call, other: Call) -> bool:
    """Whether both run: nothing between them that chooses."""
    lines = project.text(facts.path).splitlines()[one.last_line : other.line - 1]
    around = project.text(facts.path).splitlines()[max(one.line - 3, 0) : one.line - 1]
    return one.function == other.function and not any(
        _BRANCH.search(text) for text in (*lines, *around)
    )


def _reaching(project: Project, path: str) -> set[str]:
    """The files that load a file, itself included."""
    users: dict[str, list[str]] = {}
    for outline in project.outlines.values():
        for module in modules_of(outline):
            target = project.resolver.file(outline.path, module)
            if target:
                users.setdefault(target, []).append(outline.path)
    found, waiting = {path}, [path]
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in found and project.is_product(user):
                found.add(user)
                waiting.append(user)
    return found


def _differences(one: Call, other: Call) -> str:
    """The options in which the two differ, as a sentence goes on."""
    first, second = options_of(one), options_of(other)
    if first is None or second is None:
        return ""
    names = dict.fromkeys(key for key, _ in (*first.items, *second.items) if key)
    different = [name for name in names if first.get(name) != second.get(name)]
    return f"; they differ in {', '.join(f'`{one}`' for one in different[:3])}" if different else ""


_INIT = "import * as Sentry from '@sentry/%s';\nSentry.init({ dsn%s });\n"

RULE = Rule(
    id=ID,
    severity=Severity.URGENT,
    title="An SDK is started twice",
    why="The second start replaces the client of the first, whose options, scopes and integrations "
    "are lost. Errors may be sent twice, or to the wrong project.",
    advice="Start it in one place, and import that.",
    languages=(*ECMA, "python"),
    of_project=find,
    bad=(
        Sample(
            language="typescript",
            says="two files that one program loads, with other options",
            files={
                "src/a.ts": _INIT % ("node", ""),
                "src/b.ts": _INIT % ("node", ", tracesSampleRate: 0.1"),
                "src/main.ts": "import './a';\nimport './b';\n",
            },
            lines=(2,),
        ),
        Sample(
            language="python",
            says="one after the other, and by an import",
            files={
                "app.py": "import sentry_sdk\nimport more\n\nsentry_sdk.init(dsn=A)\n",
                "more.py": "import sentry_sdk\n\nsentry_sdk.init(dsn=B)\nsentry_sdk.init(dsn=C)\n",
            },
            lines=(3, 4),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="client, server and edge are three runtimes",
            files={
                "sentry.client.config.ts": _INIT % ("nextjs", ""),
                "sentry.server.config.ts": _INIT % ("nextjs", ""),
                "sentry.edge.config.ts": _INIT % ("nextjs", ""),
                "instrumentation.ts": """
                    import './sentry.client.config';
                    export async function register() {
                      if (process.env.NEXT_RUNTIME === 'nodejs') await import('./sentry.server.config');
                      if (process.env.NEXT_RUNTIME === 'edge') await import('./sentry.edge.config');
                    }
                """,
            },
        ),
        Sample(
            language="typescript",
            says="two programs",
            files={
                "apps/a/package.json": '{"name": "a"}',
                "apps/a/src/main.ts": _INIT % ("node", ""),
                "apps/b/package.json": '{"name": "b"}',
                "apps/b/src/main.ts": _INIT % ("node", ""),
            },
        ),
        Sample(
            language="python",
            says="one or the other",
            files={
                "app.py": """
                    import sentry_sdk

                    if DEBUG:
                        sentry_sdk.init(dsn=A)
                    else:
                        sentry_sdk.init(dsn=B)
                """
            },
        ),
    ),
)
