"""A process whose end nobody asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vedette.audit.facts import Call, FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._making import at_call
from vedette.audit.rules._source import text_of_function

ID = "value.subprocess"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """`subprocess.run()` without `check` whose code nobody reads."""
    for call in facts.calls:
        if project.outside(facts, call.path) == "subprocess.run" and _is_dropped(
            project, facts, call
        ):
            yield at_call(
                ID, Severity.INFO, facts, call, "The process may fail and nothing looks at its code"
            )


def _is_dropped(project: Project, facts: FileFacts, call: Call) -> bool:
    options = next((one for one in call.arguments if one.text == "named"), None)
    if options and (options.get("check") or any(key in ("", "**") for key, _ in options.items)):
        return False
    if call.steps or call.use == "returned":
        return False
    if not call.kept_in:
        return call.use == "statement"
    name = re.escape(call.kept_in)
    text = text_of_function(project, facts, call.function, call.line)
    is_asked = re.search(rf"\b{name}\.(?:returncode|check_returncode)\b", text)
    is_given = re.search(rf"[(,]\s*{name}\s*[,)]|return\s+{name}\s*$", text, re.MULTILINE)
    return not is_asked and not is_given


RULE = Rule(
    id=ID,
    severity=Severity.INFO,
    title="A process without check",
    why="`run()` returns whether the process failed or not. Without `check=True` or a look at the code "
    "its failure goes on as a success.",
    advice="Give `check=True`.",
    languages=("python",),
    of_file=find,
    bad=(
        Sample(
            language="python",
            says="a statement, and output that is used",
            files={
                "app.py": """
                    import subprocess


                    def go():
                        subprocess.run(["sync"])
                        done = subprocess.run(["list"], capture_output=True)
                        return done.stdout
                """
            },
            lines=(5, 6),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="checked, or its code read",
            files={
                "app.py": """
                    import subprocess


                    def go():
                        subprocess.run(["sync"], check=True)
                        done = subprocess.run(["list"], check=False)
                        other = subprocess.run(["list"])
                        return subprocess.run(["list"]) if other.returncode else None
                """
            },
        ),
    ),
)
