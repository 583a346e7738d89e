"""An answer of `fetch` that is read without a look at whether it is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import ECMA, Rule, Sample
from vedette.audit.rules._making import at_call
from vedette.audit.rules._source import text_of_call, text_of_function

ID = "value.fetch-not-ok"
_FETCHES = ("fetch", "window.fetch", "globalThis.fetch")
_READS = ("json", "text", "blob", "arrayBuffer", "formData")
_LOOKS = re.compile(r"(?:\.|\b)(?:ok|status|statusText)\b")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`fetch()` whose body is read and whose status nobody asks for."""
    for call in facts.calls:
        if call.path not in _FETCHES or project.target(facts, call.path, call.function):
            continue
        if _is_read_blindly(project, facts, call):
            address = call.arguments[0] if call.arguments else None
            of = f" of `{address.text[:60]}`" if address and address.kind == "text" else ""
            yield at_call(
                ID,
                Severity.ROUTINE,
                facts,
                call,
                f"The answer{of} is read as if it could be no 4xx or 5xx",
            )


def _is_read_blindly(project: Project, facts: FileFacts, call: Call) -> bool:
    if call.steps:
        reads = call.steps[0] in _READS or (call.steps[0] == "then" and _then_reads(facts, call))
        return reads and not _LOOKS.search(_whole_chain(project, facts, call))
    if not re.fullmatch(r"[\w$]+", call.kept_in):
        return False
    name = re.escape(call.kept_in)
    text = text_of_function(project, facts, call.function, call.line)
    if not re.search(rf"\b{name}\s*\.\s*(?:{'|'.join(_READS)})\(", text):
        return False
    is_asked = re.search(rf"\b{name}\s*\??\.\s*(?:ok|status)\b|\{{[^}}]*\bok\b[^}}]*\}}\s*=", text)
    is_given = re.search(rf"[(,{{:]\s*{name}\s*[,)}}]|return\s+{name}\b", text)
    return not is_asked and not is_given


def _then_reads(facts: FileFacts, call: Call) -> bool:
    """Whether the first `.then` is given a function that reads the body."""
    return any(
        one.name in _READS
        and one.function >= 0
        and facts.functions[one.function].given_to >= 0
        and facts.calls[facts.functions[one.function].given_to].path == f"{call.path}().then"
        for one in facts.calls
        if call.line <= one.line <= call.line + 20
    )


def _whole_chain(project: Project, facts: FileFacts, call: Call) -> str:
    ends = [one for one in facts.calls if one.line == call.line and one.column == call.column]
    last = max(ends, key=lambda one: one.last_line, default=call)
    return text_of_call(project, facts, last)


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A status of fetch is not looked at",
    why="`fetch` rejects only where no answer came, so a 500 is read like any other answer. What fails "
    "then is something later, with an error that names nothing of it.",
    advice="Throw where `response.ok` is false, best in one wrapper of fetch.",
    languages=ECMA,
    of_file=find,
    bad=(
        Sample(
            language="typescript",
            says="kept, chained by await and by then",
            files={
                "src/a.ts": """
                    export async function load() {
                      const response = await fetch('/calls');
                      const calls = await response.json();
                      const more = await (await fetch('/more')).json();
                      fetch('/rest').then((r) => r.json()).then(show).catch(report);
                      return calls;
                    }
                """
            },
            lines=(2, 4, 5),
        ),
    ),
    good=(
        Sample(
            language="typescript",
            says="given to what looks at it, among other things",
            files={
                "src/a.ts": """
                    export async function create() {
                      const response = await fetch('/stores', { method: 'POST' });
                      await throwUnlessOk({ response, message: 'no store' });
                      const store = await response.json();
                      return store.id;
                    }
                """
            },
        ),
        Sample(
            language="typescript",
            says="asked for, in whatever way",
            files={
                "src/a.ts": """
                    export async function load() {
                      const response = await fetch('/calls');
                      if (!response.ok) throw new Error(`HTTP ${response.status}`);
                      const calls = await response.json();
                      fetch('/rest').then((r) => {
                        if (r.status >= 400) throw new Error('rest');
                        return r.json();
                      }).then(show).catch(report);
                      await fetch('/beat', { method: 'POST' });
                      return calls;
                    }
                """
            },
        ),
        Sample(
            language="typescript",
            says="a wrapper",
            files={
                "src/http.ts": """
                    export async function checked(path) {
                      const response = await fetch(path);
                      assertOk(response);
                      return response.json();
                    }
                    export async function raw(path) {
                      const response = await fetch(path);
                      return response;
                    }
                """,
                "src/a.ts": """
                    import { checked as fetch } from './http';
                    export async function load() {
                      const response = await fetch('/calls');
                      return response.json();
                    }
                """,
            },
        ),
    ),
)
