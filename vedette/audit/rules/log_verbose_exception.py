"""`logger.exception` that repeats the error."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.audit.facts import FileFacts
from vedette.audit.finding import Finding, Severity
from vedette.audit.project import Project
from vedette.audit.rules import Rule, Sample
from vedette.audit.rules._changing_calls import swapped
from vedette.audit.rules._making import at_handler
from vedette.audit.rules._trying import caught

ID = "log.verbose-exception"
_IN_TEXT = r"(\.exception\(f?[\"'][^\"'{}]*?)[\s:,-]*\{(?:str\()?\w+\)?(?:![rs])?\}"


def find(project: Project, facts: FileFacts) -> Iterator[Finding]:
    """The error in the text of a line to which its traceback is added anyway."""
    for handler in caught(facts, "catch"):
        for deed in handler.deeds:
            if deed.kind == "log" and deed.path.endswith(".exception") and deed.uses_error:
                yield at_handler(
                    ID,
                    Severity.INFO,
                    facts,
                    handler,
                    f"`{deed.path}` adds the error by itself; in the text it splits one group in many",
                    instead=swapped(project, facts, deed.line, _IN_TEXT, r"\1"),
                )
                break


RULE = Rule(
    id=ID,
    severity=Severity.INFO,
    title="The error stands in the text, too",
    why="`logger.exception` adds the error and its traceback by itself. With the error in the text "
    "every occurrence has a text of its own and groups fall apart.",
    advice="Leave the error out of the text.",
    languages=("python",),
    of_file=find,
    changes=True,
    bad=(
        Sample(
            language="python",
            says="an f-string",
            files={
                "app.py": """
                    def go():
                        try:
                            sync()
                        except Exception as e:
                            logger.exception(f'failed: {e}')
                """
            },
            lines=(4,),
        ),
    ),
    good=(
        Sample(
            language="python",
            says="a constant text",
            files={
                "app.py": """
                    def go():
                        try:
                            sync()
                        except Exception as e:
                            logger.exception('failed')
                """
            },
        ),
    ),
)
