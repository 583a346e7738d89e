"""An error that only the person in front of the screen is told of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import FileFacts, Handler
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._changing import reporting
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._routing import route_around
from vedette.audit.rules._trying import caught, is_excused, is_explained, tried_words

ID = "report.surface-only"
_FORM = re.compile(
    r"[vV]alidat|[sS]chema|safeParse|[zZ]od|yup|\bform\.|[fF]ormErrors?|[lL]ogin|[sS]ign(?:In|Up|in|up)|[pP]assword|checkValidity|[uU]pload|[cC]opy|(?:decode|verify)\w*Token"
)
_ALLOWED = ("surface", "answer", "assign-constant", "return-constant", "leave", "assign")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Handlers that show a message, or answer, and do not look at the error."""
    for handler in caught(facts, "catch", "promise"):
        if not handler.does("surface", "answer") or project.is_handled(facts, handler):
            continue
        if any(one.uses_error for one in handler.deeds) or is_excused(project, facts, handler):
            continue
        if any(one.kind not in _ALLOWED for one in handler.deeds) or _is_form(facts, handler):
            continue
        if any(400 <= one.status < 500 for one in handler.deeds) or _is_route(facts, handler):
            continue
        yield at_handler(
            ID,
            Severity.ROUTINE,
            facts,
            handler,
            f"A failure of {tried_words(handler)} is shown as a fixed text, the error itself is not used",
            explained=is_explained(handler),
            instead=reporting(project, facts, handler),
        )


def _is_route(facts: FileFacts, handler: Handler) -> bool:
    """A route that answers 5xx, which `api.catch-500-unreported` tells."""
    is_failure = any(one.status >= 500 for one in handler.deeds)
    return is_failure and route_around(facts, handler.function) >= 0


def _is_form(facts: FileFacts, handler: Handler) -> bool:
    words = (*handler.calls, facts.function_name(handler.function))
    return any(_FORM.search(one) for one in words)


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="Shown, not reported",
    why="The person sees that something failed and you do not. The error itself is not used, so its "
    "cause is lost.",
    advice="Report the error beside the message.",
    languages=ECMA,
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="tsx",
            says="a toast, a state, an answer",
            files={
                "src/a.tsx": """
                    export async function load() {
                      try {
                        await api.fetchCalls();
                      } catch (error) {
                        toast.error('Could not load calls');
                      }
                    }
                    export async function more(res) {
                      try {
                        await api.fetchCalls();
                      } catch {
                        res.status(500).json({ error: 'Internal' });
                      }
                    }
                """
            },
            lines=(4, 11),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="a token that is none",
            files={
                "src/a.ts": """
                    export async function change(request, response) {
                      try { claims = await tokens.decodeToken(request.body.identity); }
                      catch { response.writeHead(401); return response.end('Unauthorized'); }
                    }
                """
            },
        ),
        Sample(
            language="tsx",
            says="form validation",
            files={
                "src/a.tsx": """
                    export async function submit() {
                      try {
                        schema.validateSync(values);
                      } catch (error) {
                        setError('name');
                      }
                    }
                """
            },
        ),
        Sample(
            language="tsx",
            says="reported, too",
            files={
                "src/a.tsx": """
                    export async function load() {
                      try {
                        await api.fetchCalls();
                      } catch (error) {
                        Sentry.captureException(error);
                        toast.error('Could not load calls');
                      }
                    }
                """
            },
        ),
    ),
)
