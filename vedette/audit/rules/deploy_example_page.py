"""A page that was made to try the SDK, and is deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_call

ID = "deploy.example-page"
_PAGE = re.compile(r"(?:^|/)(?:pages|app)/(?:.*/)?sentry-example-(?:page|api)\b")
_ADDRESS = re.compile(
    r"\^?/?(?:[\w-]+/)*(?:debug-sentry|sentry-debug|sentry-test|test-sentry|sentry-example-\w+)/?\$?"
)
_ROUTES = ("get", "post", "all", "use", "route", "path", "re_path", "url", "add_url_rule")
_GUARD = re.compile(
    r"NODE_ENV|\bDEBUG\b|notFound\(|import\.meta\.env\.(?:DEV|PROD)|is_?[dD]ev|app\.debug|VERCEL_ENV"
)


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Pages and addresses that throw on purpose, without a guard around them."""
    if _PAGE.search(facts.path) and not _GUARD.search(project.text(facts.path)):
        yield Finding(
            rule=ID,
            severity=Severity.ROUTINE,
            what="A page that throws on purpose is deployed with the product",
            path=facts.path,
            line=1,
        )
    for call in facts.calls:
        given = call.arguments[0] if call.arguments else None
        if given is None or given.kind != "text" or not _ADDRESS.fullmatch(given.text):
            continue
        if call.name not in _ROUTES or _is_guarded(project, facts, call):
            continue
        what = f"`{given.text[:60]}` throws on purpose and is deployed with the product"
        yield at_call(ID, Severity.ROUTINE, facts, call, what)


def _is_guarded(project: Project, facts: FileFacts, call: Call) -> bool:
    """Whether something around it, or first in it, asks where the program runs."""
    lines = project.text(facts.path).splitlines()
    return any(_GUARD.search(one) for one in lines[max(call.line - 6, 0) : call.line + 4])


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="An example page is deployed",
    why="Anybody can open it, and every visit is an event. What it throws hides among what is really wrong.",
    advice="Remove it, or answer only while developing.",
    languages=(*ECMA, "python"),
    of_file=find,
    bad=(
        Sample(
            language="tsx",
            says="a page of the wizard",
            files={
                "app/sentry-example-page/page.tsx": "export default function Page() { throw new Error('a'); }\n"
            },
            lines=(1,),
        ),
        Sample(
            language="javascript",
            says="an address",
            files={"src/a.js": "app.get('/debug-sentry', () => { throw new Error('a'); });\n"},
            lines=(1,),
        ),
        Sample(
            language="python",
            says="an address",
            files={
                "urls.py": 'from django.urls import path\n\nurlpatterns = [path("sentry-debug/", fail)]\n'
            },
            lines=(3,),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="behind a guard",
            files={
                "src/a.js": "if (process.env.NODE_ENV !== 'production') {\n  app.get('/debug-sentry', () => { throw new Error('a'); });\n}\n",
                "app/sentry-example-page/page.jsx": "export default function Page() {\n  if (process.env.NODE_ENV === 'production') notFound();\n  throw new Error('a');\n}\n",
            },
        ),
        Sample(
            language="python",
            says="behind a guard",
            files={
                "urls.py": 'from django.urls import path\n\nif settings.DEBUG:\n    urlpatterns = [path("sentry-debug/", fail)]\n'
            },
        ),
    ),
)
