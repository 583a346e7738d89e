"""An answer of requests or httpx that is read without a look at its status."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._making import at_call
from vedette.audit.rules._source import text_of_function

ID = "value.http-status"
_CALL = re.compile(r"(?:requests|httpx)\.(?:get|post|put|patch|delete|request)")
_READS = ("json", "text", "content")


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """Requests whose answer is used and whose status nobody asks for."""
    for call in facts.calls:
        if not _CALL.fullmatch(project.outside(facts, call.path)):
            continue
        if _is_read_blindly(project, facts, call):
            yield at_call(
                ID,
                Severity.ROUTINE,
                facts,
                call,
                f"The answer of `{call.path}()` is read as if it could be no 4xx or 5xx",
            )


def _is_read_blindly(project: Project, facts: FileFacts, call: Call) -> bool:
    if call.steps:
        return call.steps[0] in _READS
    if not re.fullmatch(r"[\w.]+", call.kept_in):
        return False
    name = re.escape(call.kept_in)
    text = text_of_function(project, facts, call.function, call.line)
    is_read = re.search(rf"\b{name}\.(?:{'|'.join(_READS)})\b", text)
    is_asked = re.search(rf"\b{name}\.(?:raise_for_status|status_code|ok|is_\w+)\b", text)
    is_given = re.search(rf"[(,]\s*{name}\s*[,)]|return\s+{name}\s*$", text, re.MULTILINE)
    return bool(is_read) and not is_asked and not is_given


RULE = Rule(
    id=ID,
    severity=Severity.ROUTINE,
    title="A status is not looked at",
    why="Neither requests nor httpx raises for a 500, so its body is read like any other. What fails "
    "then is something later, with an error that names nothing of it.",
    advice="Call `raise_for_status()` before the answer is read.",
    languages=("python",),
    of_file=find,
    bad=(
        Sample(
            language="python",
            says="kept and chained",
            files={
                "app.py": """
                    import httpx
                    import requests


                    def load():
                        answer = requests.get("https://example.com/calls", timeout=5)
                        more = httpx.post("https://example.com/more").json()
                        return answer.json(), more
                """
            },
            lines=(6, 7),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="what a plugin of pytest brings",
            files={
                "shop/pytest_plugin.py": """
                    import requests


                    @pytest.fixture
                    def schema(url):
                        return requests.get(url).json()
                """
            },
        ),
        Sample(
            language="python",
            says="raised for, tested, given on",
            files={
                "app.py": """
                    import requests


                    def load():
                        answer = requests.get("https://example.com/calls", timeout=5)
                        answer.raise_for_status()
                        return answer.json()


                    def tested():
                        answer = requests.get("https://example.com/calls", timeout=5)
                        return answer.json() if answer.status_code == 200 else None


                    def given():
                        answer = requests.get("https://example.com/calls", timeout=5)
                        check(answer)
                        return answer.json()


                    def beat():
                        requests.post("https://example.com/beat", timeout=5)
                """
            },
        ),
    ),
)
