"""`.catch(() => null)`."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import caught, is_excused, is_explained, is_trivial, tried_words

ID = "swallow.promise-catch-default"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Rejections that become a constant."""
    for handler in caught(facts, "promise", "then"):
        if not is_trivial(handler) or is_excused(project, facts, handler):
            continue
        if not handler.does("return-constant") or _is_lazy_import(handler):
            continue
        if any(project.reports(facts, one, handler.function) for one in handler.calls):
            continue
        yield at_handler(
            ID,
            Severity.ROUTINE,
            facts,
            handler,
            f"A rejection of {tried_words(handler)} becomes {_constant(handler)}",
            explained=is_explained(handler),
            instead=reporting(project, facts, handler),
        )


def _is_lazy_import(handler: Handler) -> bool:
    return handler.calls[:1] == ("import",)


def _constant(handler: Handler) -> str:
    text = next(one.text for one in handler.deeds if one.kind == "return-constant")
    value = text.removeprefix("return").strip(" ;")[:40]
    return f"`{value}`" if value else "nothing"


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A rejection becomes a constant",
    why="An empty answer and a failed one look alike to whoever asked. The failure is not reported, "
    "so a broken service shows as missing data.",
    advice="Report the error before the constant is returned.",
    languages=ECMA,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="javascript",
            says="null, a list, an object",
            files={
                "src/a.js": """
                    const a = await loadUser(id).catch(() => null);
                    const b = await api.list().catch(() => []);
                    const c = await api.one().catch((e) => { return {} });
                """
            },
            lines=(1, 2, 3),
        ),
    ),
    good=(
        Sample(
            language="javascript",
            says="bodies and lazy modules",
            files={
                "src/a.js": """
                    const a = await res.json().catch(() => null);
                    const m = await import('./x').catch(() => null);
                """
            },
        ),
        Sample(
            language="javascript",
            says="reported first",
            files={
                "src/a.js": """
                    const a = await load().catch((e) => { Sentry.captureException(e); return null });
                """
            },
        ),
    ),
)
