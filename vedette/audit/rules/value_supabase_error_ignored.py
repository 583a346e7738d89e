"""An error that Supabase returns, and that nobody looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_call
from vedette.audit.rules._source import stands_alone

ID = "value.supabase-error-ignored"
_QUERY = re.compile(r"(?:^|\.)\w*supabase\w*(?:\(\))?\.(?:schema\(\)\.)?(?:from|rpc)\b", re.I)
_STEP = re.compile(r"\.(\w+)(?:\(\)|$)")
_WRITES = frozenset(("insert", "update", "upsert", "delete"))
_LOOKS = frozenset(("throwOnError", "maybeSingle", "single", "then", "catch"))


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Queries of which only `data` is taken, and writes of which nothing is."""
    for call in facts.calls:
        if call.steps or call.use != "awaited" or not _QUERY.search(call.path):
            continue
        steps = set(_STEP.findall(call.path))
        writes = bool(steps & _WRITES)
        if steps & (_LOOKS if not writes else {"throwOnError", "then", "catch"}):
            continue
        if not _is_ignored(project, facts, call, writes):
            continue
        yield at_call(
            ID,
            Severity.IMPORTANT if writes else Severity.ROUTINE,
            facts,
            call,
            f"The error of this {'write' if writes else 'read'} is never looked at",
        )


def _is_ignored(project: Project, facts: FileFacts, call: Call, writes: bool) -> bool:
    """`{ data }` without `error`; of a write also nothing at all."""
    if call.kept_in:
        return call.kept_in.startswith("{") and not re.search(r"\berror\b|\.\.\.", call.kept_in)
    return writes and stands_alone(project, facts, call)


RULE = Rule(
    id=ID,
    severity=Severity.IMPORTANT,
    title="An error of Supabase is ignored",
    why="The client returns errors and does not throw them, so a try around it sees nothing. A write "
    "that was refused looks like one that was done.",
    advice="Take `error` with `data` and report it, or add `.throwOnError()`.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="typescript",
            says="a write, and a read of which only data is taken",
            files={
                "src/a.ts": """
                    export async function save(call) {
                      await supabase.from('calls').insert(call);
                      const { data } = await supabase.from('calls').select('*').eq('id', 1);
                      const { data: more } = await supabaseAdmin.rpc('more');
                      return data;
                    }
                """
            },
            lines=(2, 3, 4),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="the session, errors that are taken or thrown",
            files={
                "src/a.ts": """
                    export async function save(call) {
                      const { data } = await supabase.auth.getUser();
                      const { data: session } = await supabase.auth.getSession();
                      const { error } = await supabase.from('calls').insert(call);
                      const { data: rows, error: failed } = await supabase.from('calls').select();
                      await supabase.from('calls').delete().eq('id', 1).throwOnError();
                      return await supabase.from('calls').insert(call);
                    }
                """
            },
        ),
        Sample(
            language="typescript",
            says="a test whether a row exists",
            files={
                "src/a.ts": """
                    export async function exists(id) {
                      const { data } = await supabase.from('calls').select('id').eq('id', id).maybeSingle();
                      const { data: one } = await supabase.from('calls').select('id').eq('id', id).single();
                      return data !== null;
                    }
                """
            },
        ),
    ),
)
